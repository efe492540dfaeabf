import LeewardModel

/// How scenarios write and read quantities; what is written is read as the same value.
enum Units {
    private static let lengths: [(unit: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
    /// No scenario needs more, and sums of such spans never overflow.
    static let longest = Span.days(3660)

    /// `90s`, `7m`, `1h`, `21d`, `1500ms`: the longest unit that divides it, minutes and more only where they are exact.
    static func text(_ span: Span) -> String {
        let count = span.milliseconds
        for (unit, size) in self.lengths where count % size == 0 && (count != 0 || unit == "s") {
            return "\(count / size)\(unit)"
        }
        return "\(count)ms"
    }

    /// Nil where it is no whole number with a unit, or longer than ten years.
    static func span(_ text: String) -> Span? {
        // Milliseconds first, since their unit ends with that of seconds.
        for (unit, size) in self.lengths.reversed() where text.hasSuffix(unit) {
            guard let count = self.whole(text.dropLast(unit.count)), count <= Self.longest.milliseconds / size else {
                return nil
            }
            return .milliseconds(count * size)
        }
        return nil
    }

    /// `10%` where it is whole, `1234bp` otherwise.
    static func text(points: Int) -> String { points % 100 == 0 ? "\(points / 100)%" : "\(points)bp" }

    /// Basis points; nil where it is neither `10%`, `12.34%` nor `1234bp`.
    static func points(_ text: String) -> Int? {
        if text.hasSuffix("bp") { return self.whole(text.dropLast(2)).map { Int($0) } }
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let whole = self.whole(first) else { return nil }
        if parts.count == 1 { return Int(whole) * 100 }
        guard parts.count == 2, (1...2).contains(parts[1].count), let rest = self.whole(parts[1]) else { return nil }
        return Int(whole) * 100 + Int(rest) * (parts[1].count == 1 ? 10 : 1)
    }

    /// Digits only, below 10^12.
    static func whole(_ text: some StringProtocol) -> Int64? {
        guard (1...12).contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int64(String(text))
    }

    /// `700/s`.
    static func text(rate: Double) -> String {
        let text = "\(rate)"
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "/s"
    }

    /// Nil where it is no finite rate above 0.
    static func rate(_ text: String) -> Double? {
        guard text.hasSuffix("/s"), let rate = Double(String(text.dropLast(2))), rate.isFinite, rate > 0 else {
            return nil
        }
        return rate
    }

    // MARK: - Times

    /// `2023-11-15T12:00:00Z`, with milliseconds where there are any; for times from 1970 to 9999.
    static func text(_ wall: WallTime) -> String {
        let day = wall.milliseconds / 86_400_000
        let rest = wall.milliseconds % 86_400_000
        let (year, month, date) = self.date(day)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { self.padded($0, 2) }
        let part = rest % 1000 == 0 ? "" : "." + self.padded(rest % 1000, 3)
        return "\(self.padded(year, 4))-\(self.padded(month, 2))-\(self.padded(date, 2))T"
            + "\(clock.joined(separator: ":"))\(part)Z"
    }

    /// Nil where it is no such time, or no day of the calendar.
    static func wall(_ text: String) -> WallTime? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2, halves[1].hasSuffix("Z") else { return nil }
        let days = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { self.whole($0) }
        let seconds = halves[1].dropLast().split(separator: ".", omittingEmptySubsequences: false)
        let clock = seconds.first?.split(separator: ":", omittingEmptySubsequences: false).map { self.whole($0) } ?? []
        guard days.count == 3, clock.count == 3, seconds.count <= 2 else { return nil }
        guard let year = days[0], let month = days[1], let date = days[2], let hour = clock[0],
            let minute = clock[1], let second = clock[2]
        else { return nil }
        var thousandths: Int64 = 0
        if seconds.count == 2 {
            guard seconds[1].count == 3, let part = self.whole(seconds[1]) else { return nil }
            thousandths = part
        }
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(date), hour < 24,
            minute < 60, second < 60
        else { return nil }
        let day = self.day(year, month, date)
        guard self.date(day) == (year, month, date) else { return nil }
        return WallTime(
            milliseconds: day * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000 + thousandths
        )
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The civil date of a day since 1970, and back (Hinnant, chrono-compatible low-level date algorithms, 2013).
    private static func date(_ day: Int64) -> (Int64, Int64, Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let ofEra = shifted % 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * ofYear + 2) / 153
        let real = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (real <= 2 ? 1 : 0), real, ofYear - (153 * month + 2) / 5 + 1)
    }

    private static func day(_ year: Int64, _ month: Int64, _ date: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let ofEra = shifted % 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
        return shifted / 400 * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }
}
