public import LeewardModel

/// One gate's answer with what it looked at, so that every step can be explained later.
public struct Finding: Hashable, Sendable, Codable {
    public var rule: Rule
    public var ruling: Ruling
    /// What was seen, with numbers.
    public var evidence: String
    /// What would have turned the answer around.
    public var stoppedBy: String

    public init(_ rule: Rule, _ evidence: String, stoppedBy: String, refusal: String? = nil) {
        self.rule = rule
        self.evidence = evidence
        self.stoppedBy = stoppedBy
        self.ruling = refusal.map { .refuses(rule: rule, reason: $0) } ?? .permits
    }

    public var isPermitted: Bool { self.ruling.isPermitted }
}

extension [Finding] {
    /// The first refusal, or permission when no gate objects; an empty list permits nothing.
    public var ruling: Ruling {
        guard !self.isEmpty else { return .refuses(rule: .s07, reason: "no gate was asked") }
        return self.first { !$0.isPermitted }?.ruling ?? .permits
    }

    /// Every refusal's sentence.
    public var refusals: [String] { self.filter { !$0.isPermitted }.map(\.ruling.sentence) }
}
