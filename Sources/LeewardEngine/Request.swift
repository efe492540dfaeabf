public import LeewardModel
import LeewardPlanning

/// What one person asked for and a second one has to agree to (S31); nothing has begun.
public struct Request: Hashable, Sendable, Codable {
    /// The id that its evacuation will have; void once another one took it, and after a restart.
    public var id: EvacuationID
    public var command: Command
    public var by: Principal
    /// The plan that was shown; an approval names it.
    public var planHash: String
    public init(id: EvacuationID, command: Command, by principal: Principal, planHash: String) {
        self.id = id
        self.command = command
        self.by = principal
        self.planHash = planHash
    }
}

extension Rule {
    /// Gates that two people may agree to pass over; every other rule holds for everybody (S31).
    public static let overridable: [Rule] = [.s30, .s38]
}

extension Evacuation {
    /// What a person by hand says so that it goes on to its next rest; nil where it goes on by itself.
    public var commandToFinish: Command? {
        if self.workingPhase == .proposed, self.approvedBy == nil {
            return .approve(self.id, planHash: self.plan.hash)
        }
        return self.phase == .held ? .resume : nil
    }
}
