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
    /// Length of the buckets before `liveFrom`, 1 s to 5 min.
    public var teaching: Span
    /// What starts earlier teaches and never alarms, in seconds since 1970.
    public var liveFrom: Int
    /// `served`, oldest bucket first in each region.
    public var series: SortedMap<RegionID, [RatePoint]>
    /// `entered`, the same; a region without any is judged by `served` alone.
    public var entered: SortedMap<RegionID, [RatePoint]>

    public init(
        bucket: Span,
        teaching: Span? = nil,
        liveFrom: Int,
        series: SortedMap<RegionID, [RatePoint]>,
        entered: SortedMap<RegionID, [RatePoint]> = [:]
    ) {
        self.bucket = bucket
        self.teaching = teaching ?? bucket
        self.liveFrom = liveFrom
        self.series = series
        self.entered = entered
    }
}

/// One way to run a replay, to be compared with others.
public struct ReplaySetting: Hashable, Sendable, Codable {
    /// Beyond these nothing useful comes out: everything alarms, or nothing does.
    public static let allowed = 0.25...4.0
    /// What the fleet file allows for `limits.dipBelow`, in basis points.
    static let dips = 1_000...9_500

    public var name: String
    /// Factor on what must be missing; larger is less sensitive.
    public var caution: Double

    /// - Parameters:
    ///   - name: What the setting is called beside the others.
    ///   - caution: Factor on what must be missing; 1 is what the daemon uses, values outside `allowed` are brought into it.
    public init(name: String, caution: Double = 1) {
        self.name = name
        let range = Self.allowed
        self.caution = caution.isFinite ? min(range.upperBound, max(range.lowerBound, caution)) : 1
    }

    /// `limits.dipBelow` under this setting: so many times as much must be missing, within what a fleet file allows.
    ///
    /// The tests of the watches, which prove shallower dips, ask for as many times as much.
    public func dipBelow(_ usual: Int) -> Int {
        guard self.caution != 1 else { return usual }
        let missing = (Double(10_000 - usual) * self.caution).rounded()
        return min(Self.dips.upperBound, max(Self.dips.lowerBound, 10_000 - Int(missing)))
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
