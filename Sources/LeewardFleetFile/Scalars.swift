import LeewardModel
import Yams

// One value at a time: its text is matched against exactly one form, so that nothing depends on YAML's own guesses
// about what `08`, `1_000`, `yes` or `.nan` might mean.
extension FleetReader {
    /// The text of a value that is not blank; quoted or not.
    mutating func text(_ cursor: Cursor, most: Int, allowed: String, where isAllowed: (String) -> Bool) -> String? {
        self.remember(cursor)
        guard case .scalar(let scalar) = cursor.node, Self.kind(cursor.node) != "blank",
            scalar.string.utf8.count <= most, isAllowed(scalar.string)
        else {
            self.problem(cursor.path, found: Self.kind(cursor.node), allowed: allowed)
            return nil
        }
        return scalar.string
    }

    /// A whole number, written with digits only.
    mutating func integer(_ cursor: Cursor, _ range: ClosedRange<Int>, unit: String = "") -> Int? {
        self.remember(cursor)
        let allowed = Allowed.integer(range, unit: unit)
        guard case .scalar(let scalar) = cursor.node, scalar.style == .plain, let number = Plain.digits(scalar.string),
            range.contains(number)
        else {
            self.problem(cursor.path, found: Self.kind(cursor.node), allowed: allowed)
            return nil
        }
        return number
    }

    /// A length of time: digits and one of ms, s, m, h, d.
    mutating func span(_ cursor: Cursor, _ range: ClosedRange<Span>) -> Span? {
        self.remember(cursor)
        guard case .scalar(let scalar) = cursor.node, scalar.style == .plain, let span = Plain.span(scalar.string),
            range.contains(span)
        else {
            self.problem(cursor.path, found: Self.kind(cursor.node), allowed: Allowed.span(range))
            return nil
        }
        return span
    }

    /// `true` or `false`, nothing else.
    mutating func flag(_ cursor: Cursor) -> Bool? {
        self.remember(cursor)
        switch cursor.node {
        case .scalar(let scalar) where scalar.style == .plain && scalar.string == "true": return true
        case .scalar(let scalar) where scalar.style == .plain && scalar.string == "false": return false
        default:
            self.problem(cursor.path, found: Self.kind(cursor.node), allowed: "true or false")
            return nil
        }
    }

    /// `unix:/path` or `http://host:port`.
    mutating func endpoint(_ cursor: Cursor, unix: Bool = true) -> Endpoint? {
        let allowed = unix ? "unix:/path (at most 107 bytes) or http://host:port" : "http://host:port"
        let text = self.text(cursor, most: 300, allowed: allowed) { text in
            switch Endpoint(text) {
            case .unix(let path): unix && path.hasPrefix("/") && path.utf8.count <= 107
            case .tcp(let host, _): Plain.isHost(host)
            case nil: false
            }
        }
        return text.flatMap(Endpoint.init)
    }

    /// A name of the fleet's own: region, geography, service, failure group.
    mutating func name(_ cursor: Cursor) -> String? {
        self.text(cursor, most: 63, allowed: Allowed.name, where: Plain.isName)
    }

    /// Says whether a mapping's key is a name; a problem where it is not.
    mutating func isName(_ key: String, at path: String) -> Bool {
        if Plain.isName(key) { return true }
        self.problem(path, found: "named \(shown(key))", allowed: Allowed.name)
        return false
    }
}

/// How messages and documentation write what is allowed.
enum Allowed {
    static let name = "1 to 63 of a-z, 0-9 and -"

    static func integer(_ range: ClosedRange<Int>, unit: String = "") -> String {
        "an integer \(range.lowerBound)...\(range.upperBound)" + (unit.isEmpty ? "" : " (\(unit))")
    }

    static func span(_ range: ClosedRange<Span>) -> String {
        "a duration \(Plain.write(range.lowerBound))...\(Plain.write(range.upperBound)), written 500ms, 5s, 2m, 1h or 28d"
    }
}

/// The plain forms of values.
enum Plain {
    /// At most nine digits, no sign, no leading zero.
    static func digits(_ text: some StringProtocol) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            text.utf8.count == 1 || text.utf8.first != 48
        else { return nil }
        return Int(text)
    }

    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    static func span(_ text: String) -> Span? {
        for unit in Self.units where text.hasSuffix(unit.suffix) {
            if let count = Self.digits(text.dropLast(unit.suffix.count)) {
                return Span(milliseconds: Int64(count) * unit.milliseconds)
            }
        }
        return nil
    }

    /// The shortest form that `span` reads back.
    static func write(_ span: Span) -> String {
        let milliseconds = span.milliseconds
        let unit = Self.units.last { milliseconds != 0 && milliseconds % $0.milliseconds == 0 }
        return unit.map { "\(milliseconds / $0.milliseconds)\($0.suffix)" } ?? "\(milliseconds)ms"
    }

    static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// A DNS name in lower case without trailing dot, or an IPv4 address.
    static func isHost(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            Self.isName(String($0)) && $0.first != "-" && $0.last != "-"
        }
    }

    /// Four numbers 0...255 without leading zeros.
    static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { Self.digits($0).map { $0 <= 255 } ?? false }
    }
}
