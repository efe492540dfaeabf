/// A reading of a monotonic clock, in milliseconds since that clock's zero; the only time that decisions see (S26).
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    public var milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public init(from decoder: any Decoder) throws {
        self.milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.milliseconds)
    }
    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (left: Self, right: Span) -> Self {
        .init(milliseconds: left.milliseconds + right.milliseconds)
    }
    public static func - (left: Self, right: Span) -> Self {
        .init(milliseconds: left.milliseconds - right.milliseconds)
    }
    public static func - (left: Self, right: Self) -> Span {
        .init(milliseconds: left.milliseconds - right.milliseconds)
    }
}

/// A length of time in milliseconds.
public struct Span: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public init(from decoder: any Decoder) throws {
        self.milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.milliseconds)
    }
    public static func milliseconds(_ count: Int64) -> Span { .init(milliseconds: count) }
    public static func seconds(_ count: Int64) -> Span { .init(milliseconds: count * 1000) }
    public static func minutes(_ count: Int64) -> Span { .seconds(count * 60) }
    public static func hours(_ count: Int64) -> Span { .minutes(count * 60) }
    public static func days(_ count: Int64) -> Span { .hours(count * 24) }
    public static let zero = Span(milliseconds: 0)
    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (left: Self, right: Self) -> Self {
        .init(milliseconds: left.milliseconds + right.milliseconds)
    }
    public static func - (left: Self, right: Self) -> Self {
        .init(milliseconds: left.milliseconds - right.milliseconds)
    }
    public static func * (left: Self, right: Int) -> Self { .init(milliseconds: left.milliseconds * Int64(right)) }
    /// In seconds, for arithmetic on rates.
    public var seconds: Double { Double(self.milliseconds) / 1000 }
    public var description: String {
        self.milliseconds % 1000 == 0
            ? "\(self.milliseconds / 1000) s" : "\(self.milliseconds / 1000).\(self.milliseconds % 1000 / 100) s"
    }
}

/// A sample's own time: milliseconds since 1970 as its source stamped it.
///
/// Aligns "the same time yesterday"; never a duration.
public struct WallTime: Hashable, Comparable, Sendable, Codable {
    public var milliseconds: Int64
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public init(from decoder: any Decoder) throws {
        self.milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.milliseconds)
    }
    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (left: Self, right: Span) -> Self {
        .init(milliseconds: left.milliseconds + right.milliseconds)
    }
    public static func - (left: Self, right: Span) -> Self {
        .init(milliseconds: left.milliseconds - right.milliseconds)
    }
    public static func - (left: Self, right: Self) -> Span {
        .init(milliseconds: left.milliseconds - right.milliseconds)
    }
}
