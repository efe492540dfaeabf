/// What the evidence says about one region.
public enum Health: String, Hashable, Sendable, Codable {
    case healthy, sick, unknown
}

/// A region's health with the reason in one sentence.
public struct RegionVerdict: Hashable, Sendable, Codable {
    public var region: RegionID
    public var health: Health
    /// True where neither its edge nor its instances answer anybody: only DNS can help.
    public var isUnreachable: Bool
    /// One sentence with numbers, for people.
    public var reason: String { self.said.text }
    private let said: Sentence
    /// What each class of evidence says, in order of weight.
    public var evidence: [Evidence]
    public init(
        region: RegionID,
        health: Health,
        isUnreachable: Bool = false,
        reason: String,
        evidence: [Evidence] = []
    ) {
        self.init(
            region: region,
            health: health,
            isUnreachable: isUnreachable,
            saying: Sentence(reason),
            evidence: evidence
        )
    }

    /// The same with a reason that is put into words when it is read.
    public init(
        region: RegionID,
        health: Health,
        isUnreachable: Bool,
        saying reason: Sentence,
        evidence: [Evidence]
    ) {
        self.region = region
        self.health = health
        self.isUnreachable = isUnreachable
        self.said = reason
        self.evidence = evidence
    }

    private enum CodingKeys: String, CodingKey {
        case region, health, isUnreachable
        case said = "reason"
        case evidence
    }
}

/// What the evidence says about the fleet.
public enum Verdict: Hashable, Sendable, Codable {
    /// Every region that matters is healthy.
    case normal
    /// Exactly one region is sick and the problem stays there.
    case regional(RegionID)
    /// Two or more dip, or all but the weakest dip together: leaving would not help (S19).
    case global
    /// Too little evidence to say (S18).
    case unknown
}

extension Verdict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .normal: "normal"
        case .regional(let region): "regional(\(region))"
        case .global: "global"
        case .unknown: "unknown"
        }
    }
}

/// A safety gate's answer.
public enum Ruling: Hashable, Sendable, Codable {
    case permits
    /// The rule that says no, and why in one sentence with numbers.
    case refuses(rule: Rule, reason: String)

    public var isPermitted: Bool { self == .permits }
    /// "permits", or the reason followed by the rule: "eu-west-1/api has 61 ready of 80 needed (S06)".
    public var sentence: String {
        switch self {
        case .permits: "permits"
        case .refuses(let rule, let reason): "\(reason) (\(rule.rawValue))"
        }
    }
}

/// The safety rules by their ids in docs/what-must-hold.md.
public enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
    case s01 = "S01", s02 = "S02", s03 = "S03", s04 = "S04", s05 = "S05", s06 = "S06", s07 = "S07", s08 = "S08"
    case s09 = "S09", s10 = "S10", s11 = "S11", s12 = "S12", s13 = "S13", s14 = "S14", s15 = "S15", s16 = "S16"
    case s17 = "S17", s18 = "S18", s19 = "S19", s20 = "S20", s21 = "S21", s22 = "S22", s23 = "S23", s24 = "S24"
    case s25 = "S25", s26 = "S26", s27 = "S27", s28 = "S28", s29 = "S29", s30 = "S30", s31 = "S31", s35 = "S35"
    case s38 = "S38", s39 = "S39", s40 = "S40", s41 = "S41", s42 = "S42", s43 = "S43"
}
