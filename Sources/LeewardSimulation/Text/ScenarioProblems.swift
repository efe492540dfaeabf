/// One thing wrong in a scenario's text.
public struct ScenarioProblem: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1; 0 where something is missing from the whole text.
    public var line: Int
    /// What was found, and what is allowed.
    public var message: String
    public init(line: Int, message: String) {
        self.line = line
        self.message = message
    }
    public var description: String { self.line > 0 ? "line \(self.line): \(self.message)" : self.message }
}

/// Everything wrong in a scenario's text, in the order of its lines; never empty.
public struct ScenarioProblems: Error, Hashable, Sendable, CustomStringConvertible {
    public var all: [ScenarioProblem]
    public init(_ all: [ScenarioProblem]) { self.all = all }
    public var description: String { self.all.map(\.description).joined(separator: "\n") }
}

/// What ends the reading of one line.
struct LineProblem: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

/// Which known word was meant.
enum Nearest {
    /// The known word with the fewest changed, added, dropped or swapped letters; nil where none is alike.
    static func word(to text: String, among known: [String]) -> String? {
        let wanted = Array(text.lowercased().unicodeScalars.prefix(64))
        var best: (word: String, distance: Int)?
        for word in known {
            let distance = Self.distance(wanted, Array(word.lowercased().unicodeScalars.prefix(64)))
            if distance < best?.distance ?? .max { best = (word, distance) }
        }
        // Three letters wrong of four is no longer the same word.
        return best.flatMap { $0.distance <= max(2, wanted.count / 2) ? $0.word : nil }
    }

    /// "'recovres' is not known here; did you mean 'recovers'? Allowed: ...".
    static func sentence(_ text: String, among known: [String]) -> String {
        let hint = Self.word(to: text, among: known).map { "; did you mean '\($0)'?" } ?? "."
        return "'\(text)' is not known here\(hint) Allowed: \(known.joined(separator: ", "))"
    }

    /// Optimal string alignment (Damerau 1964, Levenshtein 1966).
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var older: [Int] = []
        var above = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let isSame = left[row] == right[column]
                var cost = min(above[column + 1] + 1, current[column] + 1, above[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, older[column - 1] + 1)
                }
                current.append(cost)
            }
            older = above
            above = current
        }
        return above[right.count]
    }
}
