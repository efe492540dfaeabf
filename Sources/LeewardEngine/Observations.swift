import LeewardModel

/// What the world was last seen to be; never persisted, gathered anew after a restart.
struct Observations: Sendable {
    struct Seen<Value: Sendable>: Sendable {
        var value: Value
        var at: Timestamp
    }

    /// How long an edge's reports are kept for windows.
    static let memory = Span.seconds(15)
    /// A report older than this is no read-back.
    static let fresh = Span.milliseconds(3000)

    var signals: SignalReport?
    var signalsAt: Timestamp?
    /// Per region the reports of the last seconds, oldest first.
    var edges: SortedMap<RegionID, [Seen<EdgeReport>]> = [:]
    var capacity: SortedMap<RegionID, Seen<CapacityReport>> = [:]
    var zone: Seen<ZoneReport>?
    /// Requests per second by geography while all was well; users keep arriving when a region dies.
    var usualArrivals: SortedMap<GeographyID, Double> = [:]
    /// Part of a service's requests that fails in a region while all is well, 0...1.
    var usualFailing: SortedMap<RegionID, SortedMap<ServiceID, Double>> = [:]

    /// A repeated sequence number of the same agent is an old answer and counts for nothing (S18).
    mutating func take(_ report: EdgeReport, at now: Timestamp) {
        var track = self.edges[report.region] ?? []
        if let last = track.last, last.value.agentStart == report.agentStart, last.value.sequence >= report.sequence {
            return
        }
        track.append(.init(value: report, at: now))
        track.removeAll { now - $0.at > Self.memory }
        self.edges[report.region] = track
    }

    mutating func take(_ report: CapacityReport, at now: Timestamp) {
        // An empty or cut-short listing is not "none": what was seen before stays the last word (S11).
        if !report.isComplete || report.instances.isEmpty { return }
        if let last = self.capacity[report.region], last.value.sequence > report.sequence,
            last.value.sequence - report.sequence < 1000
        {
            return
        }
        self.capacity[report.region] = .init(value: report, at: now)
    }

    func edge(_ region: RegionID, at now: Timestamp) -> EdgeReport? {
        guard let last = self.edges[region]?.last, now - last.at <= Self.fresh else { return nil }
        return last.value
    }

    func edgeSeenAt(_ region: RegionID) -> Timestamp? { self.edges[region]?.last?.at }

    func capacity(_ region: RegionID, at now: Timestamp) -> CapacityReport? {
        guard let last = self.capacity[region], now - last.at <= Self.fresh else { return nil }
        return last.value
    }

    /// The newest report with counters and the oldest one of the same proxy within `span`, with the time between them.
    func ends(of region: RegionID, within span: Span, at now: Timestamp) -> (
        old: EdgeCounters, new: EdgeCounters, Span
    )? {
        guard let track = self.edges[region], let last = track.last, now - last.at <= Self.fresh,
            let new = last.value.counters
        else { return nil }
        for seen in track where last.at - seen.at <= span {
            guard let old = seen.value.counters, old.proxyStart == new.proxyStart else { continue }
            let length = last.at - seen.at
            return length.milliseconds >= 500 ? (old, new, length) : nil
        }
        return nil
    }

    /// Probe deltas of one vantage over the last `span`, by target.
    func probes(from region: RegionID, within span: Span, at now: Timestamp) -> SortedMap<RegionID, ProbeCounts> {
        guard let track = self.edges[region], let last = track.last, now - last.at <= Self.fresh,
            let first = track.first(where: {
                last.at - $0.at <= span && $0.value.agentStart == last.value.agentStart
            })
        else { return [:] }
        var result = SortedMap<RegionID, ProbeCounts>()
        for (target, new) in last.value.probes {
            let old = first.value.probes[target] ?? ProbeCounts()
            guard new.attempts >= old.attempts, new.good >= old.good else { continue }
            result[target] = ProbeCounts(attempts: new.attempts - old.attempts, good: new.good - old.good)
        }
        return result
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
