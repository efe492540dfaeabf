import LeewardModel

/// What a metrics store scrapes from the clients.
enum ClientMetrics {
    /// Every combination is there from the start, so that a region nobody enters is a zero and not a gap.
    static func text(regions: [RegionID], geographies: [GeographyID], counts: [[RequestTally]]) -> String {
        var text = ""
        let series: [(String, String, KeyPath<RequestTally, Int>)] = [
            ("leeward_client_good_total", "Good requests by the region whose edge they entered.", \.good),
            ("leeward_client_requests_total", "All requests by the region whose edge they entered.", \.due),
        ]
        for (name, help, value) in series {
            text += "# HELP \(name) \(help)\n# TYPE \(name) counter\n"
            for (geography, row) in zip(geographies, counts) {
                for (region, tally) in zip(regions, row) where region != "unknown" || tally.due > 0 {
                    text += "\(name){region=\"\(region)\",geography=\"\(geography)\"} \(tally[keyPath: value])\n"
                }
            }
        }
        return text
    }
}
