import Foundation
import LeewardDetection
import LeewardModel

/// One series, bucket by bucket: a week's curve, heavy-tailed noise that is the same in every run, and a test's damage.
struct Course: Sendable {
    /// Four weeks of an undisturbed series, up to a Monday noon; copied by whoever needs one.
    static let calm = Course(days: 28)

    var watch: SeriesWatch
    let bucket: Int
    /// Start of the next bucket.
    private(set) var time: Int
    var mean: Double
    var noise: Double
    private var random: SplitMix

    /// - Parameter history: What the curve is multiplied with, by seconds from the beginning of the history.
    init(
        bucket: Int = 60,
        days: Int,
        seed: UInt64 = 1,
        mean: Double = 700,
        noise: Double = 0.01,
        history: (Int) -> Double = { _ in 1 }
    ) {
        // Monday noon, 2024-01-29.
        let end = 1_706_529_600
        self.watch = SeriesWatch(bucket: .seconds(Int64(bucket)))
        self.bucket = bucket
        self.time = end - days * 86_400
        self.mean = mean
        self.noise = noise
        self.random = SplitMix(state: seed)
        let start = self.time
        while self.time < end {
            self.watch.add(time: self.time, rate: self.next(history(self.time - start)), isLive: false)
        }
    }

    /// Plays buckets, numbered from 1; the numbers of those in which a dip was proven.
    @discardableResult
    mutating func dips(in buckets: Int, isLive: Bool = true, _ factor: (Int) -> Double = { _ in 1 }) -> [Int] {
        var found: [Int] = []
        for number in 1...buckets {
            let before = self.watch.mode
            let time = self.time
            self.watch.add(time: time, rate: self.next(factor(number)), isLive: isLive)
            if before != .dip, self.watch.mode == .dip { found.append(number) }
        }
        return found
    }

    /// Plays the same until something holds; the number of the bucket, nil when it never does.
    mutating func buckets(until limit: Int, at factor: Double = 1, _ holds: (SeriesWatch) -> Bool) -> Int? {
        for number in 1...limit {
            self.dips(in: 1) { _ in factor }
            if holds(self.watch) { return number }
        }
        return nil
    }

    /// Lets time pass without a row.
    mutating func skip(_ buckets: Int) { self.time += buckets * self.bucket }

    /// What the curve says at a time, without noise.
    func curve(_ time: Int) -> Double {
        let day = 2 * Double.pi * Double(time % 86_400) / 86_400
        let week = 2 * Double.pi * Double(time % 604_800) / 604_800
        return self.mean * exp(0.4 * sin(day - 2) + 0.1 * sin(2 * day) + 0.1 * cos(week))
    }

    /// The next bucket's rate, and on to the one after.
    mutating func next(_ factor: Double = 1) -> Double {
        let expected = self.curve(self.time) * factor
        self.time += self.bucket
        let counted = 1 / max(1, expected * Double(self.bucket))
        return max(0, expected * (1 + self.random.heavy() * (self.noise * self.noise + counted).squareRoot()))
    }
}

/// Deterministic noise: every run of every test sees the same.
struct SplitMix: Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0 to 1.
    mutating func uniform() -> Double { Double(self.next() >> 11) / 9_007_199_254_740_992 }

    /// About normal, but every twentieth is three times as far out: the tails of real traffic.
    mutating func heavy() -> Double {
        let normal = (0..<12).reduce(-6.0) { sum, _ in sum + self.uniform() }
        return self.uniform() < 0.05 ? 3 * normal : normal
    }
}
