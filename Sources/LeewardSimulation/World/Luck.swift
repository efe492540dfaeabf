/// Luck that depends on what it is asked about and on nothing else, so that runs with and without a controller meet the same.
///
/// Mixes with the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
struct Luck: Sendable {
    /// What the luck is about; two topics never share a draw.
    enum Topic: UInt64, Sendable {
        case noise = 1, started, good, served, servedGood, probe, latency, call, dark, shape, fault, operators
    }

    private let seed: UInt64

    init(seed: UInt64) { self.seed = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15) }

    func bits(_ topic: Topic, _ subject: Int, _ count: Int64) -> UInt64 {
        let first = Self.mix(self.seed ^ (topic.rawValue &* 0xd6e8_feb8_6659_fd93))
        let second = Self.mix(first ^ UInt64(bitPattern: Int64(subject)) &* 0x9e37_79b9_7f4a_7c15)
        return Self.mix(second ^ UInt64(bitPattern: count) &* 0xbf58_476d_1ce4_e5b9)
    }

    /// In 0..<1.
    func unit(_ topic: Topic, _ subject: Int, _ count: Int64) -> Double {
        Double(self.bits(topic, subject, count) >> 11) * 0x1p-53
    }

    /// In `range`, every value as likely as any other.
    func pick(_ range: ClosedRange<Int64>, _ topic: Topic, _ subject: Int, _ count: Int64) -> Int64 {
        let width = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(self.bits(topic, subject, count) % width)
    }

    /// A whole number whose mean is `amount`.
    func whole(_ amount: Double, _ topic: Topic, _ subject: Int, _ count: Int64) -> Int {
        guard amount > 0 else { return 0 }
        let floor = Int(amount)
        let rest = amount - Double(floor)
        return rest > 0 && self.unit(topic, subject, count) < rest ? floor + 1 : floor
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
