public import LeewardModel

/// The rules of INVARIANTS.md that the world can be held against, by their ids.
public enum RuleID: String, Hashable, Sendable, CaseIterable {
    case s01 = "S01", s02 = "S02", s03 = "S03", s04 = "S04", s05 = "S05", s06 = "S06", s07 = "S07", s08 = "S08"
    case s09 = "S09", s10 = "S10", s11 = "S11", s12 = "S12", s13 = "S13", s14 = "S14", s15 = "S15", s16 = "S16"
    case s17 = "S17", s18 = "S18", s19 = "S19", s20 = "S20", s23 = "S23", s24 = "S24", s25 = "S25", s26 = "S26"
    case s27 = "S27", s28 = "S28", s29 = "S29", s30 = "S30"
    case s31 = "S31"
    case s35 = "S35", s38 = "S38", s39 = "S39", s40 = "S40", s41 = "S41", s42 = "S42", s43 = "S43", s44 = "S44"
    case s45 = "S45"
    case l02 = "L02", l04 = "L04", l05 = "L05", l06 = "L06", l08 = "L08", l09 = "L09", l10 = "L10"
}

/// A rule that did not hold, where and why.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    public var rule: RuleID
    /// After the start of the run.
    public var at: Span
    /// One sentence with numbers.
    public var detail: String
    /// The last records before it, oldest first.
    public var records: [String]
    public var description: String { "\(self.rule.rawValue) at \(self.at): \(self.detail)" }
}

/// What a rule says against a moment.
struct Complaint: Sendable {
    var rule: RuleID
    var detail: String
}
