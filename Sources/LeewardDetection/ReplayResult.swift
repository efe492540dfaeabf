public import LeewardModel

/// A moment at which the arbiter calls a dip, with nothing in it that was known only later.
public struct ReplayMark: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable { case regional, global }

    /// When it would have been called: the end of the bucket that told, in seconds since 1970.
    public var time: Int
    public var kind: Kind
    /// One region where it is regional, at least two otherwise; in order.
    public var regions: [RegionID]
    /// Part of the expectation that was missing then, 0...1; of the region that lacked most.
    public var depth: Double
    /// Of each of these regions which test proved it, with its numbers.
    public var evidence: SortedMap<RegionID, String>
    /// Rate per second that each region should have had then; without regions that were silent.
    public var expected: SortedMap<RegionID, Double>
}

/// A dip from its proof to its end; other than a mark it says what came later.
public struct ReplayDip: Hashable, Sendable, Codable {
    /// Start of the bucket that proved it, in seconds since 1970.
    public var from: Int
    /// Start of the bucket in which it was over, or nil where the series ended first.
    public var until: Int?
    /// Largest part of the expectation that was missing, 0...1.
    public var deepest: Double
}

/// One live bucket: what was, what should have been, and below what a dip begins.
public struct CurvePoint: Hashable, Sendable, Codable {
    /// Start of the bucket in seconds since 1970.
    public var time: Int
    /// All three per second.
    public var rate: Double
    public var expected: Double
    /// Three buckets in a row below this can prove a dip; slopes and flaps have tests of their own.
    public var lower: Double
}

/// What the replay of one region showed.
public struct ReplayRegion: Hashable, Sendable {
    public var curve: [CurvePoint] = []
    public var dips: [ReplayDip] = []
    /// Buckets that only taught.
    public var taught = 0
    /// Live buckets; a gap is none.
    public var observed = 0
}

/// What one setting would have done.
public struct ReplayResult: Hashable, Sendable {
    public static let secondsInWeek = 604_800.0

    public var setting: ReplaySetting
    public var bucket: Span
    public var regions: SortedMap<RegionID, ReplayRegion>
    /// Oldest first.
    public var marks: [ReplayMark]
    /// Live buckets of which at least one region has one.
    public var observed: Int

    /// Live time with data, in weeks.
    public var weeks: Double { self.weeks(self.observed) }
    /// Marks a week; nil where nothing was observed.
    public var marksPerWeek: Double? { self.observed == 0 ? nil : Double(self.marks.count) / self.weeks }

    /// As weeks, what so many buckets last.
    public func weeks(_ buckets: Int) -> Double { Double(buckets) * self.bucket.seconds / Self.secondsInWeek }

    /// Dips of a region that ended in no mark: nobody to compare with, or within a global incident.
    public func unmarked(_ region: RegionID) -> Int {
        let marked = self.marks.filter { $0.regions.contains(region) }
        let length = Int(self.bucket.milliseconds / 1_000)
        return (self.regions[region]?.dips ?? []).filter { dip in
            !marked.contains { $0.time > dip.from && $0.time <= (dip.until ?? .max - length) + length }
        }.count
    }
}
