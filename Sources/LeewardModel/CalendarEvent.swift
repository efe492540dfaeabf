/// Something that is known to change what users do: a holiday, a launch, a final.
public struct CalendarEvent: Hashable, Sendable, Codable {
    public var name: String
    public var from: WallTime
    public var to: WallTime
    /// Whose users it changes; empty means everybody's.
    public var regions: [RegionID]
    /// What to expect, in basis points of the usual: 6000 for a quiet holiday, 25000 for a launch.
    public var expect: Int

    public init(name: String, from: WallTime, to: WallTime, regions: [RegionID], expect: Int) {
        self.name = name
        self.from = from
        self.to = to
        self.regions = regions
        self.expect = expect
    }

    /// Users come and go before and after the hour that a calendar names.
    public static let shoulder: Span = .minutes(30)

    /// True from half an hour before to half an hour after.
    public func covers(_ region: RegionID, at time: WallTime) -> Bool {
        time >= self.from - Self.shoulder && time <= self.to + Self.shoulder
            && (self.regions.isEmpty || self.regions.contains(region))
    }
}

extension [CalendarEvent] {
    /// The part of the usual that is still no dip, 0...1, and the multiple of it that is still no surge, 1 or more.
    public func allowance(of region: RegionID, at time: WallTime) -> (least: Double, most: Double) {
        var (least, most) = (1.0, 1.0)
        for event in self where event.covers(region, at: time) {
            let part = Double(event.expect) / 10_000
            least = Swift.min(least, part)
            most = Swift.max(most, part)
        }
        return (least, most)
    }
}
