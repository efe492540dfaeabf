import LeewardModel

/// What users would do in a year without any incident: per region, every five minutes, with lines between.
struct YearCurve: Sendable {
    static let slot = 300
    static let perDay = YearShape.day / Self.slot
    static let origin = YearShape.start - YearShape.historyDays * YearShape.day
    static let count = (YearShape.historyDays + YearShape.days) * Self.perDay + 2
    /// Clocks in the zones that change them: 2024-03-31 and 2024-10-27, 01:00 UTC.
    static let summer = 1_711_846_800..<1_729_990_800

    /// Per region: rates per second at the slots' middles.
    private var rates: [ContiguousArray<Double>] = []
    private let shape: YearShape

    init(_ shape: YearShape) {
        self.shape = shape
        for index in shape.regions.indices {
            var rates = ContiguousArray<Double>()
            rates.reserveCapacity(Self.count)
            for slot in 0..<Self.count { rates.append(Self.rate(shape, index, Self.origin + slot * Self.slot + 150)) }
            self.rates.append(rates)
        }
    }

    /// Users per second without noise of counting, at a time within the year or the four weeks before.
    func rate(_ region: Int, _ time: Int) -> Double {
        let place = time - Self.origin - 150
        let slot = min(max(0, place / Self.slot), Self.count - 2)
        let part = min(1, max(0, Double(place - slot * Self.slot) / Double(Self.slot)))
        let rates = self.rates[region]
        let smooth = rates[slot] * (1 - part) + rates[slot + 1] * part
        let waves = self.shape.waves
        let luck = self.shape.luck
        return smooth
            * (1 + waves.common * luck.wave(0, time, period: 600) + waves.own * luck.wave(1 + region, time, period: 600)
                + waves.minutes * luck.wave(11 + region, time, period: 60))
    }

    private static func rate(_ shape: YearShape, _ index: Int, _ time: Int) -> Double {
        let region = shape.regions[index]
        var local = time + region.hoursAhead * 3_600
        if region.hasSummerTime, Self.summer.contains(time) { local += 3_600 }
        let day = local / YearShape.day
        let hour = Double(local % YearShape.day) / 3_600
        var rate = Self.day(shape, index, day, hour)
        // Days melt into each other within two hours of midnight.
        if hour < 2 {
            let own = 0.5 + hour / 4
            rate = own * rate + (1 - own) * Self.day(shape, index, day - 1, hour)
        } else if hour > 22 {
            let own = 0.5 + (24 - hour) / 4
            rate = own * rate + (1 - own) * Self.day(shape, index, day + 1, hour)
        }
        let years = Double(time - YearShape.start) / Double(YearShape.days * YearShape.day)
        rate *= region.rate * Natural.exp(region.growth * years)
        for sag in shape.sags where sag.region == index { rate *= sag.part(time) }
        return rate
    }

    private static func day(_ shape: YearShape, _ index: Int, _ day: Int, _ hour: Double) -> Double {
        let region = shape.regions[index]
        let ordinal = day - YearShape.start / YearShape.day
        var part =
            1 + 0.015 * shape.luck.normal(.day, 0, Int64(day)) + 0.015 * shape.luck.normal(.day, 1 + index, Int64(day))
        var isFree = (day + 3) % 7 >= 5
        for holiday in shape.holidays where holiday.day == ordinal && (holiday.region ?? index) == index {
            part *= holiday.part
            isFree = true
        }
        return part * Self.smooth(isFree ? region.weekend : region.workday, hour)
    }

    /// A curve through the hours that has no corners (Catmull and Rom 1974).
    private static func smooth(_ hours: [Double], _ hour: Double) -> Double {
        let at = Int(hour)
        let t = hour - Double(at)
        let (a, b) = (hours[(at + 23) % 24], hours[at % 24])
        let (c, d) = (hours[(at + 1) % 24], hours[(at + 2) % 24])
        let cubic = 3 * (b - c) + d - a
        let square = 2 * a - 5 * b + 4 * c - d
        return max(0.02, b + 0.5 * t * (c - a + t * (square + t * cubic)))
    }
}
