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

    /// A drill on its way out gives way to the real thing: another region is sick, and only one evacuation may be active.
    ///
    /// True where it turned back (S24).
    mutating func abortDrill(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) -> Bool {
        let outward: [Phase] = [.proposed, .approved, .preparing, .shifting, .publishing, .settling]
        guard self.stands(.drillGivesWay), evacuation.isPlanned, outward.contains(evacuation.phase),
            case .regional(let sick) = self.assessment.fleet, sick != evacuation.evacuee
        else { return false }
        let reason = "\(sick) is sick, and a drill gives way (S24)"
        self.page("\(evacuation.id) rolls back: \(reason)", &output, now)
        self.turn(.rolledBack, because: reason, &output, now)
        return true
    }
}
