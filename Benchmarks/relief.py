#!/usr/bin/env python3
"""How early relief begins, and how often it is given back, beside the hardened verdict.

  relief.py DIR EVENTS    DIR/scenarios/*.labels.json and EVENTS/*.jsonl of `detbench.py stream`
"""
import glob, json, os, sys

if len(sys.argv) != 3:
    sys.exit(__doc__)
MIN, WEEK, GRACE = 60, 604800, 600
early, first, shallow, missed, needless, back, length, weeks = [], [], 0, 0, 0, 0, [], 0.0
on_global = globals_ = 0
for path in sorted(glob.glob(os.path.join(sys.argv[1], "scenarios", "*.labels.json"))):
    labels = json.load(open(path))
    events = [json.loads(x) for x in open(os.path.join(sys.argv[2], labels["scenario"] + ".jsonl")) if x.strip()]
    regional = [l for l in labels["labels"] if l["expect"] == "regional_dip"]
    world = [l for l in labels["labels"] if l["expect"] == "global_dip"]
    inside = lambda l, e: l["start"] < e["timestamp"] <= l["end"] + GRACE
    weeks += len(labels["regions"]) * (labels["end"] - labels["history_end"]) / WEEK
    for l in regional:
        at = {k: next((e["timestamp"] for e in events if e["kind"] == k and e["region"] in l["regions"] and inside(l, e)), None) for k in ("relief", "regional_dip")}
        if at["relief"] is None:
            shallow += l["depth"] < 0.3
            missed += l["depth"] >= 0.3
            continue
        first.append((at["relief"] - l["detect_from"]) / MIN)
        if at["regional_dip"] is not None:
            early.append((at["regional_dip"] - at["relief"]) / MIN)
    globals_ += len(world)
    on_global += sum(any(e["kind"] == "relief" and inside(l, e) for e in events) for l in world)
    for e in events:
        if e["kind"] != "relief" or any(inside(l, e) and (e["region"] in l["regions"]) for l in regional + world):
            continue
        needless += 1
        end = next((x["timestamp"] for x in events if x["kind"] == "relief_returned" and x["region"] == e["region"] and x["timestamp"] > e["timestamp"]), None)
        if end is not None:
            back += 1
            length.append((end - e["timestamp"]) / MIN)
median = lambda x: sorted(x)[len(x) // 2] if x else None
print(f"reliefs in regional dips   {len(first)}, begun {median(first)} min after the dip (median), {median(early)} min before the hardened verdict")
print(f"dips without relief        {shallow} shallower than 30 %, {missed} deeper")
print(f"reliefs without a dip      {needless} in {weeks:.1f} region-weeks ({needless / weeks:.2f} a week), {back} given back, after {median(length)} min (median), {max(length, default=None)} at most")
print(f"reliefs in global dips     {on_global} of {globals_}")
