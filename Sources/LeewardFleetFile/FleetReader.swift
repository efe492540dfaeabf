import LeewardModel
import Yams

/// Walks the document and collects every problem; a value comes back only where it is usable.
///
/// Each place that was visited is remembered by its path, so that checks across sections can name lines too.
struct FleetReader {
    /// Beyond this, more messages help nobody.
    static let mostProblems = 200

    let file: String
    private(set) var problems: [FleetProblem] = []
    private var marks: [String: Position] = [:]

    init(file: String) { self.file = file }

    var error: FleetFileError {
        let sorted = self.problems.enumerated().sorted {
            ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
        }
        return FleetFileError(problems: sorted.map(\.element))
    }

    /// Notes a problem at a path; what is missing is placed on the line of the nearest thing around it.
    mutating func problem(_ path: String, found: String, allowed: String) {
        guard self.problems.count < Self.mostProblems else { return }
        let mark = self.mark(path)
        self.problems.append(
            .init(file: self.file, path: path, line: mark.line, column: mark.column, found: found, allowed: allowed)
        )
    }

    /// The path of a key that may itself be garbage: shortened and escaped unless it is a plain word.
    static func name(_ key: String) -> String {
        let isPlain = key.utf8.count <= 63 && key.unicodeScalars.allSatisfy { ("!"..."~").contains($0) }
        return isPlain && !key.isEmpty ? key : shown(key)
    }

    private func mark(_ path: String) -> Position {
        var rest = Substring(path)
        while !rest.isEmpty {
            if let mark = self.marks[String(rest)] { return mark }
            guard let dot = rest.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            rest = rest[..<dot]
        }
        return self.marks[""] ?? Position(line: 1, column: 1)
    }

    /// True where this path stands in the file, readable or not.
    func hasSeen(_ path: String) -> Bool { self.marks[path] != nil }

    mutating func remember(_ cursor: Cursor) { self.marks[cursor.path] = cursor.mark }
}

// MARK: Mappings and lists

extension FleetReader {
    /// Every entry of a mapping by its key; nil unless it is one.
    ///
    /// Keys that are no text or stand twice are problems.
    mutating func entries(_ cursor: Cursor, allowed: String) -> [(key: String, value: Cursor)]? {
        self.remember(cursor)
        guard case .mapping(let mapping) = cursor.node else {
            self.problem(cursor.path, found: Self.kind(cursor.node), allowed: allowed)
            return nil
        }
        var result: [(key: String, value: Cursor)] = []
        for (key, value) in mapping {
            let mark = Position(
                line: key.mark?.line ?? cursor.mark.line,
                column: key.mark?.column ?? cursor.mark.column
            )
            guard case .scalar(let scalar) = key else {
                let place = Cursor(node: value, path: cursor.child("?"), mark: mark)
                self.remember(place)
                self.problem(place.path, found: "a key that is \(Self.kind(key))", allowed: "a key that is a word")
                continue
            }
            if scalar.string.hasPrefix(Document.doubled) {
                var name = scalar.string
                while name.hasPrefix(Document.doubled) { name.removeFirst(Document.doubled.count) }
                let again = mapping.filter { $0.key.string == name }.last?.key.mark?.line
                let place = Cursor(node: value, path: cursor.child(Self.name(name)), mark: mark)
                self.remember(place)
                let lines = again.map { "written again on line \($0)" } ?? "written twice"
                self.problem(place.path, found: lines, allowed: "each key once")
                continue
            }
            result.append(
                (scalar.string, Cursor(node: value, path: cursor.child(Self.name(scalar.string)), mark: mark))
            )
        }
        return result
    }

    /// A mapping with known keys; what is missing or unknown is a problem, and the rest is still read.
    mutating func fields(_ cursor: Cursor, _ required: [String], optional: [String] = []) -> [String: Cursor]? {
        let keys = required + optional
        guard let entries = self.entries(cursor, allowed: "a mapping with the keys \(keys.joined(separator: ", "))")
        else { return nil }
        var result: [String: Cursor] = [:]
        for (key, value) in entries {
            self.remember(value)
            if keys.contains(key) {
                result[key] = value
            } else {
                self.problem(value.path, found: "an unknown key", allowed: keys.joined(separator: ", "))
            }
        }
        return result
    }

    /// One required field; its absence is a problem with what it may be.
    mutating func field(_ name: String, of fields: [String: Cursor], in parent: Cursor, allowed: String) -> Cursor? {
        if let cursor = fields[name] { return cursor }
        let path = parent.child(name)
        // Written twice: said already.
        if self.marks[path] == nil { self.problem(path, found: "missing", allowed: allowed) }
        return nil
    }

    /// The items of a list; nil unless it is one with at least one and at most `most` items.
    mutating func items(_ cursor: Cursor, most: Int, allowed: String) -> [Cursor]? {
        self.remember(cursor)
        guard case .sequence(let sequence) = cursor.node else {
            self.problem(cursor.path, found: Self.kind(cursor.node), allowed: allowed)
            return nil
        }
        guard (1...most).contains(sequence.count) else {
            let found = sequence.isEmpty ? "an empty list" : "a list of \(sequence.count)"
            self.problem(cursor.path, found: found, allowed: allowed)
            return nil
        }
        return sequence.enumerated().map { index, node in
            let mark = Position(
                line: node.mark?.line ?? cursor.mark.line,
                column: node.mark?.column ?? cursor.mark.column
            )
            return Cursor(node: node, path: "\(cursor.path)[\(index)]", mark: mark)
        }
    }

    /// What a node is, for messages.
    static func kind(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar):
            scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
                ? "blank" : shown(scalar.string)
        case .mapping(let mapping): mapping.isEmpty ? "an empty mapping" : "a mapping"
        case .sequence(let sequence): sequence.isEmpty ? "an empty list" : "a list"
        case .alias: "an alias"
        }
    }
}
