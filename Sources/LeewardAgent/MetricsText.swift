import LeewardModel

/// Prometheus text; a family is written only where there is something to say, so that silence is a gap and not a zero.
struct MetricsText {
    private(set) var text = ""

    mutating func family(
        _ name: String,
        _ type: String,
        _ help: String,
        _ samples: [(labels: [(String, String)], value: Int)]
    ) {
        guard !samples.isEmpty else { return }
        self.text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
            self.text += "\(name){\(labels)} \(sample.value)\n"
        }
    }

    /// The series of one agent; `proxy` is nil while the proxy does not answer.
    static func render(
        region: RegionID,
        accepted: SnapshotMark,
        proxy: EdgeReadings.Proxy?,
        probes: SortedMap<RegionID, ProbeCounts>,
        isProviderWell: Bool
    ) -> String {
        var text = MetricsText()
        let here = ("region", region.text)
        if let proxy { text.users(proxy, here) }
        text.family(
            "leeward_edge_accepted_generation",
            "gauge",
            "Highest snapshot generation that the agent has on disk.",
            [([here], Int(accepted.generation.value))]
        )
        text.family(
            "leeward_edge_epoch",
            "gauge",
            "Highest epoch that the agent has seen.",
            [([here], Int(accepted.epoch.value))]
        )
        text.family(
            "leeward_edge_provider_up",
            "gauge",
            "1 while the provider's listings are used.",
            [([here], isProviderWell ? 1 : 0)]
        )
        text.family(
            "leeward_probe_attempts_total",
            "counter",
            "Probes from this region through the target's edge.",
            probes.map { ([here, ("target", $0.text)], $1.attempts) }
        )
        text.family(
            "leeward_probe_good_total",
            "counter",
            "Probes answered with 2xx within a second.",
            probes.map { ([here, ("target", $0.text)], $1.good) }
        )
        return text.text
    }

    private mutating func users(_ proxy: EdgeReadings.Proxy, _ here: (String, String)) {
        let served = proxy.counters.served
        func perService(_ value: (RequestCounts) -> Int) -> [(labels: [(String, String)], value: Int)] {
            served.map { ([here, ("service", $0.text)], value($1)) }
        }
        self.family(
            "leeward_edge_good_total",
            "counter",
            "Good user requests that this region's instances served.",
            [([here], served.values.reduce(0) { $0 + $1.good })]
        )
        self.family(
            "leeward_edge_requests_total",
            "counter",
            "User requests that reached this region's instances.",
            perService(\.started)
        )
        self.family(
            "leeward_edge_failed_total",
            "counter",
            "User requests that ended with 5xx or a reset here.",
            perService(\.failed)
        )
        self.family("leeward_edge_active", "gauge", "User requests being worked on.", perService(\.active))
        self.entries(proxy.counters.entered, here)
        self.family(
            "leeward_edge_rejections_total",
            "counter",
            "Files that the proxy refused since it started.",
            [([here], proxy.rejections)]
        )
        if let loaded = proxy.loaded {
            self.family(
                "leeward_edge_loaded_generation",
                "gauge",
                "Snapshot generation that the proxy has in memory.",
                [([here], Int(loaded.generation.value))]
            )
            self.family(
                "leeward_edge_share_basis_points",
                "gauge",
                "Shares that the proxy has in memory.",
                loaded.shares.flatMap { geography, vector in
                    vector.shares.map {
                        ([here, ("geography", geography.text), ("serving", $0.text)], $1.basisPoints)
                    }
                }
            )
            self.family(
                "leeward_edge_endpoints",
                "gauge",
                "Instances that are endpoints of the live cluster.",
                loaded.endpoints.map { ([here, ("service", $0.text)], $1.count) }
            )
        }
    }

    private mutating func entries(
        _ entered: SortedMap<GeographyID, SortedMap<RegionID, RequestCounts>>,
        _ here: (String, String)
    ) {
        func perPart(_ value: (RequestCounts) -> Int) -> [(labels: [(String, String)], value: Int)] {
            entered.flatMap { geography, parts in
                parts.map { ([here, ("geography", geography.text), ("serving", $0.text)], value($1)) }
            }
        }
        self.family(
            "leeward_edge_entered_total",
            "counter",
            "User requests that entered here, by the region that serves them.",
            perPart(\.started)
        )
        self.family(
            "leeward_edge_entered_good_total",
            "counter",
            "The same, answered with 2xx.",
            perPart(\.good)
        )
    }
}
