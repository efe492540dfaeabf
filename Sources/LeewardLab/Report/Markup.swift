import Foundation

/// Small helpers for text that becomes HTML or SVG.
enum Markup {
    /// Safe between tags and inside quoted attributes.
    static func escape(_ text: some StringProtocol) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// With so many digits after the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "-" }
        let text = String(format: "%.\(digits)f", value)
        let isZero = !text.contains { ("1"..."9").contains($0) }
        return text.hasPrefix("-") && isZero ? String(text.dropFirst()) : text
    }

    /// A coordinate: one digit is finer than a pixel.
    static func at(_ value: Double) -> String { Self.fixed(value, 1) }

    /// 12345 -> "12,345".
    static func grouped(_ value: Int) -> String {
        var result = ""
        for (index, digit) in String(abs(value)).reversed().enumerated() {
            if index > 0, index % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return (value < 0 ? "-" : "") + String(result.reversed())
    }

    /// Seconds after the outage: "+8.4 s", "+2:05".
    static func offset(_ seconds: Double) -> String {
        let sign = seconds < 0 ? "-" : "+"
        let amount = abs(seconds)
        guard amount >= 99.95 else { return "\(sign)\(Self.fixed(amount, 1)) s" }
        let whole = Int(amount.rounded())
        return "\(sign)\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }

    /// A length of time: "8.4 s", "2 min 05 s".
    static func span(_ seconds: Double) -> String {
        guard seconds >= 99.95 else { return "\(Self.fixed(seconds, 1)) s" }
        let whole = Int(seconds.rounded())
        return "\(whole / 60) min \(whole % 60 < 10 ? "0" : "")\(whole % 60) s"
    }

    /// 10000 -> "100 %", 2550 -> "25.5 %".
    static func percent(_ basisPoints: Int) -> String {
        if basisPoints % 100 == 0 { return "\(basisPoints / 100) %" }
        return Self.fixed(Double(basisPoints) / 100, basisPoints % 10 == 0 ? 1 : 2) + " %"
    }
}
