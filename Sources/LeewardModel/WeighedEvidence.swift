/// What one class of evidence says about a region, and how much that counts.
public struct Evidence: Hashable, Sendable, Codable {
    public var kind: EvidenceClass
    /// -1/3...1/3: above zero it speaks for "sick", below for "healthy"; 0 says nothing either way.
    public var weight: Double
    /// One sentence with numbers, for people.
    public var sentence: String { self.said.text }
    private let said: Sentence

    public init(_ kind: EvidenceClass, weight: Double, sentence: String) {
        self.init(kind, weight: weight, saying: Sentence(sentence))
    }

    /// The same with a sentence that is put into words when it is read.
    public init(_ kind: EvidenceClass, weight: Double, saying sentence: Sentence) {
        self.kind = kind
        self.weight = weight
        self.said = sentence
    }

    /// The same in words, for what is kept for longer than a look.
    public var written: Evidence { Evidence(self.kind, weight: self.weight, saying: self.said.written) }

    private enum CodingKeys: String, CodingKey {
        case kind, weight
        case said = "sentence"
    }

    /// "business 0.31: us-east-1 serves 0 good starts/s of 610 expected (0 %)".
    public var text: String {
        let hundredths = Int((min(abs(self.weight), 9) * 100).rounded())
        let sign = self.weight < 0 && hundredths > 0 ? "-" : ""
        let cents = hundredths % 100
        return "\(self.kind.rawValue) \(sign)\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents): \(self.sentence)"
    }
}

extension [Evidence] {
    /// What says most first, whichever way it speaks; equal weights in the order of their classes.
    public var byWeight: [Evidence] {
        // A handful, put where they belong one by one.
        var sorted: [Evidence] = []
        for kind in EvidenceClass.allCases {
            for evidence in self where evidence.kind == kind {
                let place = sorted.firstIndex { abs(evidence.weight) > abs($0.weight) } ?? sorted.count
                sorted.insert(evidence, at: place)
            }
        }
        return sorted
    }
}
