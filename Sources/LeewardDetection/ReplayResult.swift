public import LeewardModel

/// A moment at which the controller calls one region sick, or all, with nothing in it that was known only later.
public struct ReplayMark: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable { case regional, global }

    /// When it would have been called: the end of the bucket that told, in seconds since 1970.
    public var time: Int
    public var kind: Kind
    /// One region where it is regional, those that are bad otherwise; in order.
    public var regions: [RegionID]
    /// Part of the expectation that was missing then, 0...1; of the region that lacked most.
    public var depth: Double
    /// The controller's own sentence about each of these regions.
    public var evidence: SortedMap<RegionID, String>
    /// Rate per second that each region should have had then; without regions that nobody could judge.
    public var expected: SortedMap<RegionID, Double>
    /// The controller's own sentence about the fleet.
    public var reason: String
    /// Every gate that kept relief from beginning at that moment, as a sentence with its rule; empty where it began.
    public var refusals: [String]
    /// What followed; other than the rest it was known only later.
    public var course = ReplayCourse()

    public init(
        time: Int,
        kind: Kind,
        regions: [RegionID],
        depth: Double,
        evidence: SortedMap<RegionID, String>,
        expected: SortedMap<RegionID, Double>,
        reason: String = "",
        refusals: [String] = []
    ) {
        self.time = time
        self.kind = kind
        self.regions = regions
        self.depth = depth
        self.evidence = evidence
        self.expected = expected
        self.reason = reason
        self.refusals = refusals
    }
}

/// What the controller would have gone on to do after a regional mark; times are seconds since 1970.
public struct ReplayCourse: Hashable, Sendable, Codable {
    /// When relief would have begun; nil where it never did.
    public var reliefAt: Int?
    /// When an evacuation would have begun where relief does not help (`hardenAfter`).
    public var evacuationAt: Int?
    /// The same where relief serves those whom it moved (`hardenAfterRelieved`).
    public var evacuationIfRelievedAt: Int?
    /// What stopped it on the way, as sentences with their rules.
    public var stops: [String] = []
    /// When it was over, and how it ended.
    public var endedAt: Int?
    public var endedBecause: String?
    public init() {}
}

/// A run of bad buckets from its first to its end; other than a mark it says what came later.
public struct ReplayDip: Hashable, Sendable, Codable {
    /// Start of its first bad bucket, in seconds since 1970.
    public var from: Int
    /// Start of the first bucket that was good again, or nil where the series ended first.
    public var until: Int?
    /// Largest part of the expectation that was missing, 0...1.
    public var deepest: Double
    /// Why the controller called it neither regional nor global, in its own words; the last it said, nil where it did.
    public var unmarked: String?

    public init(from: Int, until: Int? = nil, deepest: Double, unmarked: String? = nil) {
        self.from = from
        self.until = until
        self.deepest = deepest
        self.unmarked = unmarked
    }
}

/// One live bucket: what was, what should have been, and below what it is bad.
public struct CurvePoint: Hashable, Sendable, Codable {
    /// Start of the bucket in seconds since 1970.
    public var time: Int
    /// All three per second.
    public var rate: Double
    public var expected: Double
    /// `reliefAfter` buckets in a row below this, and a second class of evidence, make a region sick.
    public var lower: Double
    public init(time: Int, rate: Double, expected: Double, lower: Double) {
        self.time = time
        self.rate = rate
        self.expected = expected
        self.lower = lower
    }
}

/// What the replay of one region showed.
public struct ReplayRegion: Hashable, Sendable {
    /// Buckets that could be judged.
    public var curve: [CurvePoint] = []
    public var dips: [ReplayDip] = []
    /// Time with samples before the live time, in seconds.
    public var taught = 0
    /// Live buckets; a gap is none.
    public var observed = 0
    public init() {}
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

    public init(
        setting: ReplaySetting,
        bucket: Span,
        regions: SortedMap<RegionID, ReplayRegion> = [:],
        marks: [ReplayMark] = [],
        observed: Int = 0
    ) {
        self.setting = setting
        self.bucket = bucket
        self.regions = regions
        self.marks = marks
        self.observed = observed
    }

    /// Live time with data, in weeks.
    public var weeks: Double { self.weeks(self.observed) }
    /// Marks a week; nil where nothing was observed.
    public var marksPerWeek: Double? { self.observed == 0 ? nil : Double(self.marks.count) / self.weeks }

    /// As weeks, what so many buckets last.
    public func weeks(_ buckets: Int) -> Double { Double(buckets) * self.bucket.seconds / Self.secondsInWeek }

    /// Dips of a region that ended in no mark.
    public func unmarked(_ region: RegionID) -> Int {
        (self.regions[region]?.dips ?? []).filter { $0.unmarked != nil }.count
    }
}
