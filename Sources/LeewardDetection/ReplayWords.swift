extension Words {
    /// "12 %", or "2.4 %" below ten, of a part of 1.
    static func part(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1_000_000 else { return "-" }
        let tenths = Int((value * 1_000).rounded())
        let isSmall = abs(tenths) < 100 && tenths % 10 != 0
        guard isSmall else { return "\(Int((value * 100).rounded())) %" }
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10) %"
    }
}
