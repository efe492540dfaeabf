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
        // A handful, each brought to its place among those before it.
        var sorted = self
        for index in sorted.indices {
            var place = index
            while place > 0, sorted[place].goesBefore(sorted[place - 1]) {
                sorted.swapAt(place, place - 1)
                place -= 1
            }
        }
        return sorted
    }
}

extension Evidence {
    fileprivate func goesBefore(_ other: Evidence) -> Bool {
        let (mine, theirs) = (abs(self.weight), abs(other.weight))
        return mine == theirs ? self.kind.rank < other.kind.rank : mine > theirs
    }
}

extension EvidenceClass {
    /// Its place among all classes.
    fileprivate var rank: Int {
        switch self {
        case .business: 0
        case .server: 1
        case .probe: 2
        case .provider: 3
        }
    }
}
