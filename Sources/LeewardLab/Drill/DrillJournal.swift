import LeewardModel

/// What the controller's journal tells about a drill: its moments, and its decisions with their reasons.
enum DrillJournal {
    /// Fills in verdict, first intent and DNS read-back; entries before the outage belong to something else.
    static func note(_ lines: [JournalLine], in moments: inout DrillRecord.Moments, region: RegionID) {
        let since = moments.outage ?? moments.begun
        var isEvacuated = false
        for line in lines where line.wall >= since {
            switch line.kind {
            case "verdict":
                if moments.verdict == nil, line.body["_0"]["regional"]["_0"].text == region.text {
                    moments.verdict = line.wall
                }
            case "intent":
                if moments.intent == nil { moments.intent = line.wall }
            case "phase":
                // Publishing ends when every authoritative server has answered with the new entries.
                if moments.committed == nil, line.body["_1"].text == "settling" { moments.committed = line.wall }
                if line.body["_1"].text == "done" { moments.done = line.wall }
                if !isEvacuated, line.body["_1"].text == "evacuated" {
                    moments.evacuated = line.wall
                    isEvacuated = true
                }
            default: break
            }
        }
    }

    /// Everything but effects and their outcomes, in order.
    static func decisions(_ lines: [JournalLine], since: WallTime) -> [DrillDecision] {
        lines.filter { $0.wall >= since }.compactMap { line in
            self.sentence(line.kind, line.body).map {
                DrillDecision(time: line.wall, what: $0.what, reason: $0.reason)
            }
        }
    }

    private static func sentence(_ kind: String, _ body: JSONValue) -> (what: String, reason: String)? {
        let reason = body["reason"].text ?? ""
        let findings = self.evidence(body["findings"])
        let why = [reason, findings].filter { !$0.isEmpty }.joined(separator: ". ")
        switch kind {
        case "verdict": return ("verdict \(self.verdict(body["_0"]))", why)
        case "refused": return ("refused to leave \(body["_0"].text ?? "?")", why)
        case "opened":
            let evacuation = body["_0"]
            return ("\(evacuation["id"].text ?? "") \(evacuation["phase"].text ?? "opened")", why)
        case "phase": return (body["_1"].text ?? "phase", why)
        case "held": return ("held", why)
        case "resumed": return ("resumed", "by \(body["by"].text ?? "?")")
        case "approved": return ("approved", "by \(body["by"].text ?? "?")")
        case "turned": return ("the way back begins", why)
        case "rung": return ("\(self.percent(body["points"])) moved away", why)
        case "proven": return ("proven with \(self.percent(body["points"])) away", body["evidence"].text ?? "")
        case "entries":
            let regions = body["_2"].items.compactMap(\.text).joined(separator: ", ")
            return ("DNS of \(body["_1"].text ?? "?") to \(regions)", why)
        case "withdrawing": return ("injected instances go home", "")
        case "thawing": return ("scale-down is given back", "")
        case "paged": return ("page", body["_0"].text ?? "")
        default: return nil
        }
    }

    private static func verdict(_ value: JSONValue) -> String {
        guard let name = value.keys.first else { return "?" }
        return value[name]["_0"].text.map { "\(name)(\($0))" } ?? name
    }

    /// What each gate saw; a refusal stands for itself.
    private static func evidence(_ findings: JSONValue) -> String {
        let sentences = findings.items.compactMap { finding -> String? in
            if let reason = finding["ruling"]["refuses"]["reason"].text {
                return "\(reason) (\(finding["rule"].text ?? ""))"
            }
            return finding["evidence"].text.map { "\($0) (\(finding["rule"].text ?? ""))" }
        }
        return sentences.joined(separator: "; ")
    }

    private static func percent(_ points: JSONValue) -> String { Markup.percent(Int(points.number ?? 0)) }
}
