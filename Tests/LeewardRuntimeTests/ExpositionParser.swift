/// A strict reader of the Prometheus text format, version 0.0.4: what it accepts, every scraper does.
struct ExpositionParser {
    struct Problem: Error, Equatable {
        var line: Int
        var text: String
    }

    /// Sample name and sorted labels -> value, as text.
    var samples: [String: String] = [:]
    /// Family -> type.
    var types: [String: String] = [:]
    private var helps: Set<String> = []
    private var closed: Set<String> = []
    private var family = ""

    init(_ text: String) throws(Problem) {
        guard text.hasSuffix("\n") else { throw Problem(line: 0, text: "the last line has no end") }
        for (index, line) in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            do { try self.take(String(line)) } catch { throw Problem(line: index + 1, text: "\(error.text): \(line)") }
        }
    }

    private struct Fault: Error { var text: String }

    private mutating func take(_ line: String) throws(Fault) {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        if line.hasPrefix("#") {
            guard words.count == 4, !words[3].isEmpty else { throw Fault(text: "a comment of four words is due") }
            if words[1] == "HELP" {
                guard self.helps.insert(words[2]).inserted else { throw Fault(text: "a second HELP") }
                self.closed.insert(self.family)
                self.family = words[2]
            } else {
                guard words[1] == "TYPE", words[2] == self.family, self.types[words[2]] == nil else {
                    throw Fault(text: "TYPE must follow its HELP")
                }
                guard ["gauge", "counter"].contains(words[3]) else { throw Fault(text: "an unknown type") }
                guard (words[3] == "counter") == words[2].hasSuffix("_total") else {
                    throw Fault(text: "counters and they alone end in _total")
                }
                self.types[words[2]] = words[3]
            }
            return
        }
        try self.sample(line)
    }

    private mutating func sample(_ line: String) throws(Fault) {
        var rest = Substring(line)
        let name = String(rest.prefix { Self.isName($0) })
        guard name == self.family, self.types[name] != nil, !self.closed.contains(name) else {
            throw Fault(text: "a sample outside its family")
        }
        rest = rest.dropFirst(name.count)
        var labels: [String] = []
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let label = String(rest.prefix { Self.isName($0) && $0 != ":" })
                rest = rest.dropFirst(label.count)
                guard !label.isEmpty, rest.hasPrefix("=\"") else { throw Fault(text: "a label without a value") }
                rest = rest.dropFirst(2)
                labels.append("\(label)=\(try Self.value(&rest))")
                if rest.first == "," {
                    rest = rest.dropFirst()
                } else if rest.first != "}" {
                    throw Fault(text: "a label set that does not end")
                }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " " else { throw Fault(text: "one space is due before the value") }
        let value = String(rest.dropFirst())
        guard ["NaN", "+Inf", "-Inf"].contains(value) || Double(value) != nil else { throw Fault(text: "no number") }
        let key = name + (labels.isEmpty ? "" : "{\(labels.sorted().joined(separator: ","))}")
        guard self.samples.updateValue(value, forKey: key) == nil else { throw Fault(text: "the same sample twice") }
    }

    private static func value(_ rest: inout Substring) throws(Fault) -> String {
        var text = ""
        while let next = rest.popFirst() {
            if next == "\"" { return text }
            guard next == "\\" else {
                text.append(next)
                continue
            }
            switch rest.popFirst() {
            case "\\": text.append("\\")
            case "\"": text.append("\"")
            case "n": text.append("\n")
            default: throw Fault(text: "an unknown escape")
            }
        }
        throw Fault(text: "a value that does not end")
    }

    private static func isName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == ":")
    }
}
