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
    let state: State
    /// Newest first and without a hole; empty unless judged.
    let buckets: [JudgedBucket]
    /// What should arrive per second now; nil without a baseline.
    let expectedNow: Double?
    /// What proves a dip that is shallower than the limit, in words; nil without one.
    let proof: String?
    /// How far one bucket strays by itself, as a logarithm.
    let spread: Double
    /// Newest buckets in a row that are bad.
    let badRun: Int
    /// Newest buckets in a row that are not.
    let goodRun: Int
    /// How much the newest run says, -1/3...1/3; 0 where nothing is judged.
    let weight: Double

    /// Nothing that could be judged.
    init(state: State, expectedNow: Double? = nil) {
        (self.state, self.expectedNow, self.buckets, self.proof) = (state, expectedNow, [], nil)
        (self.spread, self.badRun, self.goodRun, self.weight) = (Weighing.unknownSpread, 0, 0, 0)
    }

    /// - Parameters:
    ///   - buckets: Newest first and without a hole, at least one.
    ///   - length: Of a bucket.
    init(_ buckets: [JudgedBucket], of length: Span, expectedNow: Double, proof: String?, spread: Double) {
        (self.state, self.expectedNow, self.buckets, self.proof) = (.judged, expectedNow, buckets, proof)
        self.spread = spread
        let isBad = buckets.first?.isBad ?? false
        let run = buckets.prefix { $0.isBad == isBad }
        (self.badRun, self.goodRun) = isBad ? (run.count, 0) : (0, run.count)
        self.weight = Weighing.weight(Weighing.ratio(run, of: length, spread: spread))
    }

    /// How old the newest bucket is once the report is `age` older than its own idea of now; nil while it still counts.
    func outdated(by age: Span, readAt: WallTime, limits: Limits) -> Span? {
        guard self.state == .judged, let newest = self.buckets.first else { return nil }
        let old = (readAt - newest.time) + age
        return old > limits.staleAfter ? old : nil
    }
}

/// The seam from samples to judgement: compares each bucket with its expectation.
struct BucketJudge: Sendable {
    /// Fewer expected requests in a bucket than this tell noise from a dip too badly.
    static let enoughRequests = 50.0
    /// As many equal buckets in a row under traffic are a frozen series and no measurement.
    static let frozenAfter = 6

    var limits: Limits
    var regions: [RegionID]
    var live: SeriesTable
    /// Samples around the same time on other days.
    var baseline: SeriesTable
    /// What each region's own users should make, where that is known better than from other days.
    var watches: BySeries<HomeWatch?>
    /// Events that widen what is no dip.
    var calendar: [CalendarEvent]
    var readAt: WallTime
    /// When the store said so, by the monotonic clock.
    var heard: Timestamp
    /// What the store said was wrong with its own answer.
    var problem: String?

    /// Judges one series of a region, by its number.
    func judge(
        _ signal: Signal,
        of region: Int,
        placement: PlacementHistory,
        settling: Span
    ) -> MetricJudgement {
        // What other days promise is the same for many buckets.
        var promises = [Baseline.Promise?](repeating: nil, count: self.regions.count)
        func due(_ time: WallTime) -> Double? {
            self.expected(signal, of: region, at: time, placement, settling, &promises)
        }
        guard let expectedNow = due(self.readAt) else {
            let reason = self.problem ?? "no history of one day or one to four weeks ago"
            return .init(state: .gap("\(signal.rawValue) has no baseline: \(reason)"))
        }
        guard expectedNow * self.limits.bucket.seconds >= Self.enoughRequests else {
            return .init(state: .quiet, expectedNow: expectedNow)
        }
        let points = self.disjoint(self.live[signal, region])
        if let gap = self.gap(in: points, of: signal) { return .init(state: .gap(gap), expectedNow: expectedNow) }
        let dip = self.watches[signal, region]?.dip
        let floor = Self.floor(self.watches[signal, region]?.floor, dip?.depth, self.limits)
        var buckets: [JudgedBucket] = []
        buckets.reserveCapacity(points.count)
        for point in points {
            guard Baseline.isUsable(point.value),
                let expected = due(point.time)
            else { break }
            if let later = buckets.last, later.time - point.time > self.limits.bucket + self.slack { break }
            // Wherever too little was due for a judgement, a bucket is neither bad nor evidence for anything older.
            guard expected * self.limits.bucket.seconds >= Self.enoughRequests else { break }
            let border = floor * self.calendar.allowance(of: self.regions[region], at: point.time).least
            buckets.append(.init(time: point.time, value: point.value, expected: expected, floor: border))
        }
        guard !buckets.isEmpty else {
            // The newest bucket lies in a time when little was due here, or in one that no history covers.
            let isQuiet = points.first.flatMap { due($0.time) } != nil
            let state =
                isQuiet ? MetricJudgement.State.quiet : .gap("\(signal.rawValue)'s newest bucket has no baseline")
            return .init(state: state, expectedNow: expectedNow)
        }
        return .init(
            buckets,
            of: self.limits.bucket,
            expectedNow: expectedNow,
            proof: dip?.words,
            spread: self.watches[signal, region]?.spread ?? Weighing.unknownSpread
        )
    }

    /// The part of the expectation below which a bucket is bad.
    ///
    /// As low as the limit, lower where the series itself is that noisy, higher where a shallower dip is proven.
    ///
    /// - Parameters:
    ///   - noise: The watch's own floor; nil without a watch.
    ///   - depth: Of the dip that the watch has proven; nil without one.
    static func floor(_ noise: Double?, _ depth: Double?, _ limits: Limits) -> Double {
        let limit = Double(limits.dipBelow) / 10_000
        guard let noise else { return limit }
        return max(min(limit, noise), depth.map { 1 - $0 / 2 } ?? 0)
    }

    /// Half a bucket: two samples nearer than this belong to the same bucket, further than it beyond one is a hole.
    private var slack: Span { .init(milliseconds: self.limits.bucket.milliseconds / 2) }

    /// Buckets newest first, none overlapping another; what claims to come from the future is left out.
    private func disjoint(_ samples: [Point]) -> [Point] {
        var picked: [Point] = []
        picked.reserveCapacity(samples.count)
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

    /// The least that any placement around a bucket promises for it; nil where a home that counts has no baseline.
    private func expected(
        _ signal: Signal,
        of region: Int,
        at time: WallTime,
        _ placement: PlacementHistory,
        _ settling: Span,
        _ promises: inout [Baseline.Promise?]
    ) -> Double? {
        let end = self.heard - (self.readAt - time)
        let start = end - self.limits.bucket - settling
        var least: Double?
        let isKnown = placement.allRows(of: region, from: start, to: end) { row in
            var sum = 0.0
            for part in row.parts {
                guard let usual = part.home.flatMap({ self.usual(signal, of: $0, at: time, &promises) }) else {
                    return false
                }
                sum += part.part * usual
            }
            least = min(least ?? sum, sum)
            return true
        }
        return isKnown ? least : nil
    }

    /// What a home's own watch expects goes before what its other days promise.
    private func usual(
        _ signal: Signal,
        of home: Int,
        at time: WallTime,
        _ promises: inout [Baseline.Promise?]
    ) -> Double? {
        if let own = self.watches[signal, home]?.expectation(at: time) { return own }
        if let known = promises[home], known.times.contains(time) { return known.value }
        let promise = Baseline.promise(of: self.baseline[signal, home], at: time)
        promises[home] = promise
        return promise.value
    }
}
