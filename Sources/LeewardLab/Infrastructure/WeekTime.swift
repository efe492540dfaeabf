/// A weekday and time of day, in minutes since Monday 00:00.
package struct WeekTime: Hashable, Sendable, Codable, CustomStringConvertible {
    package static let minutesInWeek = 7 * 24 * 60
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// 0..<10080.
    package let minute: Int

    /// Wraps around the week in both directions.
    package init(minute: Int) {
        let rest = minute % Self.minutesInWeek
        self.minute = rest < 0 ? rest + Self.minutesInWeek : rest
    }

    /// Reads "wed 20:00"; nil for anything else.
    package init?(_ text: String) {
        let words = text.lowercased().split(separator: " ")
        guard words.count == 2, let day = Self.days.firstIndex(of: String(words[0])) else { return nil }
        let time = words[1].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 2, let hour = Int(time[0]), let minute = Int(time[1]), time[1].count == 2,
            (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        self.init(minute: (day * 24 + hour) * 60 + minute)
    }

    /// The reference evening: Wednesday 20:00.
    package static let wednesdayEvening = WeekTime(minute: (2 * 24 + 20) * 60)

    /// 0 is Monday.
    package var day: Int { self.minute / (24 * 60) }

    package var description: String {
        let hour = self.minute / 60 % 24
        let minute = self.minute % 60
        return "\(Self.days[self.day]) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
