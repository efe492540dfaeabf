public import LeewardModel

/// What `leeward break-glass` does: the engine under a new epoch, by hand, while no daemon holds the journal.
public enum HandVerb: Hashable, Sendable {
    /// Reads the journal and the world; moves nothing.
    case look
    /// Carries what is active to its next rest.
    case finish
    /// Returns to the shares from before.
    case undo
    case evacuate(RegionID)
}

/// A person at the machine itself; tried again every five seconds while a daemon holds the journal and somebody insists.
public struct HandAct: Hashable, Sendable {
    public var verb: HandVerb
    public var by: Principal
    public var at: Span
    public var insistsFor: Span
    public init(_ verb: HandVerb, by principal: Principal = "operator", at time: Span, insistsFor: Span = .zero) {
        self.verb = verb
        self.by = principal
        self.at = time
        self.insistsFor = insistsFor
    }
}

extension OperatorAct {
    /// Stands for the id that is active, or waits for a second person, at the moment when it is said.
    public static let active: EvacuationID = "active"
    /// Stands for the plan's hash as it is shown at the moment when the command is said.
    public static let shown = "shown"
}
