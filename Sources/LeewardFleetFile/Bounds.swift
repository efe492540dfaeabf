/// What is checked on the bytes before any YAML is parsed, so that no text can cost more than its size (S33).
enum Bounds {
    /// A fleet of ten thousand services fits.
    static let size = 1 << 20
    /// The longest line that a person could still read in a message.
    static let lineLength = 8192
    /// Aliases are refused anyway, but only after parsing; with this few of them nothing can multiply.
    static let suspects = 16

    static func lines(_ text: [UInt8]) -> Int {
        let breaks = text.count { $0 == UInt8(ascii: "\n") }
        return text.last == UInt8(ascii: "\n") ? max(breaks, 1) : breaks + 1
    }

    static func check(_ text: [UInt8], file: String) -> Result<String, FleetFileError> {
        var problems: [FleetProblem] = []
        func problem(_ line: Int, _ found: String, _ allowed: String, column: Int? = nil) {
            problems.append(.init(file: file, path: "", line: line, column: column, found: found, allowed: allowed))
        }
        guard text.count <= Self.size else {
            problem(1, "\(text.count) bytes long", "at most \(Self.size) bytes")
            return .failure(.init(problems: problems))
        }
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
            problem(1, "UTF-16", "UTF-8", column: 1)
            return .failure(.init(problems: problems))
        }
        var suspects = 0
        var firstSuspect = 1
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if problems.count >= FleetReader.mostProblems { break }
            let number = index + 1
            guard line.count <= Self.lineLength else {
                problem(number, "a line of \(line.count) bytes", "lines of at most \(Self.lineLength) bytes")
                continue
            }
            if String(validating: line, as: UTF8.self) == nil {
                problem(number, "not UTF-8 on this line", "UTF-8")
            } else if let bad = Self.forbidden(line) {
                problem(number, bad.found, "printable UTF-8 text, indented by spaces", column: bad.column)
            }
            let looks = Self.aliasLooks(line)
            if suspects == 0, looks > 0 { firstSuspect = number }
            suspects += looks
        }
        if suspects > Self.suspects {
            problem(firstSuspect, "using \(suspects) anchors or aliases (& or *)", "a document without them")
        }
        guard problems.isEmpty, let whole = String(validating: text, as: UTF8.self) else {
            return .failure(.init(problems: problems))
        }
        return .success(whole)
    }

    /// A character that has no business in a fleet file: control characters, tabs in an indentation, line breaks
    /// that other programs do not count as such, a byte order mark.
    private static func forbidden(_ line: ArraySlice<UInt8>) -> (column: Int, found: String)? {
        var isIndentation = true
        var column = 0
        var content = line
        if content.last == UInt8(ascii: "\r") { content.removeLast() }
        for scalar in String(decoding: content, as: UTF8.self).unicodeScalars {
            column += 1
            switch scalar.value {
            case 0x09:
                if isIndentation { return (column, "indented by a tab") }
            case 0x00: return (column, "holding a NUL byte")
            case 0x01..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                return (column, "holding the character U+\(String(scalar.value, radix: 16, uppercase: true))")
            case 0x20: continue
            default: isIndentation = false
            }
        }
        return nil
    }

    /// How often `&name` or `*name` stands at a place where YAML could take it for an anchor or an alias.
    private static func aliasLooks(_ line: ArraySlice<UInt8>) -> Int {
        // Wherever such a line is not a comment, it is inside a scalar.
        if line.first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "#") { return 0 }
        var count = 0
        var before = UInt8(ascii: " ")
        var isMarked = false
        for byte in line {
            if isMarked, Self.isName(byte) { count += 1 }
            isMarked = (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*")) && " \t[{,:".utf8.contains(before)
            before = byte
        }
        return count
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
