import LeewardModel

/// An expression of the fleet file, with `$window` in the place of a range.
struct Expression: Sendable, Hashable {
    var text: String

    func filled(_ window: Span) -> String {
        var result = ""
        var rest = Substring(self.text)
        while let range = rest.firstRange(of: "$window") {
            result += rest[..<range.lowerBound] + "\(window.milliseconds)ms"
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    /// How many series of each region have a raw sample in the window; nil where the expression names none.
    ///
    /// Without it a scrape that is late cannot be told from traffic that stopped: VictoriaMetrics answers `rate` with
    /// zero for a window without samples.
    func coverage(_ window: Span) -> String? {
        self.selector.map { "count by (region) (count_over_time(\($0)[\(window.milliseconds)ms]))" }
    }

    /// The metric with its label matchers in front of the first `[$window]`.
    var selector: String? {
        guard let range = self.text.firstRange(of: "[$window]") else { return nil }
        var head = self.text[..<range.lowerBound]
        while head.last == " " { head.removeLast() }
        var matchers = ""
        if head.last == "}" {
            guard let brace = Self.openingBrace(of: head) else { return nil }
            matchers = String(head[brace...])
            head = head[..<brace]
        }
        let name = String(head.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }.reversed())
        guard !name.isEmpty || !matchers.isEmpty, name.first?.isNumber != true else { return nil }
        return name + matchers
    }

    /// The last brace outside of quotes; a matcher's value may hold braces of its own.
    private static func openingBrace(of text: Substring) -> Substring.Index? {
        var quote: Character?
        var found: Substring.Index?
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\", open != "`" {
                    isEscaped = true
                } else if character == open {
                    quote = nil
                }
            } else if character == "\"" || character == "'" || character == "`" {
                quote = character
            } else if character == "{" {
                found = index
            }
        }
        return found
    }
}
