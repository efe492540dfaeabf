import LeewardEngine
import LeewardModel

/// `GET /v1/metrics`: the published status as numbers; docs/metrics.md lists every family.
struct FleetMetrics {
    var status: FleetStatus
    var readiness: [Readiness]
    var forecasts: [ForecastScore]
    /// Pages since the daemon began, and those that nobody has acknowledged.
    var pages: Int
    var openPages: Int
    /// Entries in the journal.
    var entries: Int64
    /// False where the daemon only serves readers (S43).
    var isActing: Bool

    var text: String {
        var page = Exposition()
        self.controller(&page)
        self.verdicts(&page)
        self.regions(&page)
        self.shares(&page)
        self.evacuation(&page)
        self.inputs(&page)
        self.scores(&page)
        return page.text
    }

    private func controller(_ page: inout Exposition) {
        let status = self.status
        page.add("leeward_fleet_info", .gauge, "Always 1.", [.init([("fleet", status.fleet)], 1)])
        page.add("leeward_acting", .gauge, "0 where the daemon only serves readers.", [.init([], self.isActing)])
        page.add(
            "leeward_ready",
            .gauge,
            "1 while evidence, edges, capacity and zone have all been read.",
            [.init([], status.isReady)]
        )
        page.add("leeward_kill_switch", .gauge, "1 while no new effect leaves.", [.init([], status.isKilled)])
        page.add("leeward_epoch", .gauge, "Epoch that the controller acts under.", [.init([], status.epoch.metric)])
        page.add(
            "leeward_generation",
            .gauge,
            "Highest generation of shares ever intended.",
            [.init([], status.generation.metric)]
        )
        page.add(
            "leeward_journal_entries_total",
            .counter,
            "Entries in the journal.",
            [.init([], Double(self.entries))]
        )
        page.add("leeward_pages_total", .counter, "Times that a person was called.", [.init([], self.pages)])
        page.add("leeward_pages_open", .gauge, "Pages that nobody has acknowledged.", [.init([], self.openPages)])
        page.add("leeward_calls_in_flight", .gauge, "Calls on their way.", [.init([], status.inFlight.count)])
        page.add(
            "leeward_orphan_instances",
            .gauge,
            "Running instances in no cluster that nothing is moving.",
            [.init([], status.orphans.count)]
        )
    }

    private func verdicts(_ page: inout Exposition) {
        let present =
            switch self.status.verdict {
            case .normal: "normal"
            case .regional: "regional"
            case .global: "global"
            case .unknown: "unknown"
            }
        page.add(
            "leeward_verdict",
            .gauge,
            "1 for the fleet's verdict, 0 for every other.",
            ["normal", "regional", "global", "unknown"].map { .init([("verdict", $0)], $0 == present) }
        )
        page.add(
            "leeward_region_health",
            .gauge,
            "1 for the region's health, 0 for every other.",
            self.status.regions.flatMap { region in
                [Health.healthy, .sick, .unknown].map {
                    .init([("region", region.region.text), ("health", $0.rawValue)], region.health == $0)
                }
            }
        )
        page.add(
            "leeward_region_unreachable",
            .gauge,
            "1 where neither edge nor instances answer anybody.",
            self.status.regions.map { .init([("region", $0.region.text)], $0.isUnreachable) }
        )
        page.add(
            "leeward_evidence_weight_ratio",
            .gauge,
            "What a class of evidence weighs, -1/3 to 1/3; above zero it speaks for sick.",
            self.status.regions.flatMap { region in
                region.evidence.map {
                    .init([("region", region.region.text), ("class", $0.kind.rawValue)], $0.weight)
                }
            }
        )
    }

    private func regions(_ page: inout Exposition) {
        page.add(
            "leeward_region_ready",
            .gauge,
            "1 where the region could be evacuated now.",
            self.readiness.map { .init([("region", $0.region.text)], $0.isReady) }
        )
        page.add(
            "leeward_region_warm",
            .gauge,
            "1 where dark stock covers an evacuation of the region without cold starts.",
            self.readiness.map { .init([("region", $0.region.text)], $0.isWarm) }
        )
        page.add(
            "leeward_region_blocks",
            .gauge,
            "Reasons why the region could not be evacuated now.",
            self.readiness.map { .init([("region", $0.region.text)], $0.blocks.count) }
        )
    }
}

extension Epoch {
    fileprivate var metric: Double { Double(self.value) }
}

extension Generation {
    fileprivate var metric: Double { Double(self.value) }
}
