import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardRuntime

/// `leeward status` for people.
enum StatusSections {
    static func make(_ answer: StatusAnswer) -> [Section] {
        let status = answer.status
        var facts: [[String]] = [
            ["fleet", status.fleet],
            ["verdict", "\(status.verdict): \(status.reason)"],
        ]
        if let advice = status.advice { facts.append(["advice", advice]) }
        if let problem = answer.problem { facts.append(["problem", problem]) }
        if let evacuation = status.evacuation { facts += self.evacuation(evacuation, status) }
        if let last = status.last, status.evacuation == nil {
            facts.append(["last", "\(last.id) of \(last.evacuee): \(last.phase.rawValue)"])
        }
        if let waiting = status.waiting { facts.append(["waiting", waiting]) }
        if !status.isReady { facts.append(["ready", "no: evidence, edges, capacity or zone have not all been read"]) }
        if status.isKilled { facts.append(["kill switch", "on: no new effect leaves"]) }
        if !status.pinned.isEmpty { facts.append(["pinned", Words.list(status.pinned)]) }
        if !status.orphans.isEmpty { facts.append(["orphans", Words.list(status.orphans)]) }
        let regions = status.regions.map { [$0.region.text, Words.health($0.health), $0.reason] }
        let geographies = status.shares.map { geography, vector in
            [geography.text, Words.shares(vector), Words.list(status.entries[geography] ?? [])]
        }
        return [
            .table(title: nil, Table([], facts)),
            .table(title: "Regions", Table(["region", "health", "why"], regions)),
            .table(title: "Geographies", Table(["geography", "shares", "enters at"], geographies)),
        ]
    }

    private static func evacuation(_ evacuation: Evacuation, _ status: FleetStatus) -> [[String]] {
        var facts = [
            [
                "evacuation",
                "\(evacuation.id) of \(evacuation.evacuee), started by \(Words.origin(evacuation.origin)), "
                    + "plan \(evacuation.plan.hash)",
            ],
            ["phase", evacuation.phase.rawValue + (evacuation.isReturning ? " (on the way back)" : "")],
            ["moved", "\(Words.percent(evacuation.points)) of the evacuee's part"],
        ]
        if let reason = evacuation.heldBecause { facts.append(["held", reason]) }
        for (region, reason) in evacuation.leftOut ?? [:] { facts.append(["left out", "\(region): \(reason)"]) }
        if evacuation.injectedCount > 0 {
            facts.append(["injected", "\(status.injectedLive) of \(evacuation.injectedCount) serve"])
        }
        if let served = status.servedResidual, let entry = status.entryResidual {
            facts.append(
                ["residual", "\(Words.percent(served)) still served there, \(Words.percent(entry)) still arrive there"])
        }
        return facts
    }
}
