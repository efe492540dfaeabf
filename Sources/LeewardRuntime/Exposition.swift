/// The Prometheus text format, version 0.0.4.
///
/// A family without a sample is left out, so that what is not known is a gap and not a zero.
struct Exposition {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String { case gauge, counter }

    struct Sample {
        var labels: [(name: String, value: String)]
        var value: Double
        init(_ labels: [(name: String, value: String)] = [], _ value: Double) {
            self.labels = labels
            self.value = value
        }
        init(_ labels: [(name: String, value: String)] = [], _ value: Int) { self.init(labels, Double(value)) }
        init(_ labels: [(name: String, value: String)] = [], _ value: Bool) { self.init(labels, value ? 1 : 0) }
    }

    private(set) var text = ""

    /// One family with its help and type; call once for each name.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        self.text += "# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escape($0.value, quotes: true))\"" }
            let set = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            self.text += "\(name)\(set) \(Self.number(sample.value))\n"
        }
    }

    static func escape(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whole numbers without a point; infinity and what is no number in the format's own words.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
