import LeewardEngine
import LeewardModel
import LeewardPlanning

/// Where users go, what moves them, and what that rests on.
extension FleetMetrics {
    func shares(_ page: inout Exposition) {
        page.add(
            "leeward_share_basis_points",
            .gauge,
            "Intended part of a geography's users in a region, of 10000.",
            Self.samples(of: self.status.shares, [])
        )
        page.add(
            "leeward_loaded_share_basis_points",
            .gauge,
            "The same as one region's proxy has it in memory; missing where it does not answer.",
            self.status.loaded.flatMap { edge, shares in Self.samples(of: shares, [("edge", edge.text)]) }
        )
        page.add(
            "leeward_entry",
            .gauge,
            "1 where a geography's users should enter.",
            self.status.entries.flatMap { geography, regions in
                regions.map { .init([("geography", geography.text), ("region", $0.text)], 1) }
            }
        )
        page.add(
            "leeward_pinned",
            .gauge,
            "1 for each geography that is pinned.",
            self.status.pinned.map { .init([("geography", $0.text)], 1) }
        )
    }

    private static func samples(
        of shares: ShareTable,
        _ labels: [(name: String, value: String)]
    ) -> [Exposition.Sample] {
        shares.flatMap { geography, vector in
            vector.shares.map { region, share in
                .init(labels + [("geography", geography.text), ("region", region.text)], share.basisPoints)
            }
        }
    }

    func evacuation(_ page: inout Exposition) {
        let active = self.status.evacuation
        page.add(
            "leeward_evacuation_active",
            .gauge,
            "1 while an evacuation or a relief has not ended.",
            [.init([], active != nil)]
        )
        guard let active else { return }
        let labels = [(name: "evacuation", value: active.id.text), (name: "evacuee", value: active.evacuee.text)]
        page.add(
            "leeward_evacuation_phase",
            .gauge,
            "1 for the active evacuation's phase, 0 for every other.",
            Phase.allCases.map { .init(labels + [("phase", $0.rawValue)], active.phase == $0) }
        )
        page.add(
            "leeward_evacuation_moved_basis_points",
            .gauge,
            "Part of the evacuee's users that is meant to be moved now, of 10000.",
            [.init(labels, active.points)]
        )
        page.add(
            "leeward_evacuation_returning",
            .gauge,
            "1 on the way back.",
            [.init(labels, active.isReturning)]
        )
        page.add(
            "leeward_injected_instances",
            .gauge,
            "Dark instances that were chosen to serve.",
            [.init(labels, active.injectedCount)]
        )
        page.add(
            "leeward_injected_live_instances",
            .gauge,
            "Those of them that are observed live.",
            [.init(labels, self.status.injectedLive)]
        )
        page.add(
            "leeward_served_residual_basis_points",
            .gauge,
            "Part of the affected requests that the evacuee's instances still serve, of 10000; missing while unknown.",
            self.status.servedResidual.map { [.init(labels, $0)] } ?? []
        )
        page.add(
            "leeward_entry_residual_basis_points",
            .gauge,
            "Part of the affected requests that still arrive at the evacuee's edge, of 10000; missing while unknown.",
            self.status.entryResidual.map { [.init(labels, $0)] } ?? []
        )
        page.add(
            "leeward_evacuee_probes_good_seconds",
            .gauge,
            "How long the evacuee's probes have all been good; missing while they are not.",
            self.status.probesGoodFor.map { [.init(labels, $0.seconds)] } ?? []
        )
    }

    func inputs(_ page: inout Exposition) {
        let ages = self.status.inputs
        func sample(_ input: String, _ region: String, _ age: Span) -> Exposition.Sample {
            .init([("input", input), ("region", region)], age.seconds)
        }
        page.add(
            "leeward_input_age_seconds",
            .gauge,
            "Time since the newest answer of what is read; missing before the first. The region is empty for the whole fleet's.",
            (ages.signals.map { [sample("signals", "", $0)] } ?? [])
                + (ages.zone.map { [sample("zone", "", $0)] } ?? [])
                + ages.edges.map { sample("edge", $0.text, $1) }
                + ages.capacity.map { sample("capacity", $0.text, $1) }
        )
    }

    /// What the forecast was worth, where the truth has arrived.
    func scores(_ page: inout Exposition) {
        // Farther ones are for planning stock; nobody is called for them.
        let scores = self.forecasts.filter { $0.aheadMinutes <= 60 }
        func samples(_ value: (ForecastScore) -> Double?) -> [Exposition.Sample] {
            scores.compactMap { score in
                value(score).map { value in
                    .init(
                        [
                            ("service", score.service.text), ("savior", score.savior.text),
                            ("evacuee", score.evacuee.text), ("ahead", "\(score.aheadMinutes)m"),
                        ],
                        value
                    )
                }
            }
        }
        func ratios(_ percent: (ForecastScore) -> Double?) -> [Exposition.Sample] {
            samples { percent($0).map { $0 / 100 } }
        }
        page.add(
            "leeward_forecast_wape_ratio",
            .gauge,
            "Sum of the absolute errors over the sum of the loads.",
            ratios(\.wape)
        )
        page.add(
            "leeward_forecast_under_ratio",
            .gauge,
            "Part of the forecasts that promised too little.",
            ratios(\.under)
        )
        page.add(
            "leeward_forecast_over_ratio",
            .gauge,
            "Instances too many over those that were needed.",
            ratios(\.over)
        )
        page.add(
            "leeward_forecast_scored_total",
            .counter,
            "Forecasts that have met their truth.",
            samples { Double($0.count) }
        )
    }
}
