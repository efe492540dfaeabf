/// A region's trace: what its services' loads have in common, on a logarithmic scale, slot by slot.
///
/// Services that lead tell the trace a few steps ahead of the newest sample, those that lag confirm it later. So each slot
/// has seven sights of the trace, from three steps back to three steps ahead, and a settled value once all have spoken.
struct Trace: Sendable, Equatable {
    /// Steps that services may lead or lag by: fifteen minutes of the five-minute grid.
    static let reach = 3
    static let width = 2 * Trace.reach + 1
    static let day = 288
    static let week = 2016

    /// Settled values; five weeks of them, so that three weeks ago is there for a training pair of a day ago.
    private(set) var settled = SlotRing(capacity: 4 * Trace.week)
    /// `sights[j + reach]` is the trace j steps from a slot, as that slot saw it.
    private(set) var sights: [SlotRing]

    init() { self.sights = (0..<Self.width).map { _ in SlotRing(capacity: 512) } }

    /// The newest slot with a sight.
    var newest: Int { self.sights[Self.reach].newest }

    mutating func write(_ values: [Double], at slot: Int) {
        for index in 0..<Self.width { self.sights[index].write(values[index], at: slot) }
        self.settled.write(values[0], at: slot - Self.reach)
    }

    /// The best knowledge that slot `origin` has of the trace at `slot`.
    func seen(_ slot: Int, from origin: Int) -> Double {
        let ahead = slot - origin
        guard ahead > -Self.reach else { return self.settled[slot] }
        return self.sights[min(ahead, Self.reach) + Self.reach][origin]
    }

    /// The same time in the past, by each of five experts; holes fall back to a neighbour among them.
    ///
    /// One, two and three weeks ago, yesterday, and the mean of the last week's days of the same kind.
    func experts(_ slot: Int, from origin: Int, zone: Int) -> SIMD8<Double> {
        let one = self.seen(slot - Self.week, from: origin)
        let two = self.seen(slot - 2 * Self.week, from: origin)
        let three = self.seen(slot - 3 * Self.week, from: origin)
        let yesterday = self.seen(slot - Self.day, from: origin)
        let kind = Self.isWorkday(slot, zone: zone)
        var sum = 0.0
        var count = 0.0
        for back in 1...7 where Self.isWorkday(slot - back * Self.day, zone: zone) == kind {
            let value = self.seen(slot - back * Self.day, from: origin)
            if value.isFinite {
                sum += value
                count += 1
            }
        }
        let days = count > 0 ? sum / count : one
        let first = one.isFinite ? one : two.isFinite ? two : days
        let second = two.isFinite ? two : first
        var result = SIMD8<Double>()
        result[0] = first
        result[1] = second
        result[2] = three.isFinite ? three : second
        result[3] = yesterday.isFinite ? yesterday : days
        result[4] = days
        return result
    }

    static let expertCount = 5

    static func weekday(_ slot: Int, zone: Int) -> Int {
        let local = slot + zone
        let day = (local - Self.floorMod(local, Self.day)) / Self.day
        // 1970 began on a Thursday.
        return Self.floorMod(day + 3, 7)
    }

    static func isWorkday(_ slot: Int, zone: Int) -> Bool { self.weekday(slot, zone: zone) < 5 }
    static func slotOfDay(_ slot: Int, zone: Int) -> Int { self.floorMod(slot + zone, self.day) }
    static func floorMod(_ value: Int, _ modulus: Int) -> Int { ((value % modulus) + modulus) % modulus }
}
