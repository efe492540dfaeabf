import LeewardModel

/// One drawn fleet: how many regions, where they lie, how many users they have and how these live.
struct YearShape: Sendable {
    /// Monday, 2024-01-01T00:00:00Z, in seconds since 1970.
    static let start = 1_704_067_200
    static let day = 86_400
    static let days = 365
    static let end = Self.start + Self.days * Self.day
    /// What the metrics store knows of before.
    static let historyDays = 28
    private static let names: [RegionID] = ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1", "sa-east-1"]
    private static let zones = [-5, -8, 1, 5, -3]

    struct Region: Sendable {
        var name: RegionID
        /// Hours ahead of UTC in winter, and whether clocks change in spring and autumn.
        var hoursAhead: Int
        var hasSummerTime: Bool
        /// Users who start something per second, in the mean.
        var rate: Double
        /// By the hour, around 1.
        var workday: [Double]
        var weekend: [Double]
        /// A logarithm per year.
        var growth: Double
    }

    let luck: Luck
    let regions: [Region]
    /// False where only the serving side counts.
    let hasEntered: Bool
    /// How many times as much as Poisson's a count varies.
    let clumping: Double
    /// Deviations of the waves that all share (ten minutes), of a region's own, and of its minutes.
    let waves: (common: Double, own: Double, minutes: Double)
    /// Part of the requests that fails on a good day.
    let usualFailing: Double
    let holidays: [YearHoliday]
    let sags: [YearSag]

    init(seed: UInt64, year: Int) {
        self.luck = Luck(seed: seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(year))
        var draws = Draws(self.luck, subject: 1)
        let count = [3, 3, 3, 3, 3, 3, 3, 2, 4, 5][draws.number(0...9)]
        var regions: [Region] = []
        for index in 0..<count {
            let evening = draws.between(0, 1)
            regions.append(
                Region(
                    name: Self.names[index],
                    hoursAhead: Self.zones[index],
                    hasSummerTime: index < 3,
                    rate: draws.chance(0.05) ? draws.scaled(15, 60) : draws.scaled(80, 2_000),
                    workday: Self.hours(evening, &draws),
                    weekend: Self.hours(min(1, evening + 0.3), &draws),
                    growth: draws.between(-0.2, 0.7)
                )
            )
        }
        self.regions = regions
        self.hasEntered = draws.chance(0.5)
        self.clumping = draws.scaled(1, 3)
        self.waves = (draws.between(0.001, 0.006), draws.between(0.002, 0.01), draws.between(0.001, 0.008))
        self.usualFailing = draws.scaled(0.000_2, 0.01)
        self.holidays = (0..<draws.number(6...14)).map { _ in YearHoliday(&draws, regions: count) }
        self.sags = (0..<draws.number(2...6)).map { _ in YearSag(&draws, regions: count) }
    }

    /// A day between business, which peaks at noon, and leisure, which peaks in the evening.
    private static func hours(_ evening: Double, _ draws: inout Draws) -> [Double] {
        let office: [Double] = [
            25, 20, 18, 17, 18, 24, 40, 70, 110, 145, 160, 162, 150, 152, 158, 155, 145, 125, 100, 85, 72, 60, 45, 33,
        ]
        let leisure: [Double] = [
            80, 55, 40, 32, 28, 28, 35, 48, 60, 70, 80, 90, 100, 102, 100, 102, 110, 125, 145, 170, 185, 182, 160, 120,
        ]
        return zip(office, leisure).map {
            ($0 * (1 - evening) + $1 * evening) / 90 * draws.between(0.95, 1.05)
        }
    }

    /// The fleet file that such a fleet would have.
    ///
    /// - Parameter bucket: Length of a metric bucket; what counts in buckets counts as many.
    func fleet(bucket: Span) -> Fleet {
        var shape = WorldShape.threeRegions()
        let names = self.regions.map(\.name)
        shape.regions = names.map { WorldShape.Region(name: $0, group: FailureGroup($0.text)) }
        shape.geographies = names.indices.map { index in
            let others = names.indices.filter { $0 != index }.map { names[$0] }
            return WorldShape.Geography(
                name: GeographyID("users-of-\(names[index])"),
                home: names[index],
                saviors: Self.evenly(others),
                peak: self.regions[index].rate,
                hoursAhead: self.regions[index].hoursAhead
            )
        }
        shape.limits.bucket = bucket
        shape.limits.staleAfter = bucket * 3
        shape.limits.reliefWindow = .hours(6)
        shape.limits.dnsTTL = .seconds(60)
        shape.limits.residualFor = .minutes(2)
        shape.limits.stableFor = .minutes(2)
        var fleet = shape.fleet
        fleet.calendar = self.holidays.filter(\.isAnnounced).map { $0.event(names) }
        return fleet
    }

    private static func evenly(_ regions: [RegionID]) -> SortedMap<RegionID, Int> {
        let part = 10_000 / max(1, regions.count)
        return SortedMap(
            regions.enumerated().map { ($1, $0 == 0 ? 10_000 - part * (regions.count - 1) : part) }
        )
    }
}

/// A day that is like no other, in one region or in all.
struct YearHoliday: Sendable {
    var day: Int
    /// Nil: everywhere.
    var region: Int?
    /// Part of the usual.
    var part: Double
    /// In the fleet file's calendar.
    var isAnnounced: Bool

    init(_ draws: inout Draws, regions: Int) {
        self.day = draws.number(0...(YearShape.days - 1))
        self.region = draws.chance(0.6) ? draws.number(0...(regions - 1)) : nil
        self.part = draws.between(0.45, 1.4)
        self.isAnnounced = draws.chance(0.6)
    }

    func event(_ names: [RegionID]) -> CalendarEvent {
        let from = Int64(YearShape.start + self.day * YearShape.day) * 1_000
        return CalendarEvent(
            name: "holiday \(self.day)",
            from: WallTime(milliseconds: from) - .hours(12),
            to: WallTime(milliseconds: from) + .hours(36),
            regions: self.region.map { [names[$0]] } ?? [],
            expect: Int(self.part * 10_000)
        )
    }
}

/// A slow decline over hours that lasts for days: a competitor, a price, the weather.
struct YearSag: Sendable {
    var region: Int
    /// Seconds since 1970: it begins, is complete, begins to end, is over.
    var turns: (Int, Int, Int, Int)
    var depth: Double

    init(_ draws: inout Draws, regions: Int) {
        self.region = draws.number(0...(regions - 1))
        let begin = YearShape.start + draws.number(0...(YearShape.days * YearShape.day))
        let full = begin + draws.number(2 * 3_600...24 * 3_600)
        let back = full + draws.number(6 * 3_600...6 * YearShape.day)
        self.turns = (begin, full, back, back + draws.number(6 * 3_600...36 * 3_600))
        self.depth = draws.between(0.15, 0.5)
    }

    /// Part of the usual at this time.
    func part(_ time: Int) -> Double {
        guard time > self.turns.0, time < self.turns.3 else { return 1 }
        if time < self.turns.1 {
            return 1 - self.depth * Double(time - self.turns.0) / Double(self.turns.1 - self.turns.0)
        }
        if time <= self.turns.2 { return 1 - self.depth }
        return 1 - self.depth * Double(self.turns.3 - time) / Double(self.turns.3 - self.turns.2)
    }
}
