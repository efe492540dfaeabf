import LeewardModel

/// A series' usual week: eight waves a day for each of working day, Saturday and Sunday, and a level for each weekday.
///
/// These are the 55 columns that one would regress on (17 per class of day and four weekdays). On whole weeks of the grid the
/// waves are orthogonal (discrete Fourier series; Bloomfield, *Fourier Analysis of Time Series*, 2000, ch. 2), so that the
/// normal equations solve themselves: means per slot first, then one short sum per wave. A sample is O(1).
public struct WeekProfile: Sendable, Equatable {
    /// Five-minute slots in a day.
    public static let slots = 288
    /// Waves a day.
    public static let waves = 8
    static let width = 1 + 2 * WeekProfile.waves

    /// The usual value for each class of day (working day, Saturday, Sunday) and slot, class by class; what the waves are of.
    var means: [Float]
    var counts: [UInt16]
    var weekdays: [Float]
    var weekdayCounts: [UInt16]
    /// For each class its constant, then sine and cosine of each wave; empty before the first solve.
    private var coefficients: [Float] = []

    /// A week of which nothing is known yet.
    public init() {
        self.means = Array(repeating: 0, count: 3 * Self.slots)
        self.counts = Array(repeating: 0, count: 3 * Self.slots)
        self.weekdays = Array(repeating: 0, count: 7)
        self.weekdayCounts = Array(repeating: 0, count: 7)
    }

    static func dayClass(_ weekday: Int) -> Int { weekday < 5 ? 0 : weekday - 4 }

    /// Takes in one value; beyond eight weeks old ones fade.
    ///
    /// - Parameters:
    ///   - weekday: 0 is Monday.
    ///   - slot: Of the day, 0 to 287.
    public mutating func add(_ value: Double, weekday: Int, slot: Int) {
        guard value.isFinite, (0..<7).contains(weekday), (0..<Self.slots).contains(slot) else { return }
        let index = Self.dayClass(weekday) * Self.slots + slot
        let most: UInt16 = weekday < 5 ? 40 : 8
        self.counts[index] = min(self.counts[index] + 1, most)
        self.means[index] += (Float(value) - self.means[index]) / Float(self.counts[index])
        self.weekdayCounts[weekday] = min(self.weekdayCounts[weekday] + 1, 8 * UInt16(Self.slots))
        self.weekdays[weekday] += (Float(value) - self.weekdays[weekday]) / Float(self.weekdayCounts[weekday])
    }

    /// Whether each class of day has been seen at half of its slots, so that its waves mean something.
    public var isComplete: Bool {
        (0..<3).allSatisfy { kind in
            let seen = self.counts[kind * Self.slots..<(kind + 1) * Self.slots].reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
            return seen * 2 >= Self.slots
        }
    }

    /// Brings the waves up to date with the means; holes count as the mean of their class.
    public mutating func solve() {
        var result = [Float](repeating: 0, count: 3 * Self.width)
        for kind in 0..<3 {
            var total: Float = 0
            var seen: Float = 0
            for index in kind * Self.slots..<(kind + 1) * Self.slots where self.counts[index] > 0 {
                total += self.means[index]
                seen += 1
            }
            let mean = seen > 0 ? total / seen : 0
            result[kind * Self.width] = mean
            Self.basis.withUnsafeBufferPointer { basis in
                self.means.withUnsafeBufferPointer { means in
                    var sums = SIMD16<Float>()
                    for slot in 0..<Self.slots {
                        let index = kind * Self.slots + slot
                        sums += basis[slot] * (self.counts[index] > 0 ? means[index] - mean : 0)
                    }
                    for wave in 0..<2 * Self.waves {
                        result[kind * Self.width + 1 + wave] = sums[wave] * 2 / Float(Self.slots)
                    }
                }
            }
        }
        self.coefficients = result
    }

    /// The usual value; nil before anything was solved or where that class of day was never seen.
    public func value(weekday: Int, slot: Int) -> Double? {
        guard (0..<7).contains(weekday), (0..<Self.slots).contains(slot), !self.coefficients.isEmpty else { return nil }
        let kind = Self.dayClass(weekday)
        guard self.counts[kind * Self.slots + slot] > 0 || self.weekdayCounts[weekday] > 0 else { return nil }
        let start = kind * Self.width
        let level = self.weekdayCounts[weekday] > 0 ? self.weekdays[weekday] : self.coefficients[start]
        var sum = SIMD16<Float>()
        for wave in 0..<2 * Self.waves { sum[wave] = self.coefficients[start + 1 + wave] }
        return Double(level + (sum * Self.basis[slot]).sum())
    }

    /// Sine and cosine of each wave at each slot.
    static let basis: [SIMD16<Float>] = (0..<WeekProfile.slots).map { slot in
        var row = SIMD16<Float>()
        for wave in 1...WeekProfile.waves {
            let turn = Double(slot * wave % WeekProfile.slots) / Double(WeekProfile.slots)
            row[2 * wave - 2] = Float(Wave.sine(turn))
            row[2 * wave - 1] = Float(Wave.cosine(turn))
        }
        return row
    }
}
