import LeewardModel
import LeewardPlanning
import LeewardSafety

@testable import LeewardEngine

/// Small pieces of a fleet's life.
enum Stories {
    /// 2018-06-01T20:00:00Z.
    static let wall = WallTime(milliseconds: 1_527_883_200_000)

    static let plan = Plan(
        evacuee: "us-east-1",
        saviors: ["us-east": ["eu-west-1": 10_000]],
        baseline: ["us-east": ShareVector(all: "us-east-1")],
        baselineEntries: ["us-east": ["us-east-1"]],
        ladder: [100, 10_000],
        final: 10_000,
        publishes: true,
        arrivals: ["us-east": 300]
    )

    static func preview(refusal: String? = nil) -> PlanPreview {
        PlanPreview(
            plan: self.plan,
            hash: self.plan.hash,
            loads: [],
            injections: [:],
            coldStarts: [:],
            findings: [Finding(.s06, "61 ready of 60 needed", stoppedBy: "fewer than 60 ready", refusal: refusal)]
        )
    }

    static func evacuation(_ phase: Phase) -> Evacuation {
        Evacuation(
            id: "e1",
            origin: .command("operator"),
            isPlanned: true,
            isDNSOnly: false,
            plan: self.plan,
            phase: phase,
            openedAt: Timestamp(milliseconds: 0),
            evacueeGood: 1,
            floors: [:]
        )
    }

    static func status(_ evacuation: Evacuation? = nil, isKilled: Bool = false) -> FleetStatus {
        FleetStatus(
            fleet: "three-regions",
            epoch: Epoch(3),
            verdict: .regional("us-east-1"),
            reason: "us-east-1 serves 40 % of what it should",
            classes: [.business, .server],
            regions: [
                RegionVerdict(region: "eu-west-1", health: .healthy, reason: "102 % of what it should"),
                RegionVerdict(region: "us-east-1", health: .sick, reason: "40 % of what it should"),
            ],
            evacuation: evacuation,
            last: nil,
            shares: ["us-east": ShareVector(all: "us-east-1")],
            loaded: [:],
            generation: Generation(5),
            entries: ["us-east": ["us-east-1"]],
            records: [:],
            injectedLive: 0,
            servedResidual: nil,
            entryResidual: nil,
            waiting: nil,
            orphans: [],
            isKilled: isKilled,
            pinned: [],
            probesGoodFor: nil,
            isReady: true,
            knowsWorld: true,
            inFlight: [],
            pages: PagesSpec()
        )
    }

    /// A journal with these records, a second apart.
    static func journal(_ records: [Record]) -> [JournalEntry] {
        records.enumerated().map { index, record in
            JournalEntry(
                sequence: Int64(index + 1),
                at: Timestamp(milliseconds: Int64(index) * 1000),
                boot: "b",
                wall: self.wall + .seconds(Int64(index)),
                record: record
            )
        }
    }

    static let finding = Finding(.s03, "every geography keeps a healthy region", stoppedBy: "no healthy region left")
}
