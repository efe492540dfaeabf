/// Numbers and lists as people write them, without Foundation.
enum Words {
    /// "610", "3.4": whole numbers from ten on, one decimal below.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "no number" }
        if abs(value) >= 10 { return String(Int(value.rounded())) }
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// "98 %".
    static func percent(_ part: Double, of whole: Double) -> String {
        whole > 0 ? "\(self.rate((part / whole * 100).rounded())) %" : "no share"
    }

    /// "a", "a and b", "a, b and c".
    static func list(_ items: [some CustomStringConvertible]) -> String {
        guard let last = items.last else { return "none" }
        let first = items.dropLast().map(\.description).joined(separator: ", ")
        return first.isEmpty ? last.description : "\(first) and \(last)"
    }

    /// "1 bucket", "2 buckets".
    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
