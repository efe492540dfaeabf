import LeewardModel

/// The numbers of a drill, computed from what was observed.
struct DrillFigures: Hashable, Sendable {
    /// Seconds; nil when the moment did not come.
    var detect: Double?
    var decide: Double?
    var execute: Double?
    var recover: Double?
    /// From the outage to the DNS read-back.
    var committed: Double?
    var total = RequestTally()
    var ignoring = RequestTally()
    /// Failed requests that were due after the first second of recovery.
    var failedAfterRecovery = 0
    /// Part of all requests that the evacuee still served in the last seconds before `evacuated`; nil without one.
    var residualBasisPoints: Int?

    /// In an outage that only DNS can help, users who ignore the TTL are beyond help and are counted apart.
    static func judged(_ second: ClientSecond, kind: String) -> RequestTally {
        kind == "edge-down" ? second.honouring : second.total
    }

    init(_ record: DrillRecord) {
        let moments = record.moments
        self.detect = Self.seconds(moments.outage, moments.verdict)
        self.decide = Self.seconds(moments.verdict, moments.intent)
        self.execute = Self.seconds(moments.intent, moments.committed)
        self.committed = Self.seconds(moments.outage, moments.committed)
        for second in record.timeline {
            self.total = self.total + second.total
            self.ignoring = self.ignoring + second.ignoring
        }
        let judged = { (second: ClientSecond) in Self.judged(second, kind: record.kind) }
        if let outage = moments.outage, !record.isPlanned {
            if let recovery = Self.recovery(record.timeline, from: outage, judged: judged) {
                self.recover = Double(max((recovery - outage).milliseconds, 0)) / 1000
                // The second in which users recover may begin with the outage's last failures, one in a thousand at most.
                self.failedAfterRecovery = record.timeline.filter { $0.start > recovery }
                    .reduce(0) { $0 + judged($1).failed }
            } else {
                self.failedAfterRecovery = record.timeline.filter { $0.start >= outage }
                    .reduce(0) { $0 + judged($1).failed }
            }
        }
        if let evacuated = moments.evacuated {
            let window = record.timeline.filter {
                $0.start < evacuated && $0.start >= evacuated - .seconds(20)
            }
            self.residualBasisPoints = Self.residual(window, of: record.region)
        }
    }

    /// The first second of ten in a row of which each had at least 99.9 % good requests.
    ///
    /// A second without any request proves nothing and breaks the row.
    static func recovery(
        _ timeline: [ClientSecond],
        from outage: WallTime,
        judged: (ClientSecond) -> RequestTally
    ) -> WallTime? {
        var row = 0
        var first: WallTime?
        for second in timeline where second.start + .seconds(1) > outage {
            let tally = judged(second)
            guard tally.due > 0, tally.good * 1000 >= tally.due * 999 else {
                row = 0
                continue
            }
            if row == 0 { first = second.start }
            row += 1
            if row == 10 { return first }
        }
        return nil
    }

    /// Part of the good requests that the region served, in basis points, rounded up: a residual is never hidden.
    static func residual(_ window: [ClientSecond], of region: RegionID) -> Int? {
        var all = 0
        var evacuee = 0
        for second in window {
            for (served, count) in second.served {
                all += count
                if served == region { evacuee += count }
            }
        }
        guard all > 0 else { return nil }
        return (evacuee * 10_000 + all - 1) / all
    }

    private static func seconds(_ from: WallTime?, _ to: WallTime?) -> Double? {
        guard let from, let to else { return nil }
        return (to - from).seconds
    }
}

extension [ClientSecond] {
    /// Where requests of each geography were served, in basis points of the good ones; rounded by largest remainder.
    func servedShares() -> ObservedShares {
        var counts = SortedMap<GeographyID, SortedMap<RegionID, Int>>()
        for second in self {
            for (geography, cell) in second.geographies {
                for (region, count) in cell.served where count > 0 {
                    counts[geography, default: [:]][region, default: 0] += count
                }
            }
        }
        return counts.mapValues { regions in
            let sum = regions.values.reduce(0, +)
            var shares = regions.mapValues { $0 * 10_000 / sum }
            let missing = 10_000 - shares.values.reduce(0, +)
            let rest = { (region: RegionID) in (regions[region] ?? 0) * 10_000 % sum }
            let byRest = regions.keys.sorted { (rest($1), $0) < (rest($0), $1) }
            for region in byRest.prefix(missing) { shares[region, default: 0] += 1 }
            return shares
        }
    }
}
