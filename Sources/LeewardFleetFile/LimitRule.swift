public import LeewardModel

/// What the fleet file may say about one safety limit, and which way it becomes weaker (S22).
public struct LimitRule: Sendable {
    /// The values that are allowed.
    public enum Form: Hashable, Sendable {
        case span(ClosedRange<Span>)
        case integer(ClosedRange<Int>, unit: String)
        /// A strictly rising list of basis points: the first at most 100, the last 10,000.
        case ladder
    }

    /// Which change lets Leeward do more, or do it on less proof.
    public enum Looser: String, Hashable, Sendable {
        case higher, lower
        /// A ladder is looser when it leaves out a rung that stood before.
        case fewerRungs
    }

    /// As in the file, below `limits`: "soak.max".
    public var key: String
    public var form: Form
    public var looser: Looser
    /// Reads the limit from a fleet's limits: milliseconds, or the number itself; a ladder has one value per rung.
    public var values: @Sendable (Limits) -> [Int64]

    /// One phrase: what is allowed.
    public var allowed: String {
        switch self.form {
        case .span(let range): Allowed.span(range)
        case .integer(let range, let unit): Allowed.integer(range, unit: unit)
        case .ladder: "2 to 64 strictly rising integers (basis points), the first at most 100, the last 10000 (S05)"
        }
    }

    /// The value as the file spells it.
    public func write(_ limits: Limits) -> String {
        let values = self.values(limits)
        return switch self.form {
        case .span: values.map { Plain.write(Span(milliseconds: $0)) }.joined()
        case .integer: values.map(String.init).joined()
        case .ladder: "[\(values.map(String.init).joined(separator: ", "))]"
        }
    }

    /// True when `new` lets Leeward do more, or do it on less proof, than `old` did.
    public func isLooser(_ new: Limits, than old: Limits) -> Bool {
        let before = self.values(old)
        let after = self.values(new)
        return switch self.looser {
        case .higher: zip(before, after).contains { $0 < $1 }
        case .lower: zip(before, after).contains { $0 > $1 }
        case .fewerRungs: before.contains { !after.contains($0) }
        }
    }

    private static func span(
        _ key: String,
        _ range: ClosedRange<Span>,
        _ looser: Looser,
        _ value: @escaping @Sendable (Limits) -> Span
    ) -> Self {
        .init(key: key, form: .span(range), looser: looser) { [value($0).milliseconds] }
    }

    private static func integer(
        _ key: String,
        _ range: ClosedRange<Int>,
        _ unit: String,
        _ looser: Looser,
        _ value: @escaping @Sendable (Limits) -> Int
    ) -> Self {
        .init(key: key, form: .integer(range, unit: unit), looser: looser) { [Int64(value($0))] }
    }

    private static func ladder(_ key: String, _ value: @escaping @Sendable (Limits) -> [Int]) -> Self {
        .init(key: key, form: .ladder, looser: .fewerRungs) { value($0).map(Int64.init) }
    }

    /// Every limit, in the order of docs/limits.md, which also says where each range comes from.
    public static let all: [LimitRule] = [
        .span("bucket", .seconds(1)...(.minutes(5)), .lower) { $0.bucket },
        .span("staleAfter", .seconds(2)...(.minutes(30)), .higher) { $0.staleAfter },
        .integer("dipBelow", 1000...9500, "basis points", .higher) { $0.dipBelow },
        .integer("reliefAfter", 2...20, "buckets", .lower) { $0.reliefAfter },
        .span("reliefReturnAfter", .seconds(1)...(.hours(1)), .lower) { $0.reliefReturnAfter },
        .integer("maxReliefs", 1...20, "reliefs", .higher) { $0.maxReliefs },
        .span("reliefWindow", .minutes(10)...(.days(7)), .lower) { $0.reliefWindow },
        .span("hardenAfter", .seconds(10)...(.hours(1)), .lower) { $0.hardenAfter },
        .span("hardenAfterRelieved", .seconds(10)...(.hours(4)), .lower) { $0.hardenAfterRelieved },
        .ladder("ladder.emergency") { $0.emergencyLadder },
        .ladder("ladder.gentle") { $0.gentleLadder },
        .span("soak.min", .seconds(1)...(.hours(1)), .lower) { $0.soakMin },
        .span("soak.max", .seconds(1)...(.hours(2)), .higher) { $0.soakMax },
        .integer("saviorLimit", 1000...9500, "basis points", .higher) { $0.saviorLimit },
        .integer("maxRegionShare", 1000...10_000, "basis points", .higher) { $0.maxRegionShare },
        .integer("residual", 1...500, "basis points", .higher) { $0.residual },
        .span("residualFor", .seconds(1)...(.days(1)), .lower) { $0.residualFor },
        .span("stableFor", .seconds(1)...(.days(7)), .lower) { $0.stableFor },
        .span("blockWindow", .minutes(1)...(.days(7)), .lower) { $0.blockWindow },
        .integer("maxAutomaticPerDay", 1...10, "evacuations", .higher) { $0.maxAutomaticPerDay },
        .span("dnsTTL", .seconds(1)...(.hours(1)), .higher) { $0.dnsTTL },
        .integer("dnsMaxChange", 100...9000, "basis points", .higher) { $0.dnsMaxChange },
        .span("freezeCheck", .seconds(1)...(.minutes(10)), .higher) { $0.freezeCheck },
        .span("callTimeout", .milliseconds(100)...(.seconds(2)), .higher) { $0.callTimeout },
        .integer("maxAttempts", 1...20, "attempts", .higher) { $0.maxAttempts },
        .integer("callsPerSecond", 1...1000, "calls", .higher) { $0.callsPerSecond },
    ]
}
