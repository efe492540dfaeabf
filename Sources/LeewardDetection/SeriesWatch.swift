public import LeewardModel

/// Watches one series bucket by bucket: what it should be now, by how much it strays, and whether it dips.
///
/// A value is compared with its own last hour, not with a wall of numbers from last week: the season of four weeks
/// only says by how much the level should have moved since. An incident freezes the level, so that it neither drags the
/// expectation down nor echoes in the history; what stays for hours becomes the new level.
/// Each bucket costs the same, O(1), and allocates nothing. Method and figures: docs/concepts/detection.md.
public struct SeriesWatch: Sendable, Equatable {
    public enum Mode: Hashable, Sendable {
        case calm
        /// Below its expectation, proven, and not back yet.
        case dip
        /// Far above; an attack or retries. The level stays where it was.
        case surge
    }

    /// A surge that lasts longer is a new level.
    static let longestSurge: Span = .minutes(90)
    /// So is a dip.
    static let longestDip: Span = .hours(3)
    /// After a longer silence the series starts over, with the season that it has.
    static let longestGap = 300
    private static let bucketsAtOnce = 3
    /// Seconds since 1970; a later stamp is no time.
    private static let latest = 100_000_000_000

    /// Length of a bucket in seconds.
    let length: Int
    var season = SeasonRing()
    var spread = Spread()
    var track = Track()
    var noise = Noise()

    /// Factor on every threshold; above 1 the watch wants more before it calls something a dip.
    public var caution = 1.0
    public internal(set) var mode = Mode.calm
    /// Start of the newest bucket, seconds since 1970; nil before the first.
    public internal(set) var newest: Int?
    /// Level that the series should have, in the coordinates of the track.
    var level = 0.0
    var since = 0
    var depth = 0.0
    /// Level inside the incident.
    var inside = 0.0
    var goodRun = 0
    var upRun = 0
    var held = 0
    /// Newest bucket lowest: one bit each, set where the bucket is bad.
    var badBits: UInt64 = 0
    var freshRun = 0
    var gap = 0
    var found = Findings()
    /// What proved the dip, kept until the next.
    var provenBy: Proof?
    /// Logarithm of the expectation minus the track's coordinate.
    var offset = 0.0

    /// - Parameter bucket: Length of a bucket, 1 s to 60 s; others are brought into that range.
    public init(bucket: Span) { self.length = Int(min(60, max(1, bucket.milliseconds / 1_000))) }

    /// True where the newest bucket is far below the level.
    public var isBad: Bool { self.badBits & 1 == 1 }
    /// Newest buckets in a row that are.
    public var badRun: Int { (~self.badBits).trailingZeroBitCount }
    /// True where the newest bucket itself proves the dip.
    var isProven: Bool { self.found.proof != nil }
    /// Rate per second that the newest bucket should have had; nil before the first.
    public var expected: Double? {
        self.newest == nil ? nil : Natural.exp(self.level + self.offset) / Double(self.length)
    }
    /// The same for any bucket from a minute before the newest on, as the season goes; nil before the first.
    func expected(at time: Int) -> Double? {
        guard self.newest != nil else { return nil }
        let center = Double(time) + Double(self.length) / 2
        let level = self.level + self.track.movement(at: center, season: self.season)
        return Natural.exp(level) / Double(self.length)
    }
    /// Part of the expectation that the two newest buckets lack, 0...1; negative where they have more.
    public var missing: Double { 1 - Natural.exp(self.track.mean(2) - self.level) }
    /// One standard deviation of `missing`.
    public var uncertainty: Double { max(self.found.deviations.first ?? 0, self.noise.bucket * 0.75) }
    /// Buckets since the dip or surge was proven; 0 while calm.
    public var age: Int { self.mode == .calm ? 0 : self.track.tick - self.since }

    /// Takes one bucket; one that is not newer than the newest, not finite or negative is ignored.
    ///
    /// - Parameters:
    ///   - time: Start of the bucket in seconds since 1970; a second row within one bucket is not newer.
    ///   - rate: Per second.
    ///   - isLive: False for history, which teaches and never alarms.
    public mutating func add(time: Int, rate: Double, isLive: Bool) {
        guard (0...Self.latest).contains(time) else { return }
        var tick = time / self.length
        if let newest, !self.track.isEmpty {
            // Buckets may slide against the clock: less than half a bucket is the same, less than one and a half the next.
            guard time > newest, 2 * (time - newest) > self.length else { return }
            tick = self.track.tick + max(1, (2 * (time - newest) + self.length) / (2 * self.length))
        }
        let count = rate * Double(self.length)
        guard count.isFinite, count >= 0 else { return }
        let value = Natural.log(max(count, 0.5))
        let center = Double(time) + Double(self.length) / 2
        let x = self.track.flatten(value, at: center, season: self.season)
        self.offset = value - x
        self.newest = time
        self.advance(to: tick, x)
        if self.mode == .calm { self.level = self.track.base(gap: 1, length: 8) ?? self.level }
        self.noise.begin(count: max(count, Natural.exp(self.level + self.offset)))
        self.spread.turn(to: time, isCalm: self.mode == .calm, isLive: isLive)
        self.test(halfHour: time % 86_400 / 1_800, isLive: isLive)
        if self.mode == .calm { self.noise.learn(x - self.level, self.track) }
        let wasCalm = self.mode == .calm && !self.isBad && self.upRun == 0
        self.turn(x)
        let isCalm = wasCalm && self.mode == .calm && self.upRun == 0
        self.season.add(
            isCalm ? value : value - x + self.level,
            slot: Int((Double(time) / Double(SeasonRing.slotLength)).rounded(.down))
        )
    }

    /// Teaches the season from history that is older than every bucket: rates per second, oldest first.
    mutating func teach(_ points: [(time: Int, rate: Double)]) {
        for point in points where point.rate.isFinite && point.rate >= 0 {
            let value = Natural.log(max(point.rate * Double(self.length), 0.5))
            self.season.add(value, slot: Int((Double(point.time) / Double(SeasonRing.slotLength)).rounded(.down)))
        }
    }

    /// Fills a gap with the level, and decides what a gap that was long leaves of it.
    private mutating func advance(to tick: Int, _ x: Double) {
        if self.track.isEmpty || tick - self.track.tick > Self.longestGap {
            self.track.restart(at: tick, x)
            self.level = x
            self.end()
            self.freshRun = 1
            return
        }
        self.gap = tick - self.track.tick - 1
        while self.track.tick < tick - 1 {
            self.track.open(self.level)
            self.track.close(self.level)
            self.badBits <<= 1
        }
        if self.gap > 0 { self.freshRun = 0 }
        if self.gap >= Self.bucketsAtOnce, self.mode == .calm,
            abs(x - self.level) < self.wander(buckets: self.gap, test: StepTest.longest - 1, reach: 22)
        {
            self.relevel(x, keeping: 0)
        }
        self.freshRun += 1
        self.track.open(x)
    }

    /// How far the level may have gone by itself in the dark.
    func wander(buckets: Int, test: Int, reach: Int) -> Double {
        let deviation = max(self.found.deviations[test], 0.01)
        return 4 * deviation * max(1, Double(buckets) / Double(reach)).squareRoot()
    }

    /// Makes `level` the past, but for the newest raw buckets.
    mutating func relevel(_ level: Double, keeping raw: Int) {
        self.level = level
        self.track.rewrite(level, keeping: raw)
    }
}
