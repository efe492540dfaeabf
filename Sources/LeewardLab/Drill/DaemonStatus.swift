import LeewardModel

/// The part of `GET /v1/status` that a drill looks at; unknown keys are the controller's business.
struct DaemonStatus: Hashable, Sendable, Codable {
    struct Evacuation: Hashable, Sendable, Codable {
        var id: EvacuationID
        var phase: String
        var heldBecause: String?
        /// Basis points of the evacuee's part that are moved.
        var points: Int?
    }
    struct Finished: Hashable, Sendable, Codable {
        var id: EvacuationID
        var phase: String
        /// True when it never was more than relief.
        var wasRelief: Bool
    }
    struct Fleet: Hashable, Sendable, Codable {
        var verdict: Verdict
        var reason: String
        var evacuation: Evacuation?
        /// The last one that ended.
        var last: Finished?
        var injectedLive: Int
        var waiting: String?
        var probesGoodFor: Span?
        /// Evidence, edges, capacity and zone have all been read: the controller could act.
        var isReady: Bool
    }

    var status: Fleet
    /// Why the daemon only serves readers; nil when it acts.
    var problem: String?

    /// The phase of the active evacuation, of the one that ended, or nothing.
    var phase: String { self.status.evacuation?.phase ?? self.status.last?.phase ?? "" }
    var evacuation: EvacuationID? { self.status.evacuation?.id ?? self.status.last?.id }
}

/// One entry of `GET /v1/history`.
struct JournalLine: Hashable, Sendable, Codable {
    var sequence: Int64
    var wall: WallTime
    /// An object with one key, the record's kind; what is in it differs from kind to kind.
    var record: JSONValue

    var kind: String { self.record.keys.first ?? "" }
    var body: JSONValue { self.record[self.kind] }
}

/// JSON of a shape that is not known beforehand; asking for what is not there gives `.null`.
enum JSONValue: Hashable, Sendable, Codable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(SortedMap<String, JSONValue>)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode(SortedMap<String, JSONValue>.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    subscript(key: String) -> JSONValue {
        if case .object(let map) = self { map[key] ?? .null } else { .null }
    }
    var keys: [String] { if case .object(let map) = self { map.keys } else { [] } }
    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let number) = self { number } else { nil } }
}
