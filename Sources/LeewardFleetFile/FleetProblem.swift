/// One thing that is wrong in a fleet file: where it stands, what was found and what is allowed.
public struct FleetProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// Name of the file as the reader was told.
    public var file: String
    /// Where in the document: "limits.soak.max"; empty when the file as a whole is meant.
    public var path: String
    /// Counted from 1; for something missing, the line of the mapping that should hold it.
    public var line: Int
    /// Counted from 1.
    public var column: Int?
    /// What stands there, shortened and with control characters escaped.
    public var found: String
    /// What may stand there instead.
    public var allowed: String

    public init(file: String, path: String, line: Int, column: Int? = nil, found: String, allowed: String) {
        self.file = file
        self.path = path
        self.line = line
        self.column = column
        self.found = found
        self.allowed = allowed
    }

    /// `three-regions.yaml:87: limits.saviorLimit is "80%"; allowed is an integer 1000...9500 (basis points)`.
    public var description: String {
        "\(self.file):\(self.line): \(self.path.isEmpty ? "the file" : self.path) is \(self.found); "
            + "allowed is \(self.allowed)"
    }
}

/// Why a fleet file was rejected: every problem that was found, in the order of their lines, at least one.
public struct FleetFileError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    public var problems: [FleetProblem]
    public init(problems: [FleetProblem]) { self.problems = problems }
    /// One problem per line.
    public var description: String { self.problems.map(\.description).joined(separator: "\n") }
}

/// Text from a file as it may be shown to a person: at most 60 characters, quoted, nothing that a terminal would obey.
func shown(_ text: some StringProtocol) -> String {
    var result = "\""
    var count = 0
    for scalar in text.unicodeScalars {
        guard count < 60 else { return result + "...\"" }
        switch scalar {
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\"": result += "\\\""
        case " "..."~": result.unicodeScalars.append(scalar)
        default: result += "\\u{\(String(scalar.value, radix: 16))}"
        }
        count += 1
    }
    return result + "\""
}
