public import LeewardModel

/// One bucket of a series: when it starts, in seconds since 1970, and its rate per second.
public struct RatePoint: Hashable, Sendable {
    public var time: Int
    public var rate: Double
    public init(time: Int, rate: Double) {
        self.time = time
        self.rate = rate
    }
}

/// The past of a fleet: a missing bucket is a gap, never a zero.
public struct ReplayInput: Sendable {
    /// Whole seconds, 1 s to 60 s.
    public var bucket: Span
    /// What starts earlier teaches and never alarms, in seconds since 1970.
    public var liveFrom: Int
    /// Oldest bucket first in each region.
    public var series: SortedMap<RegionID, [RatePoint]>

    public init(bucket: Span, liveFrom: Int, series: SortedMap<RegionID, [RatePoint]>) {
        self.bucket = bucket
        self.liveFrom = liveFrom
        self.series = series
    }
}

/// One way to run a replay, to be compared with others.
public struct ReplaySetting: Hashable, Sendable, Codable {
    /// Beyond these nothing useful comes out: everything alarms, or nothing does.
    public static let allowed = 0.25...4.0

    public var name: String
    /// Factor on every threshold of the watch; larger is less sensitive.
    public var caution: Double

    /// - Parameters:
    ///   - name: What the setting is called beside the others.
    ///   - caution: Factor on every threshold; 1 is what the watch uses by itself, values outside `allowed` are brought into it.
    public init(name: String, caution: Double = 1) {
        self.name = name
        let range = Self.allowed
        self.caution = caution.isFinite ? min(range.upperBound, max(range.lowerBound, caution)) : 1
    }
}

/// A time that people say was an incident.
public struct ReplayIncident: Hashable, Sendable, Codable {
    /// Seconds since 1970.
    public var start: Int
    public var end: Int
    /// Nil where every region was in trouble.
    public var region: RegionID?
    public init(start: Int, end: Int, region: RegionID?) {
        self.start = start
        self.end = end
        self.region = region
    }
}
