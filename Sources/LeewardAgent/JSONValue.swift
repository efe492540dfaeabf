/// A JSON document in the making; objects keep their order, so that equal configurations are equal bytes.
indirect enum JSONValue: Hashable, Sendable {
    case text(String)
    case number(Int)
    case bool(Bool)
    case array([JSONValue])
    case object([Member])

    struct Member: Hashable, Sendable {
        var name: String
        var value: JSONValue
    }

    /// The document's bytes with a line break at the end.
    var bytes: [UInt8] {
        var text = ""
        self.write(to: &text)
        text += "\n"
        return Array(text.utf8)
    }

    private func write(to text: inout String) {
        switch self {
        case .text(let value): Self.quote(value, to: &text)
        case .number(let value): text += String(value)
        case .bool(let value): text += value ? "true" : "false"
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.quote(member.name, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// This object with one more member; anything else stays as it is.
    func with(_ name: String, _ value: JSONValue?) -> JSONValue {
        guard case .object(let members) = self, let value else { return self }
        return .object(members + [.init(name: name, value: value)])
    }

    /// An extension with its type, as Envoy wants them.
    static func typed(_ name: String, _ type: String, _ body: JSONValue = [:]) -> JSONValue {
        var members = [Member(name: "@type", value: .text("type.googleapis.com/" + type))]
        if case .object(let more) = body { members += more }
        return ["name": .text(name), "typed_config": .object(members)]
    }

    /// A resource of a discovery response.
    static func resource(_ type: String, _ body: JSONValue) -> JSONValue {
        var members = [Member(name: "@type", value: .text("type.googleapis.com/" + type))]
        if case .object(let more) = body { members += more }
        return .object(members)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
}
