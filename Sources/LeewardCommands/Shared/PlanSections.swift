import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardSafety

/// A plan and its gates, for people who have to agree to it.
enum PlanSections {
    static func make(_ preview: PlanPreview) -> [Section] {
        let plan = preview.plan
        let moves = plan.saviors.map { geography, weights in
            [
                geography.text,
                Words.shares(plan.baseline[geography] ?? ShareVector(all: plan.evacuee)),
                plan.shares(at: plan.final)[geography].map(Words.shares) ?? "-",
                plan.published.contains(geography) ? Words.list(plan.entries(of: geography)) : "stays",
                weights.map { "\($0) \(Words.percent($1))" }.joined(separator: ", "),
            ]
        }
        let loads = preview.loads.map { load in
            [
                load.cluster.description, load.predicted < 0 ? "unknown" : "\(Int(load.predicted.rounded())) /s",
                String(load.ready), load.needed > 1_000_000 ? "unknown" : String(load.needed),
                String(preview.injections[load.cluster] ?? 0), String(preview.coldStarts[load.cluster] ?? 0),
            ]
        }
        return [
            .line(
                "plan \(preview.hash): empty \(plan.evacuee) in rungs of \(plan.ladder.map(Words.percent).joined(separator: ", "))"
            ),
            .table(title: "Geographies", Table(["geography", "before", "after", "DNS", "saviors"], moves)),
            .table(title: "Capacity", Table(["cluster", "load", "ready", "needed", "inject", "cold start"], loads)),
            .table(title: "Gates", self.gates(preview.findings)),
        ]
    }

    static func gates(_ findings: [Finding]) -> Table {
        Table(
            ["rule", "ruling", "evidence", "would stop it"],
            findings.map { [$0.rule.rawValue, $0.isPermitted ? "permits" : "refuses", $0.evidence, $0.stoppedBy] }
        )
    }
}
