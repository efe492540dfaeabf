import LeewardModel

/// The last buckets of one series without its season: raw, and cleaned as running sums.
///
/// Coordinates are logarithms from an arbitrary zero; only differences mean anything.
struct Track: Sendable, Equatable {
    private static let rawCapacity = 64
    private static let sumCapacity = 256
    /// So far back a new level is written.
    private static let rewritten = 200

    private(set) var tick = Int.min
    private var first = Int.min
    private var raw = ContiguousArray<Double>(repeating: 0, count: rawCapacity)
    private var sums = ContiguousArray<Double>(repeating: 0, count: sumCapacity)
    /// What the season has moved the level by, up to the middle of `slot`.
    private var moved = 0.0
    private var slot: Int?
    private var slope = 0.0

    var isEmpty: Bool { self.tick == Int.min }

    /// A logarithm with the season's movement taken out.
    mutating func flatten(_ value: Double, at center: Double, season: SeasonRing) -> Double {
        let length = Double(SeasonRing.slotLength)
        let place = (center - length / 2) / length
        let slot = Int(place.rounded(.down))
        if let known = self.slot, slot - known <= SeasonRing.week {
            var at = known
            while at < slot {
                self.moved += self.slope
                at += 1
                self.slope = season.expectedChange(from: at)
            }
        } else {
            self.slope = season.expectedChange(from: slot)
        }
        self.slot = slot
        return value - self.moved - self.slope * (place - Double(slot))
    }

    /// What the season will have moved the level by at a time that is not before the newest bucket's slot.
    func movement(at center: Double, season: SeasonRing) -> Double {
        guard let known = self.slot else { return 0 }
        let place = (center - Double(SeasonRing.slotLength) / 2) / Double(SeasonRing.slotLength)
        var moved = self.moved
        var slope = self.slope
        var at = known
        let slot = min(Int(place.rounded(.down)), known + SeasonRing.week)
        while at < slot {
            moved += slope
            at += 1
            slope = season.expectedChange(from: at)
        }
        return moved + slope * (place - Double(at))
    }

    mutating func restart(at tick: Int, _ x: Double) {
        self.tick = tick
        self.first = tick
        for index in 0..<Self.rawCapacity { self.raw[index] = x }
    }

    /// The next bucket's raw value.
    mutating func open(_ x: Double) {
        self.tick += 1
        self.raw[self.tick & (Self.rawCapacity - 1)] = x
    }

    /// The same bucket's clean value, AFTER `open`; once each.
    mutating func close(_ y: Double) {
        self.sums[self.tick & (Self.sumCapacity - 1)] = (self.tick == self.first ? 0 : self.sum(self.tick - 1)) + y
    }

    private func sum(_ tick: Int) -> Double { tick < self.first ? 0 : self.sums[tick & (Self.sumCapacity - 1)] }

    subscript(back: Int) -> Double { self.raw[(self.tick - back) & (Self.rawCapacity - 1)] }

    mutating func set(_ back: Int, _ x: Double) { self.raw[(self.tick - back) & (Self.rawCapacity - 1)] = x }

    /// Mean of the newest raw buckets, or of as many before the `skipping` newest.
    func mean(_ count: Int, skipping: Int = 0) -> Double {
        var sum = 0.0
        for back in skipping..<(skipping + count) { sum += self[back] }
        return sum / Double(count)
    }

    /// Mean of the clean buckets from `gap` back; nil where fewer than half of them, or three, are there.
    func base(gap: Int, length: Int) -> Double? {
        let newest = self.tick - gap
        let oldest = max(newest - length, self.first - 1)
        guard newest - oldest >= max(3, length / 2) else { return nil }
        return (self.sum(newest) - self.sum(oldest)) / Double(newest - oldest)
    }

    /// Makes `level` the clean past and, but for the newest `keeping`, the raw past.
    mutating func rewrite(_ level: Double, keeping: Int) {
        for back in keeping..<Self.rawCapacity { self.raw[(self.tick - back) & (Self.rawCapacity - 1)] = level }
        var at = max(self.first, self.tick - Self.rewritten)
        var sum = self.sum(at - 1)
        while at <= self.tick {
            sum += level
            self.sums[at & (Self.sumCapacity - 1)] = sum
            at += 1
        }
    }
}

/// Noise of single buckets: as counted (Poisson), as measured, and as measured without any slope.
struct Noise: Sendable, Equatable {
    private static let least = 0.003
    private var usual = 0.0
    private var jitter = 0.0
    private var seen = 0.0
    private(set) var counted = least

    /// One bucket as a logarithm.
    var bucket: Double { max(self.usual * Spread.toDeviation, self.counted) }
    /// One bucket that holds about this many.
    func bucket(of count: Double) -> Double {
        max(self.usual * Spread.toDeviation, (1 / max(count, 1)).squareRoot(), Self.least)
    }
    /// The same from second differences, which a slope does not change.
    var sharp: Double { max(self.jitter, Self.least, 0.8 * self.counted) }

    /// - Parameter count: What a healthy bucket would hold: an outage that leaves nothing is no noisier than a calm day.
    mutating func begin(count: Double) { self.counted = max(Self.least, (1 / max(count, 1)).squareRoot()) }

    mutating func learn(_ deviation: Double, _ track: Track) {
        self.usual += (min(abs(deviation), 5 * self.bucket) - self.usual) / 240
        self.seen += 1
        let second = abs(track[0] - 2 * track[1] + track[2]) / 6.0.squareRoot() * Spread.toDeviation
        self.jitter += max(1 / self.seen, 1 / 360) * (min(second, 5 * max(self.jitter, 0.004)) - self.jitter)
    }
}
