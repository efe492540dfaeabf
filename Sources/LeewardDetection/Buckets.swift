import LeewardModel

/// One bucket beside what it should hold.
struct JudgedBucket: Sendable, Equatable {
    var time: WallTime
    var value: Double
    var expected: Double
    /// The part of what is expected below which it is bad.
    var floor: Double
    /// Below this it is bad.
    var least: Double { self.expected * self.floor }
    var isBad: Bool { self.value < self.least }
}

/// What the newest buckets of one signal say about one region.
struct MetricJudgement: Sendable, Equatable {
    enum State: Sendable, Equatable {
        /// Enough traffic is expected and the newest bucket can be judged.
        case judged
        /// So little is expected here that the metric says nothing.
        case quiet
        /// Missing, stale, frozen, not finite, or without a baseline: unknown, never a dip (S18).
        case gap(String)
    }
    var state: State
    /// Newest first and without a hole; empty unless judged.
    var buckets: [JudgedBucket] = []
    /// What should arrive per second now; nil without a baseline.
    var expectedNow: Double?
    /// What proves a dip that is shallower than the limit, in words; nil without one.
    var proof: String?
    /// How far one bucket strays by itself, as a logarithm.
    var spread = Weighing.unknownSpread

    /// The same judgement when the report is `age` older than its own idea of now: buckets that became too old are a gap.
    func aged(by age: Span, readAt: WallTime, limits: Limits) -> MetricJudgement {
        guard self.state == .judged, let newest = self.buckets.first else { return self }
        let old = (readAt - newest.time) + age
        guard old > limits.staleAfter else { return self }
        return .init(state: .gap("the newest bucket is \(old) old"), expectedNow: self.expectedNow)
    }

    /// Newest buckets in a row that are bad.
    var badRun: Int { self.buckets.prefix { $0.isBad }.count }
    /// Newest buckets in a row that are not.
    var goodRun: Int { self.buckets.prefix { !$0.isBad }.count }
    /// How much the newest run says, -1/3...1/3; 0 where nothing is judged.
    func weight(_ bucket: Span) -> Double {
        let run = self.buckets.prefix(max(self.badRun, self.goodRun))
        return Weighing.weight(Weighing.ratio(run, of: bucket, spread: self.spread))
    }
}

/// The seam from samples to judgement: compares each bucket with its expectation.
struct BucketJudge: Sendable {
    /// Fewer expected requests in a bucket than this tell noise from a dip too badly.
    static let enoughRequests = 50.0
    /// As many equal buckets in a row under traffic are a frozen series and no measurement.
    static let frozenAfter = 6

    var limits: Limits
    var live: SeriesTable
    var baseline: Baseline
    /// What each region's own users should make, where that is known better than from other days.
    var watches: SortedMap<Signal, SortedMap<RegionID, HomeWatch>> = [:]
    /// Events that widen what is no dip.
    var calendar: [CalendarEvent] = []
    var readAt: WallTime
    /// When the store said so, by the monotonic clock.
    var heard: Timestamp
    /// What the store said was wrong with its own answer.
    var problem: String?

    func judge(
        _ signal: Signal,
        of region: RegionID,
        placement: PlacementHistory,
        settling: Span
    ) -> MetricJudgement {
        guard let expectedNow = self.expected(signal, of: region, at: self.readAt, placement, settling) else {
            let reason = self.problem ?? "no history of one day or one to four weeks ago"
            return .init(state: .gap("\(signal.rawValue) has no baseline: \(reason)"))
        }
        guard expectedNow * self.limits.bucket.seconds >= Self.enoughRequests else {
            return .init(state: .quiet, expectedNow: expectedNow)
        }
        let points = self.disjoint(self.live[signal, region])
        if let gap = self.gap(in: points, of: signal) { return .init(state: .gap(gap), expectedNow: expectedNow) }
        let watch = self.watches[signal]?[region]
        let dip = watch?.dip
        let floor = Self.floor(watch, dip?.depth, self.limits)
        var buckets: [JudgedBucket] = []
        for point in points {
            guard Baseline.isUsable(point.value),
                let expected = self.expected(signal, of: region, at: point.time, placement, settling)
            else { break }
            if let later = buckets.last, later.time - point.time > self.limits.bucket + self.slack { break }
            // Wherever too little was due for a judgement, a bucket is neither bad nor evidence for anything older.
            guard expected * self.limits.bucket.seconds >= Self.enoughRequests else { break }
            let border = floor * self.calendar.allowance(of: region, at: point.time).least
            buckets.append(.init(time: point.time, value: point.value, expected: expected, floor: border))
        }
        guard !buckets.isEmpty else {
            // The newest bucket lies in a time when little was due here, or in one that no history covers.
            let isQuiet =
                points.first.flatMap { self.expected(signal, of: region, at: $0.time, placement, settling) } != nil
            let state =
                isQuiet ? MetricJudgement.State.quiet : .gap("\(signal.rawValue)'s newest bucket has no baseline")
            return .init(state: state, expectedNow: expectedNow)
        }
        return .init(
            state: .judged,
            buckets: buckets,
            expectedNow: expectedNow,
            proof: dip?.words,
            spread: watch?.spread ?? Weighing.unknownSpread
        )
    }

    /// The part of the expectation below which a bucket is bad.
    ///
    /// As low as the limit, lower where the series itself is that noisy, higher where a shallower dip is proven.
    static func floor(_ watch: HomeWatch?, _ depth: Double?, _ limits: Limits) -> Double {
        let limit = Double(limits.dipBelow) / 10_000
        guard let watch else { return limit }
        return max(min(limit, watch.floor), depth.map { 1 - $0 / 2 } ?? 0)
    }

    /// Half a bucket: two samples nearer than this belong to the same bucket, further than it beyond one is a hole.
    private var slack: Span { .init(milliseconds: self.limits.bucket.milliseconds / 2) }

    /// Buckets newest first, none overlapping another; what claims to come from the future is left out.
    private func disjoint(_ samples: [Point]) -> [Point] {
        var picked: [Point] = []
        for sample in samples.reversed() where sample.time - self.readAt <= self.limits.bucket {
            if let later = picked.last, later.time - sample.time <= self.slack { continue }
            picked.append(sample)
        }
        return picked
    }

    private func gap(in points: [Point], of signal: Signal) -> String? {
        guard let newest = points.first else {
            return "\(signal.rawValue) has no bucket\(self.problem.map { ": \($0)" } ?? "")"
        }
        guard self.readAt - newest.time <= self.limits.staleAfter else {
            return "\(signal.rawValue)'s newest bucket is \(self.readAt - newest.time) old"
        }
        guard Baseline.isUsable(newest.value) else { return "\(signal.rawValue)'s newest bucket is no number" }
        let head = points.prefix(Self.frozenAfter)
        if newest.value > 0, head.count == Self.frozenAfter,
            head.allSatisfy({ abs($0.value - newest.value) <= newest.value * 1e-9 })
        {
            return "\(signal.rawValue) is frozen at \(Words.rate(newest.value)) for \(Self.frozenAfter) buckets"
        }
        return nil
    }

    private func expected(
        _ signal: Signal,
        of region: RegionID,
        at time: WallTime,
        _ placement: PlacementHistory,
        _ settling: Span
    ) -> Double? {
        let end = self.heard - (self.readAt - time)
        let rows = placement.rows(of: region, from: end - self.limits.bucket - settling, to: end)
        return self.baseline.expected(signal, under: rows, at: time, watches: self.watches[signal] ?? [:])
    }
}
