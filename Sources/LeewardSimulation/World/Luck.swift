import LeewardModel

/// Luck that depends on what it is asked about and on nothing else, so that runs with and without a controller meet the same.
///
/// Mixes with the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
struct Luck: Sendable {
    /// What the luck is about; two topics never share a draw.
    enum Topic: UInt64, Sendable {
        case noise = 1, started, good, served, servedGood, probe, latency, call, dark, shape, fault, operators
        case year, day, wave, bucket
    }

    private let seed: UInt64

    init(seed: UInt64) { self.seed = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15) }

    /// All draws about one subject, for who draws at every moment.
    struct Line: Sendable {
        fileprivate let state: UInt64

        func bits(_ count: Int64) -> UInt64 {
            Luck.mix(self.state ^ UInt64(bitPattern: count) &* 0xbf58_476d_1ce4_e5b9)
        }

        /// In 0..<1.
        func unit(_ count: Int64) -> Double { Double(self.bits(count) >> 11) * 0x1p-53 }

        /// A whole number whose mean is `amount`.
        func whole(_ amount: Double, _ count: Int64) -> Int {
            guard amount > 0 else { return 0 }
            let floor = Int(amount)
            let rest = amount - Double(floor)
            return rest > 0 && self.unit(count) < rest ? floor + 1 : floor
        }
    }

    func line(_ topic: Topic, _ subject: Int) -> Line {
        let first = Self.mix(self.seed ^ (topic.rawValue &* 0xd6e8_feb8_6659_fd93))
        return Line(state: Self.mix(first ^ UInt64(bitPattern: Int64(subject)) &* 0x9e37_79b9_7f4a_7c15))
    }

    func bits(_ topic: Topic, _ subject: Int, _ count: Int64) -> UInt64 { self.line(topic, subject).bits(count) }

    /// In 0..<1.
    func unit(_ topic: Topic, _ subject: Int, _ count: Int64) -> Double { self.line(topic, subject).unit(count) }

    /// In `range`, every value as likely as any other.
    func pick(_ range: ClosedRange<Int64>, _ topic: Topic, _ subject: Int, _ count: Int64) -> Int64 {
        let width = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(self.bits(topic, subject, count) % width)
    }

    /// A whole number whose mean is `amount`.
    func whole(_ amount: Double, _ topic: Topic, _ subject: Int, _ count: Int64) -> Int {
        self.line(topic, subject).whole(amount, count)
    }

    fileprivate static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension Luck {
    /// Mean 0, deviation 1, never beyond 4.9: the sum of eight even draws (Irwin 1927, Hall 1927).
    func normal(_ topic: Topic, _ subject: Int, _ count: Int64) -> Double {
        let first = self.bits(topic, subject, count)
        let second = Self.mix(first ^ 0x9e37_79b9_7f4a_7c15)
        var sum: UInt64 = 0
        for shift: UInt64 in [0, 16, 32, 48] { sum += (first >> shift & 0xffff) + (second >> shift & 0xffff) }
        return (Double(sum) / 65_536 - 4) * 1.224_744_871
    }

    /// A wave that wanders: mean 0, deviation about 0.8, a new value each `period` seconds and a line between them.
    func wave(_ subject: Int, _ time: Int, period: Int) -> Double {
        let step = Int64(time / period)
        let part = Double(time % period) / Double(period)
        return self.normal(.wave, subject, step) * (1 - part) + self.normal(.wave, subject, step + 1) * part
    }
}

/// Draws one after another from a seed.
struct Draws: Sendable {
    let luck: Luck
    let subject: Int
    private var count: Int64 = 0

    init(_ luck: Luck, subject: Int) {
        self.luck = luck
        self.subject = subject
    }

    mutating func unit() -> Double {
        self.count += 1
        return self.luck.unit(.year, self.subject, self.count)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        self.count += 1
        return Int(self.luck.pick(Int64(range.lowerBound)...Int64(range.upperBound), .year, self.subject, self.count))
    }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * self.unit() }

    /// As likely to be within one factor of two as within another.
    mutating func scaled(_ low: Double, _ high: Double) -> Double {
        Natural.exp(self.between(Natural.log(low), Natural.log(high)))
    }

    /// True with this probability, 0...1.
    mutating func chance(_ part: Double) -> Bool { self.unit() < part }
}
