/// A name that tells one thing from another; ordered by its text, so that nothing depends on hash order.
public protocol Identifier: Hashable, Comparable, Sendable, Codable, CodingKeyRepresentable,
    ExpressibleByStringLiteral, CustomStringConvertible
{
    /// The text as the fleet file spells it.
    var text: String { get }
    /// Wraps the text; whether it is a known name is the fleet's business.
    init(_ text: String)
}

extension Identifier {
    public init(stringLiteral value: String) { self.init(value) }
    public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
    public var description: String { self.text }
    public var codingKey: any CodingKey { TextKey(stringValue: self.text) }
    public init?<Key: CodingKey>(codingKey: Key) { self.init(codingKey.stringValue) }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// A coding key made of any text.
public struct TextKey: CodingKey, Sendable {
    public var stringValue: String
    public var intValue: Int? { nil }
    public init(stringValue: String) { self.stringValue = stringValue }
    public init?(intValue: Int) { self.stringValue = String(intValue) }
}

/// A fault-isolated provider location.
public struct RegionID: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}

/// A slice of users steered together.
public struct GeographyID: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}

/// A deployable.
public struct ServiceID: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}

/// One running instance of a service; unique within the fleet.
public struct InstanceID: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}

/// Regions that tend to fail together carry the same group.
public struct FailureGroup: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}

/// One evacuation, from its first relief to its end.
public struct EvacuationID: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}

/// The idempotency key of one effect: the same key again changes nothing.
public struct EffectKey: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}

/// Who asked: an operator's login, or `automation`.
public struct Principal: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
    /// Leeward itself, acting on a verdict.
    public static let automation: Principal = "automation"
}

/// A service in one region.
public struct ClusterID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var region: RegionID
    public var service: ServiceID
    public init(_ region: RegionID, _ service: ServiceID) {
        self.region = region
        self.service = service
    }
    public var description: String { "\(self.region)/\(self.service)" }
    public static func < (left: Self, right: Self) -> Bool {
        (left.region, left.service) < (right.region, right.service)
    }
}
