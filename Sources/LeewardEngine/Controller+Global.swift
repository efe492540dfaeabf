import LeewardDetection
import LeewardModel
import LeewardPlanning

extension Controller {
    /// More than one sick region while something moves: stop, extend nothing, call a person (S19).
    ///
    /// A savior among them makes the move itself suspect, and what it got goes back first (S41).
    mutating func holdIfGlobal(_ output: inout Output, _ now: Timestamp) -> Bool {
        guard self.stands(.holdIfGlobal), let evacuation = self.state.evacuation,
            let problem = self.problemElsewhere(evacuation)
        else { return false }
        let reason = self.takeBack(evacuation, &output, now)
        self.hold(reason ?? "the problem is in more than one region: \(problem) (S19)", &output, now)
        return true
    }

    /// Why the evacuee is not the only region in trouble; nil where it is.
    ///
    /// Another life may call one other region sick, since it has never seen the evacuee with users.
    private func problemElsewhere(_ evacuation: Evacuation) -> String? {
        switch self.assessment.fleet {
        case .global: self.assessment.reason
        case .regional(let sick)
        where sick != evacuation.evacuee && !evacuation.isPlanned && self.health(evacuation.evacuee) != .healthy:
            "\(self.assessment.reason); and nobody knows \(evacuation.evacuee) to be well"
        default: nil
        }
    }

    /// From the opening until it is called evacuated.
    static let outwardPhases: [Phase] = [.proposed, .approved, .preparing, .shifting, .publishing, .settling]

    /// A drill on its way out gives way to the real thing: another region is sick, and only one evacuation may be active.
    ///
    /// True where it turned back (S24).
    mutating func abortDrill(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) -> Bool {
        guard evacuation.isPlanned, Self.outwardPhases.contains(evacuation.workingPhase),
            evacuation.phase != .held || self.isHeldByItself, let reason = self.endOfDrill(evacuation, now)
        else { return false }
        self.page("\(evacuation.id) rolls back: \(reason)", &output, now)
        self.turn(.rolledBack, because: reason, &output, now)
        return true
    }

    /// Why a drill should not go on: the real thing, or guests who would be served better at home; nil where it may.
    private func endOfDrill(_ evacuation: Evacuation, _ now: Timestamp) -> String? {
        if self.stands(.drillGivesWay), case .regional(let sick) = self.assessment.fleet, sick != evacuation.evacuee {
            return "\(sick) is sick, and a drill gives way (S24)"
        }
        return self.isBetterAtHome(evacuation, now).map { "\($0) (S08)" }
    }
}
