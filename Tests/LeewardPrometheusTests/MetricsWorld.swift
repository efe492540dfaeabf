import LeewardModel
import LeewardTestModel

/// What the test's edges and clients count: one counter per region, known for every second of all times.
///
/// The regions differ in what goes wrong with them; every one makes 100 good starts a second.
struct MetricsWorld: Sendable {
    /// Two that are fine, one whose rate never trembles, one whose newest sample is long ago, one that is not there now.
    static let regions: [RegionID] = ["fine-1", "fine-2", "frozen-1", "missing-1", "stale-1"]
    /// Beside them one that is scraped once a bucket.
    static let sparse: RegionID = "sparse-1"
    static let rate = 100
    static let lags: [Span] = [.days(1), .days(7), .days(14), .days(21), .days(28)]

    /// The second that counts as now when the world is made; `live` series reach past it.
    var start: Int64

    /// The counter of a region at a second of its own, always rising; four of five regions tremble.
    static func count(_ region: RegionID, at second: Int64) -> Int64 {
        let base = second * Int64(self.rate)
        guard region != "frozen-1" else { return base }
        // A square and not a hash: whatever second a test begins at, six buckets in a row never rise by the same.
        let phase = second % 20
        return base + 7 * phase * phase % 20
    }

    /// Seconds of live samples of a region between two moments.
    func liveSeconds(_ region: RegionID, from: Int64, through: Int64) -> [Int64] {
        switch region {
        case "missing-1": []
        case Self.sparse: Array(from...through).filter { $0 % 2 == 0 }
        case "stale-1": Array(from...through).filter { $0 <= self.start - 27 }
        default: Array(from...through)
        }
    }

    /// `metric{labels} value milliseconds`, once for each of the three signals.
    static func lines(_ region: RegionID, _ part: String, at second: Int64) -> String {
        let count = self.count(region, at: second)
        let labels = "region=\"\(region)\",part=\"\(part)\""
        return """
            edge_good_total{\(labels)} \(count) \(second * 1000)
            client_good_total{\(labels)} \(count) \(second * 1000)
            edge_requests_total{\(labels),service="play"} \(count / 2) \(second * 1000)

            """
    }

    static func fleet(_ address: Endpoint, regions: [RegionID] = Self.regions, served: String? = nil) -> Fleet {
        let spec: (RegionID) -> RegionSpec = { region in
            let agent = Endpoint.tcp(host: "127.0.0.1", port: 1)
            let edge = EdgeSpec(address: "127.0.0.1", port: 8080, tunnelPort: 8081, agent: agent)
            return RegionSpec(failureGroups: [FailureGroup(region.text)], edge: edge, provider: agent)
        }
        return Fleet(
            name: "signals",
            zone: .init(name: "lab.test", servers: ["127.0.0.1:53"], keyName: "leeward", keyFile: "key"),
            regions: SortedMap(regions.map { ($0, spec($0)) }),
            geographies: [:],
            services: ["play": .init(path: "/play", instanceCapacity: 100, isCritical: true, clusters: [:])],
            signals: .init(
                prometheus: address,
                served: served ?? "sum by (region) (rate(edge_good_total[$window]))",
                entered: "sum by (region) (rate(client_good_total[$window]))",
                load: "sum by (region, service) (rate(edge_requests_total[$window]))"
            ),
            policy: .init(relief: .observe, evacuation: .observe),
            limits: self.limits
        )
    }

    /// Buckets of two seconds make the tests short; everything else is as in the lab.
    static let limits = Limits.test {
        $0.bucket = .seconds(2)
        $0.callTimeout = .seconds(10)
    }
}
