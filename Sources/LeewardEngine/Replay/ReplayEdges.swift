import LeewardDetection
import LeewardModel

/// Counters and probes that nobody kept, under one assumption: edge and probes agree with the metric.
///
/// Where a bucket of `served` is bad, the region's edge fails exactly the part of its users that the bucket lacks, and the
/// probes of all vantages fail the same part of their attempts. Where it is not bad, or nobody can judge it, nothing fails.
/// Every agent answers all the time.
struct ReplayEdges: Sendable {
    /// Nobody looks further back than this for the counters of the last seconds.
    private static let window: Span = .seconds(4)
    /// What an agent asks of each region within a window.
    private static let attempts = 12

    private let fleet: Fleet
    private let shares: ShareTable
    private let service: ServiceID
    private var served: SortedMap<RegionID, RequestCounts> = [:]
    private var probes: SortedMap<RegionID, ProbeCounts> = [:]
    private var sequence: Int64 = 0

    init(_ fleet: Fleet) {
        self.fleet = fleet
        self.shares = fleet.homeShares
        self.service = fleet.services.keys.first ?? "users"
    }

    /// One region's bucket: users who came, per second, and the part of them that was served badly.
    struct Bucket: Sendable {
        var rate: Double
        var lacking: Double

        /// - Parameters:
        ///   - rate: What the metric shows; nil where the bucket is missing.
        ///   - promise: What it should show and below what it is bad; nil where nobody knows.
        init(_ rate: Double?, _ promise: (expected: Double, least: Double)?) {
            self.rate = rate ?? promise?.expected ?? 0
            self.lacking = 0
            guard let rate, let promise, rate < promise.least, promise.expected > 0 else { return }
            self.rate = promise.expected
            self.lacking = 1 - rate / promise.expected
        }
    }

    /// What the agents would have reported within one bucket of this length, with the time before its end.
    mutating func reports(_ buckets: SortedMap<RegionID, Bucket>, length: Span) -> [(before: Span, report: EdgeReport)]
    {
        guard length > Self.window else {
            self.count(buckets, length)
            return self.report().map { (.zero, $0) }
        }
        self.count(buckets, length - Self.window)
        let first = self.report()
        self.count(buckets, Self.window)
        return first.map { (Self.window, $0) } + self.report().map { (.zero, $0) }
    }

    private mutating func count(_ buckets: SortedMap<RegionID, Bucket>, _ span: Span) {
        for (region, bucket) in buckets {
            let started = Int((min(bucket.rate, 1e12) * span.seconds).rounded())
            let failed = Int((Double(started) * bucket.lacking).rounded())
            let counts = RequestCounts(started: started, good: started - failed, failed: failed)
            self.served[region] = (self.served[region] ?? RequestCounts()) + counts
            let good = Int((Double(Self.attempts) * (1 - bucket.lacking)).rounded())
            var probes = self.probes[region] ?? ProbeCounts()
            probes.attempts += Self.attempts
            probes.good += good
            self.probes[region] = probes
        }
    }

    private mutating func report() -> [EdgeReport] {
        self.sequence += 1
        return self.fleet.regions.keys.map { region in
            let served = self.served[region] ?? RequestCounts()
            let homes = self.fleet.geographies.filter { $0.1.home == region }.map(\.0)
            let entered = SortedMap(homes.map { ($0, SortedMap([(region, Self.part(served, of: homes.count))])) })
            return EdgeReport(
                region: region,
                agentStart: 1,
                sequence: self.sequence,
                accepted: SnapshotMark(generation: Generation(0), epoch: Epoch(0), key: ""),
                loaded: LoadedEdge(generation: Generation(0), shares: self.shares, endpoints: [:]),
                rejections: 0,
                counters: EdgeCounters(proxyStart: 1, entered: entered, served: [self.service: served]),
                probes: self.probes
            )
        }
    }

    /// Users are spread evenly over the geographies of their region.
    private static func part(_ counts: RequestCounts, of count: Int) -> RequestCounts {
        let count = max(1, count)
        return RequestCounts(
            started: counts.started / count,
            good: counts.good / count,
            failed: counts.failed / count
        )
    }
}
