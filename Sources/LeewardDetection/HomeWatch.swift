import LeewardModel

/// What one region's own users should make now, learnt from its history and its own last hour.
///
/// Fed only while the region serves exactly its own users and is not sick: what Leeward itself moves is neither a dip
/// nor a surge, and an outage is nobody's level.
/// Two watches look at the same buckets, one as they come and one by the minute, where noise is less.
struct HomeWatch: Sendable, Equatable {
    /// Fed so long without a break before it is believed rather than yesterday and last week.
    ///
    /// A controller that starts in the middle of an outage would otherwise take the outage for the level.
    static let trial: Span = .minutes(10)
    /// So long it may tell what should be, after the last bucket that it was given.
    static let memory: Span = .hours(5)
    /// Less history than this teaches no season.
    static let leastHistory: Span = .days(2)
    /// A bucket is bad only beyond so many deviations of its own noise.
    static let certain = 4.0

    private let bucket: Span
    private var fine: SeriesWatch
    private var slow: SeriesWatch?
    private var minute = Minute()
    private var fed: WallTime?
    private var fedSince: WallTime?

    private struct Minute: Sendable, Equatable {
        var number = 0
        var sum = 0.0
        var count = 0
    }

    /// Nil where the history is too short or buckets are longer than a minute.
    ///
    /// - Parameter history: Rates per second over five minutes that end at their time, oldest first.
    init?(bucket: Span, history: [Point], caution: Double = 1) {
        guard bucket <= .minutes(1), let first = history.first, let last = history.last,
            last.time - first.time >= Self.leastHistory
        else {
            return nil
        }
        self.bucket = bucket
        self.fine = SeriesWatch(bucket: bucket)
        self.fine.caution = caution
        if bucket < .minutes(1) {
            self.slow = SeriesWatch(bucket: .minutes(1))
            self.slow?.caution = caution
        }
        let points = history.map {
            (time: Int($0.time.milliseconds / 1_000) - SeasonRing.slotLength, rate: $0.value)
        }
        self.fine.teach(points)
        self.slow?.teach(points)
    }

    /// Takes what is new in a report; buckets are stamped with their end, oldest first, and later ones than `end` are ignored.
    mutating func take(_ samples: [Point], until end: WallTime) {
        for sample in samples where sample.time <= end && Baseline.isUsable(sample.value) {
            if let fed = self.fed {
                let step = sample.time - fed
                guard step * 10 >= self.bucket * 9 else { continue }
                if step > self.bucket * 3 { self.fedSince = sample.time }
            }
            self.fed = sample.time
            self.fedSince = self.fedSince ?? sample.time
            let start = Int((sample.time - self.bucket).milliseconds / 1_000)
            self.fine.add(time: start, rate: sample.value, isLive: true)
            self.tally(sample.value, at: start)
        }
    }

    private mutating func tally(_ rate: Double, at start: Int) {
        guard self.slow != nil else { return }
        let number = start / 60
        if self.minute.number != number {
            let full = 60_000 / self.bucket.milliseconds
            if Int64(self.minute.count) * 10 >= full * 8 {
                let mean = self.minute.sum / Double(self.minute.count)
                self.slow?.add(time: self.minute.number * 60, rate: mean, isLive: true)
            }
            self.minute = Minute(number: number)
        }
        self.minute.sum += rate
        self.minute.count += 1
    }

    var isReady: Bool {
        guard let fed = self.fed, let since = self.fedSince else { return false }
        return fed - since >= Self.trial
    }

    /// Rate per second that the bucket ending at this time should have; nil while it is not to be believed.
    func expectation(at end: WallTime) -> Double? {
        guard self.isReady, let fed = self.fed, end - fed <= Self.memory else { return nil }
        return self.fine.expected(at: Int((end - self.bucket).milliseconds / 1_000))
    }

    /// Below this part of the expectation a single bucket is more than noise.
    var floor: Double { self.spread.map { max(0, 1 - Self.certain * $0) } ?? 1 }

    /// Deviation of one bucket as a logarithm; nil while it is not to be believed.
    var spread: Double? {
        guard self.isReady, let expected = self.fine.expected else { return nil }
        // The noise of what should be there: of an outage nothing is left to count.
        return self.fine.noise.bucket(of: expected * self.bucket.seconds)
    }

    /// The proven dip that lasts, if any.
    var dip: (depth: Double, words: String)? {
        // A watch is large: it is not looked into while neither is in a dip.
        guard self.isReady, self.fine.mode == .dip || self.slow?.mode == .dip else { return nil }
        return self.fine.provenDip ?? self.slow?.provenDip
    }
}

extension SeriesWatch {
    fileprivate var provenDip: (depth: Double, words: String)? {
        let missing = self.missing
        return self.mode == .dip && missing > 0 ? (missing, self.words) : nil
    }

    /// What proved the dip, in words with numbers.
    var words: String {
        let missing = Words.percent(max(0, self.missing), of: 1)
        let unit = self.length == 60 ? "minute" : "\(self.length)-second bucket"
        guard let proven = self.provenBy, StepTest.all.indices.contains(proven.test) else {
            return "\(missing) missing, on and off within eight \(unit)s"
        }
        let test = StepTest.all[proven.test]
        let shape = test.kind == .edge ? "an edge" : "a ramp"
        let fell = Words.percent(1 - Natural.exp(proven.change), of: 1)
        let times = Words.rate(-proven.change / proven.deviation)
        return
            "\(missing) missing since \(shape) of \(fell) within \(Words.count(test.after, unit)), \(times) times its usual spread"
    }
}
