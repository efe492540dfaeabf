import LeewardModel

/// What the world was last seen to be; never persisted, gathered anew after a restart.
struct Observations: Sendable {
    struct Seen<Value: Sendable>: Sendable {
        /// Reports are large and are kept, handed on and looked into far more often than they come.
        private final class Box: Sendable {
            let value: Value
            init(_ value: Value) { self.value = value }
        }

        private let box: Box
        let at: Timestamp
        var value: Value { _read { yield self.box.value } }

        init(value: Value, at: Timestamp) {
            self.box = Box(value)
            self.at = at
        }
    }

    /// How long an edge's reports are kept for windows.
    static let memory = Span.seconds(15)
    /// A report older than this is no read-back.
    static let fresh = Span.milliseconds(3000)

    var signals: SignalReport?
    var signalsAt: Timestamp?
    /// Per region the reports of the last seconds, oldest first.
    var edges: SortedMap<RegionID, [Seen<EdgeReport>]> = [:]
    private(set) var capacity: SortedMap<RegionID, Seen<CapacityReport>> = [:]
    /// Per region what its provider said of itself, with whatever list.
    private(set) var marks: SortedMap<RegionID, Seen<ProviderMark>> = [:]
    /// What of each region is looked up again and again, made once when a report arrives.
    private var stocks: SortedMap<RegionID, Stock> = [:]
    /// Rises with every edge report and with every listing that differs from the one before.
    private(set) var revision = 0
    /// Rises with every listing that differs from the one before.
    private(set) var listingRevision = 0
    var zone: Seen<ZoneReport>?
    /// Requests per second by geography while all was well; users keep arriving when a region dies.
    var usualArrivals: SortedMap<GeographyID, Double> = [:]
    /// Part of a service's requests that fails in a region while all is well, 0...1.
    var usualFailing: SortedMap<RegionID, SortedMap<ServiceID, Double>> = [:]

    /// A repeated sequence number of the same agent is an old answer and counts for nothing (S18).
    mutating func take(_ report: EdgeReport, at now: Timestamp) {
        let region = report.region
        // In its place: a copy of the track would copy every report in it.
        guard Self.add(report, to: &self.edges[region, default: []], at: now) else { return }
        self.revision += 1
        self.stocks[region, default: Stock()].take(endpoints: report.loaded?.endpoints)
    }

    private static func add(_ report: EdgeReport, to track: inout [Seen<EdgeReport>], at now: Timestamp) -> Bool {
        let last = track.count - 1
        if last >= 0, track[last].value.agentStart == report.agentStart, track[last].value.sequence >= report.sequence {
            return false
        }
        track.append(.init(value: report, at: now))
        var gone = 0
        while now - track[gone].at > self.memory { gone += 1 }
        if gone > 0 { track.removeSubrange(..<gone) }
        return true
    }

    /// - Parameter everything: True only in a test that has switched S11 off.
    mutating func take(_ report: CapacityReport, at now: Timestamp, believing everything: Bool = false) {
        if self.marks[report.region].map({ Self.isNews(report.sequence, after: $0.value.sequence) }) ?? true {
            self.marks[report.region] = .init(value: ProviderMark(report), at: now)
        }
        // An empty or cut-short listing is not "none": what was seen before stays the last word (S11).
        if !report.isComplete || report.instances.isEmpty, !everything { return }
        if let last = self.capacity[report.region], !Self.isNews(report.sequence, after: last.value.sequence) { return }
        let region = report.region
        self.capacity[region] = .init(value: report, at: now)
        guard self.stocks[region, default: Stock()].take(listing: report.instances) else { return }
        self.revision += 1
        self.listingRevision += 1
    }

    /// An answer that was overtaken is none; a provider that was restarted counts from the beginning.
    private static func isNews(_ sequence: Int64, after last: Int64) -> Bool {
        last <= sequence || last - sequence >= 1000
    }

    /// What a provider said of itself with a list that counts and is fresh; when that list came.
    func listed(_ region: RegionID, at now: Timestamp) -> Seen<ProviderMark>? {
        guard let last = self.capacity[region], now - last.at <= Self.fresh else { return nil }
        return .init(value: ProviderMark(last.value), at: last.at)
    }

    /// One region's instances of a service, in the order of the listing; nil where its provider does not answer.
    func instances(of cluster: ClusterID, at now: Timestamp) -> [InstanceReport]? {
        guard self.isListed(cluster.region, at: now) else { return nil }
        return self.stocks[cluster.region]?.byService[cluster.service] ?? []
    }

    /// Instances by service that the provider lists as live and ready and that the proxy has loaded.
    ///
    /// Nil while one of the two does not answer; a service without any may be missing.
    func ready(in region: RegionID, at now: Timestamp) -> SortedMap<ServiceID, Int>? {
        guard self.isListed(region, at: now), self.isEdgeFresh(region, at: now) else { return nil }
        return self.stocks[region]?.ready
    }

    /// True while the provider's last answer counts.
    func isListed(_ region: RegionID, at now: Timestamp) -> Bool {
        self.capacity[region].map { now - $0.at <= Self.fresh } ?? false
    }

    /// True while the agent's last answer counts.
    func isEdgeFresh(_ region: RegionID, at now: Timestamp) -> Bool {
        self.edgeSeenAt(region).map { now - $0 <= Self.fresh } ?? false
    }

    /// What the agent has on disk; nil while it does not answer.
    func accepted(_ region: RegionID, at now: Timestamp) -> SnapshotMark? {
        guard let track = self.edges[region], !track.isEmpty else { return nil }
        let last = track.count - 1
        return now - track[last].at <= Self.fresh ? track[last].value.accepted : nil
    }

    /// What the proxy has loaded; nil while its agent does not answer, or the proxy does not.
    func loaded(_ region: RegionID, at now: Timestamp) -> LoadedEdge? {
        guard let track = self.edges[region], !track.isEmpty else { return nil }
        let last = track.count - 1
        return now - track[last].at <= Self.fresh ? track[last].value.loaded : nil
    }

    /// What the proxy has counted; nil while its agent does not answer, or the proxy does not.
    func counters(_ region: RegionID, at now: Timestamp) -> EdgeCounters? {
        guard let track = self.edges[region], !track.isEmpty else { return nil }
        let last = track.count - 1
        return now - track[last].at <= Self.fresh ? track[last].value.counters : nil
    }

    func edge(_ region: RegionID, at now: Timestamp) -> EdgeReport? {
        guard let last = self.edges[region]?.last, now - last.at <= Self.fresh else { return nil }
        return last.value
    }

    func edgeSeenAt(_ region: RegionID) -> Timestamp? {
        guard let track = self.edges[region], !track.isEmpty else { return nil }
        return track[track.count - 1].at
    }

    func capacity(_ region: RegionID, at now: Timestamp) -> CapacityReport? {
        guard let last = self.capacity[region], now - last.at <= Self.fresh else { return nil }
        return last.value
    }

    /// The newest report with counters and the oldest one of the same proxy within `span`, with the time between them.
    func ends(of region: RegionID, within span: Span, at now: Timestamp) -> (
        old: EdgeCounters, new: EdgeCounters, Span
    )? {
        // By index: a report that is not asked for is not copied.
        guard let track = self.edges[region], !track.isEmpty else { return nil }
        let end = track[track.count - 1].at
        guard now - end <= Self.fresh, let new = track[track.count - 1].value.counters else { return nil }
        for index in track.indices {
            let length = end - track[index].at
            guard length <= span, let old = track[index].value.counters, old.proxyStart == new.proxyStart else {
                continue
            }
            return length.milliseconds >= 500 ? (old, new, length) : nil
        }
        return nil
    }

    /// Probe deltas of one vantage over the last `span`, by target.
    func probes(from region: RegionID, within span: Span, at now: Timestamp) -> SortedMap<RegionID, ProbeCounts> {
        guard let track = self.edges[region], !track.isEmpty else { return [:] }
        let last = track.count - 1
        guard now - track[last].at <= Self.fresh,
            let first = track.indices.first(where: {
                track[last].at - track[$0].at <= span && track[$0].value.agentStart == track[last].value.agentStart
            })
        else { return [:] }
        return track[last].value.probes.compactMapValues(beside: track[first].value.probes) { _, new, seen in
            let old = seen ?? ProbeCounts()
            guard new.attempts >= old.attempts, new.good >= old.good else { return nil }
            return ProbeCounts(attempts: new.attempts - old.attempts, good: new.good - old.good)
        }
    }
}

/// What a provider says of itself beside its list: who it obeys, and whether it shrinks anything.
struct ProviderMark: Sendable {
    var sequence: Int64
    var epoch: Epoch
    var isFrozen: Bool
    var floors: SortedMap<ServiceID, Int>

    init(_ report: CapacityReport) {
        self.sequence = report.sequence
        self.epoch = report.epoch
        self.isFrozen = report.isFrozen
        self.floors = report.floors
    }
}

/// The open soak: what the counters were when the rung was first seen loaded everywhere.
struct Soak: Sendable {
    var generation: Generation
    var openedAt: Timestamp
    var loadedAt: Timestamp?
    var counters: SortedMap<RegionID, EdgeCounters> = [:]
    var probes: SortedMap<RegionID, SortedMap<RegionID, ProbeCounts>> = [:]
    var isProven = false
}
