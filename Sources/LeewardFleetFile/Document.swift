import Yams

/// A place in the document: the node, its path, and the position that messages name.
struct Cursor {
    var node: Node
    var path: String
    var mark: Position

    func child(_ key: String) -> String { self.path.isEmpty ? key : "\(self.path).\(key)" }
}

/// A line and a column, counted from 1.
struct Position {
    var line: Int
    var column: Int
}

/// One well-formed YAML document without anchors, aliases and tags.
enum Document {
    /// Precedes the first of two equal keys after a repair, so that reading can go on and report the rest as well.
    static let doubled = "written-twice/"
    private static let mostRepairs = 16
    private static let mostNodes = 200_000

    static func compose(_ text: String, file: String) -> Result<Cursor, FleetFileError> {
        var text = text
        for _ in 0..<Self.mostRepairs {
            do {
                // Without rules, nothing is guessed: every value is the text that it is written as.
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.nextRoot() else {
                    return Self.failure(
                        file,
                        1,
                        nil,
                        "empty",
                        "one YAML mapping; start from Examples/three-regions.yaml"
                    )
                }
                if let second = try parser.nextRoot() {
                    return Self.failure(
                        file,
                        second.mark?.line ?? 1,
                        second.mark?.column,
                        "several documents",
                        "exactly one document"
                    )
                }
                // Anchors are weak references into the parser.
                return withExtendedLifetime(parser) { Self.plain(root, file: file) }
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                guard let repaired = Self.repair(text, at: context.mark) else {
                    return Self.failure(
                        file,
                        context.mark.line,
                        context.mark.column,
                        "holding the key \(shown(keys.first ?? "")) twice",
                        "each key once"
                    )
                }
                text = repaired
            } catch let error as YamlError {
                return Self.failure(file, error)
            } catch {
                return Self.failure(file, 1, nil, "no YAML: \(error)", "one well-formed YAML document")
            }
        }
        return Self.failure(
            file,
            1,
            nil,
            "holding more than \(Self.mostRepairs) keys that are written twice",
            "each key once"
        )
    }

    /// Refuses what could make the tree larger than the text, then hands out the root.
    private static func plain(_ root: Node, file: String) -> Result<Cursor, FleetFileError> {
        var left = [root]
        var seen = 0
        while let node = left.popLast() {
            seen += 1
            let line = node.mark?.line ?? 1
            let column = node.mark?.column
            guard seen <= Self.mostNodes else {
                return Self.failure(file, line, column, "made of more than \(Self.mostNodes) values", "a smaller fleet")
            }
            guard node.anchor == nil else {
                return Self.failure(file, line, column, "using an anchor or alias (& or *)", "a document without them")
            }
            let tag: Tag
            switch node {
            case .scalar(let scalar): tag = scalar.tag
            case .sequence(let sequence):
                tag = sequence.tag
                left.append(contentsOf: sequence)
            case .mapping(let mapping):
                tag = mapping.tag
                for pair in mapping { left += [pair.key, pair.value] }
            case .alias(let alias): tag = alias.tag
            }
            let isTagged = ![Tag.Name.implicit, .str, .map, .seq].contains(Tag.Name(rawValue: tag.rawValue))
            if isTagged { return Self.failure(file, line, column, "using a tag (!)", "a document without tags") }
        }
        let mark = Position(line: root.mark?.line ?? 1, column: root.mark?.column ?? 1)
        return .success(Cursor(node: root, path: "", mark: mark))
    }

    /// The text with the key at `mark` renamed; nil where the key is no simple one.
    private static func repair(_ text: String, at mark: Mark) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // A CRLF is one Character in Swift, so splitting by "\n" would miss it.
        if text.utf8.contains(UInt8(ascii: "\r")) {
            lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
        }
        guard lines.indices.contains(mark.line - 1) else { return nil }
        var scalars = Array(lines[mark.line - 1].unicodeScalars)
        var place = mark.column - 1
        guard scalars.indices.contains(place) else { return nil }
        if scalars[place] == "\"" || scalars[place] == "'" { place += 1 }
        guard scalars.indices.contains(place), !"[{?&*!|>\"'".unicodeScalars.contains(scalars[place]) else {
            return nil
        }
        scalars.insert(contentsOf: Self.doubled.unicodeScalars, at: place)
        lines[mark.line - 1] = String(String.UnicodeScalarView(scalars))
        return lines.joined(separator: "\n")
    }

    private static func failure(_ file: String, _ error: YamlError) -> Result<Cursor, FleetFileError> {
        let allowed = "one well-formed YAML document"
        switch error {
        case .scanner(let context?, let problem, let mark, _):
            // The scanner notices at the next line, or at the end, what began earlier: a quote, a key without colon.
            let found = "no YAML here: \(context.text), \(problem) (noticed on line \(mark.line))"
            return Self.failure(file, context.mark.line, context.mark.column, found, allowed)
        case .scanner(nil, let problem, let mark, _):
            return Self.failure(file, mark.line, mark.column, "no YAML here: \(problem)", allowed)
        case .parser(let context, let problem, let mark, _), .composer(let context, let problem, let mark, _):
            let before = context.map { "\($0.text) that began on line \($0.mark.line), " } ?? ""
            return Self.failure(file, mark.line, mark.column, "no YAML here: \(before)\(problem)", allowed)
        case .reader(let problem, let offset, _, let yaml):
            let line = yaml.prefix(offset ?? 0).count { $0.isNewline } + 1
            return Self.failure(file, line, nil, "no YAML here: \(problem)", allowed)
        case .memory: return Self.failure(file, 1, nil, "too large for the memory", "a smaller fleet")
        default: return Self.failure(file, 1, nil, "no YAML: \(error)", allowed)
        }
    }

    private static func failure(
        _ file: String,
        _ line: Int,
        _ column: Int?,
        _ found: String,
        _ allowed: String
    ) -> Result<Cursor, FleetFileError> {
        .failure(
            .init(problems: [
                .init(file: file, path: "", line: line, column: column, found: found, allowed: allowed)
            ])
        )
    }
}
