import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

// Stop, go on, come back: what people say of an evacuation that is active.
extension Controller {
    mutating func hold(
        onRequest reason: String,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        guard let evacuation = self.state.evacuation else { return .refused(["nothing is active"]) }
        let because = "\(reason.isEmpty ? "on request" : reason) (\(principal))"
        guard evacuation.phase == .held else {
            self.hold(because, &output, now)
            self.isHeldByItself = false
            return .accepted(evacuation.id, "\(evacuation.id) is held")
        }
        let present = evacuation.heldBecause ?? "on request"
        guard self.isHeldByItself || evacuation.failedSaviors != nil else {
            return .refused(["\(evacuation.id) is held already: \(present)"])
        }
        // What the controller holds by itself may go on by itself; a person's hold waits for a person (S30).
        self.failedSaviors = []
        self.record(.held(evacuation.id, reason: "\(because); before that: \(present)"), &output, now)
        self.isHeldByItself = false
        self.page("\(evacuation.id) stays held: \(because)", &output, now)
        return .accepted(evacuation.id, "\(evacuation.id) stays held until a person says otherwise")
    }

    mutating func resume(_ principal: Principal, _ output: inout Output, _ now: Timestamp) -> Reply {
        guard let evacuation = self.state.evacuation, evacuation.phase == .held else {
            return .refused(["nothing is held"])
        }
        guard !evacuation.plan.receivers.isEmpty else {
            return .refused(["\(evacuation.id) has no savior left; `leeward rollback` ends it (S41)"])
        }
        self.record(.resumed(evacuation.id, by: principal), &output, now)
        self.soak = nil
        self.retryAt = [:]
        return .accepted(evacuation.id, "\(evacuation.id) goes on in \(evacuation.workingPhase.rawValue)")
    }

    mutating func rollback(_ principal: Principal, _ output: inout Output, _ now: Timestamp) -> Reply {
        guard let evacuation = self.state.evacuation else { return .refused(["nothing is active"]) }
        guard !self.state.isKilled else { return .refused(["the kill switch is on (S27)"]) }
        guard evacuation.phase != .returning else {
            return .accepted(evacuation.id, "\(evacuation.id) is on its way back already")
        }
        if self.stands(.lastHealthy), self.health(evacuation.evacuee) == .sick,
            evacuation.points > 0 || evacuation.hasPublished
        {
            let reason = self.assessment.regions[evacuation.evacuee]?.reason ?? ""
            return .refused(["\(evacuation.evacuee) is still sick, nobody is sent back there: \(reason) (S03)"])
        }
        // Of what is only unknown the first users who return tell more, rung by rung.
        if evacuation.points > 0 || evacuation.hasPublished, self.isSeenFailing(evacuation.evacuee, now),
            let refusal = self.lastHealthyRefusal(of: evacuation.plan.baseline, now)
        {
            return .refused([refusal])
        }
        self.turn(.rolledBack, because: "rollback by \(principal)", &output, now)
        return .accepted(evacuation.id, "\(evacuation.id) rolls back")
    }

    mutating func failback(_ principal: Principal, _ output: inout Output, _ now: Timestamp) -> Reply {
        guard let evacuation = self.state.evacuation else { return .refused(["nothing is evacuated"]) }
        guard evacuation.phase == .evacuated else {
            return .refused(["\(evacuation.id) is \(evacuation.phase.rawValue); failback begins from evacuated"])
        }
        let findings = self.standing(self.returnFindings(evacuation, now))
        guard findings.ruling.isPermitted else { return .refused(findings.refusals) }
        self.turn(.done, because: "failback by \(principal)", &output, now)
        return .accepted(evacuation.id, "\(evacuation.id): \(evacuation.evacuee) gets its users back")
    }

    mutating func pin(
        _ geography: GeographyID,
        _ isPinned: Bool,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        guard self.fleet.geographies[geography] != nil else {
            return .refused(["\(geography) is no geography of this fleet"])
        }
        self.record(.pinned(geography, isPinned, by: principal), &output, now)
        if isPinned { self.holdForPin(geography, principal, &output, now) }
        return .accepted(nil, "\(geography) is \(isPinned ? "pinned: automation leaves it alone" : "released")")
    }
}
