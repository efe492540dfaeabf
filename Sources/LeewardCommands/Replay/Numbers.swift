import LeewardModel

/// Numbers of a replay as people read them.
enum Numbers {
    /// "0.3", "12": one decimal below ten.
    static func short(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        let tenths = Int((value * 10).rounded())
        if abs(tenths) >= 100 || tenths % 10 == 0 { return String(Int(value.rounded())) }
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    static func short(_ value: Double?) -> String { value.map(self.short) ?? "-" }
    static func count(_ value: Int?) -> String { value.map(String.init) ?? "unknown" }
    static func rate(_ value: Double?) -> String { value.map { "\(self.short($0)) /s" } ?? "unknown" }

    /// "34 %" of a part of 1; "-" where it is unknown.
    static func part(_ value: Double?) -> String { value.map { "\(self.short($0 * 100)) %" } ?? "-" }

    /// "1", "1.5", "0.25": as it was written.
    static func factor(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
    }

    /// "25 min", "3 h 20 min", "2 d 4 h".
    static func lasting(_ seconds: Int) -> String {
        let minutes = (seconds + 30) / 60
        switch minutes {
        case ..<2: return "\(seconds) s"
        case ..<120: return "\(minutes) min"
        case ..<2_880: return "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
        default: return "\(minutes / 1_440) d" + (minutes / 60 % 24 == 0 ? "" : " \(minutes / 60 % 24) h")
        }
    }

    /// "2018-06-01T20:00:05Z" of seconds since 1970.
    static func time(_ seconds: Int) -> String { Words.time(WallTime(milliseconds: Int64(seconds) * 1_000)) }
}
