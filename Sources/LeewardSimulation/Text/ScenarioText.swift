extension Scenario {
    /// Texts longer than this are refused, in bytes.
    static let longestText = 1_000_000

    /// Reads a scenario in the language of docs/scenarios.md.
    ///
    /// - Throws: Every problem of the text at once, in the order of its lines.
    public init(text: String) throws(ScenarioProblems) {
        guard text.utf8.count <= Self.longestText else {
            let message = "the text has \(text.utf8.count) bytes; allowed are \(Self.longestText)"
            throw ScenarioProblems([ScenarioProblem(line: 0, message: message)])
        }
        var parser = ScenarioParser()
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            parser.read(line, number: index + 1)
        }
        self = try parser.finish()
    }

    /// The scenario in the language of docs/scenarios.md; reading it gives the same value.
    public var text: String { ScenarioPrinter(self).lines.joined(separator: "\n") + "\n" }
}

extension Fault {
    /// The fault in the words of docs/scenarios.md, without its time.
    public var text: String { ScenarioPrinter.text(self) }
}
