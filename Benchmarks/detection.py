"""Runs Leeward's detector and, in the same run, numpy's naive rule over as many series; see Benchmarks/detection."""
import os, subprocess, sys, time

program, count, heap = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def leeward(environment):
    output = subprocess.run(
        [program, "detect-speed", str(count)], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    ).stdout
    return {name: float(value) for name, value in (line.split() for line in output.splitlines())}


def naive():
    """Median milliseconds of one tick: below 70 % of the mean of yesterday and last week, three times in a row."""
    import numpy as np

    random = np.random.default_rng(1)
    rows = 64
    yesterday, last_week, now = (1000 * random.uniform(0.9, 1.1, (rows, count)).astype(np.float32) for _ in range(3))
    run = np.zeros(count, np.int32)
    times = []
    for tick in range(1440):
        row = tick % rows
        start = time.thread_time()
        bad = now[row] < 0.35 * (yesterday[row] + last_week[row])
        run = np.where(bad, run + 1, 0)
        dips = np.flatnonzero(run == 3)
        times.append(time.thread_time() - start)
    assert len(dips) == 0
    return 1000 * sorted(times)[len(times) // 2], np.__version__


timed = leeward({})
print(f"{count} series of one-minute buckets, four weeks of history each; one day of {timed['ticks']:.0f} ticks, milliseconds of one core")
print(f"leeward, one tick      median {timed['tick_ms_median']:.2f} ms, 99 % {timed['tick_ms_p99']:.2f} ms, worst {timed['tick_ms_worst']:.2f} ms")
print(f"per series             {timed['ns_per_series']:.0f} ns")
if heap:
    counted = leeward({"LD_PRELOAD": heap})
    print(f"memory per series      {counted['bytes_per_series']:.0f} bytes")
    print(f"allocations            {counted['allocations']:.0f} in {counted['ticks'] * count:.0f} buckets")
    if counted["allocations"]:
        sys.exit("FAILED: a bucket must not allocate")
else:
    print("allocations            SKIPPED: no gcc to build the counter with")
try:
    other, version = naive()
    print(f"naive rule, one tick   median {other:.3f} ms; numpy {version}, both past values already at hand")
    print(f"leeward / naive        {timed['tick_ms_median'] / other:.0f}")
except ImportError:
    print("naive rule             SKIPPED: python3 has no numpy; pip install numpy")
