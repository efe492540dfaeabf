import LeewardModel

/// One word of a line.
struct TextWord: Hashable, Sendable {
    var text: String
    /// Written in quotation marks: a text, never a word of the language.
    var isQuoted: Bool
}

/// Reads the words of one line from left to right.
struct LineReader {
    private let words: [TextWord]
    private var index = 0

    /// - Throws: Where a quotation mark is left open or a backslash means nothing.
    init(_ line: Substring) throws(LineProblem) { self.words = try Self.split(line) }

    var isAtEnd: Bool { self.index >= self.words.count }

    /// The next word; `what` names it where it is missing.
    mutating func next(_ what: String) throws(LineProblem) -> TextWord {
        guard !self.isAtEnd else { throw LineProblem("something is missing at the end of the line: \(what)") }
        defer { self.index += 1 }
        return self.words[self.index]
    }

    /// One of the words that are allowed here.
    @discardableResult
    mutating func choose(_ allowed: [String]) throws(LineProblem) -> String {
        let word = try self.next("one of " + allowed.joined(separator: ", "))
        guard !word.isQuoted, allowed.contains(word.text) else {
            throw LineProblem(Nearest.sentence(word.text, among: allowed))
        }
        return word.text
    }

    /// All of these words, one after the other.
    mutating func expect(_ words: String...) throws(LineProblem) { for word in words { try self.choose([word]) } }

    /// True, and behind it, where the next word is this one.
    mutating func take(_ word: String) -> Bool {
        guard !self.isAtEnd, self.words[self.index] == TextWord(text: word, isQuoted: false) else { return false }
        self.index += 1
        return true
    }

    func end() throws(LineProblem) {
        guard !self.isAtEnd else { return }
        throw LineProblem("the line should end before '\(self.words[self.index].text)'")
    }

    // MARK: - Values

    mutating func name(_ what: String) throws(LineProblem) -> String {
        let word = try self.next(what)
        guard !word.text.isEmpty, word.text.count <= 200 else {
            throw LineProblem("\(what) has \(word.text.count) characters; allowed is 1 to 200")
        }
        return word.text
    }

    mutating func text(_ what: String) throws(LineProblem) -> String {
        let word = try self.next("\(what) in quotation marks")
        guard word.isQuoted else { throw LineProblem("\(what) stands in quotation marks; found '\(word.text)'") }
        return word.text
    }

    mutating func region() throws(LineProblem) -> RegionID { RegionID(try self.name("a region")) }

    mutating func span(_ what: String, atLeast least: Span = .zero) throws(LineProblem) -> Span {
        let word = try self.next(what)
        guard let span = Units.span(word.text), span >= least else {
            throw LineProblem(
                "\(what) is '\(word.text)'; allowed is a whole number with ms, s, m, h or d from "
                    + "\(Units.text(least)) to \(Units.text(Units.longest)), as in 90s"
            )
        }
        return span
    }

    /// In basis points.
    mutating func points(_ what: String, _ range: ClosedRange<Int> = 0...10_000) throws(LineProblem) -> Int {
        let word = try self.next(what)
        guard let points = Units.points(word.text), range.contains(points) else {
            throw LineProblem(
                "\(what) is '\(word.text)'; allowed is \(Units.text(points: range.lowerBound)) to "
                    + "\(Units.text(points: range.upperBound)), as in 10%, 12.5% or 25bp"
            )
        }
        return points
    }

    mutating func count(_ what: String, _ range: ClosedRange<Int>) throws(LineProblem) -> Int {
        let word = try self.next(what)
        guard let count = Units.whole(word.text), range.contains(Int(count)) else {
            throw LineProblem(
                "\(what) is '\(word.text)'; allowed is a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return Int(count)
    }

    mutating func rate(_ what: String) throws(LineProblem) -> Double {
        let word = try self.next(what)
        guard let rate = Units.rate(word.text), rate <= 1_000_000_000 else {
            throw LineProblem("\(what) is '\(word.text)'; allowed is a rate above 0 up to 1000000000/s, as in 700/s")
        }
        return rate
    }

    // MARK: - Words

    /// Words are apart by blanks; `#` ends the line; `"` begins a text in which `\"`, `\\` and `\n` stand for one character.
    private static func split(_ line: Substring) throws(LineProblem) -> [TextWord] {
        var words: [TextWord] = []
        var rest = line
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "#" {
                break
            } else if first == "\"" {
                rest.removeFirst()
                words.append(TextWord(text: try Self.quoted(&rest), isQuoted: true))
            } else {
                let word = rest.prefix { !$0.isWhitespace && $0 != "#" && $0 != "\"" }
                rest.removeFirst(word.count)
                words.append(TextWord(text: String(word), isQuoted: false))
            }
        }
        return words
    }

    private static func quoted(_ rest: inout Substring) throws(LineProblem) -> String {
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return text
            case "\\":
                switch rest.popFirst() {
                case "n": text.append("\n")
                case "\"": text.append("\"")
                case "\\": text.append("\\")
                case let other:
                    throw LineProblem("'\\\(other.map { String($0) } ?? "")' means nothing; allowed: \\\" \\\\ \\n")
                }
            default: text.append(character)
            }
        }
        throw LineProblem("a quotation mark is open at the end of the line; close it with \"")
    }
}
