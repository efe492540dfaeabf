import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// Times that one evacuation may turn back from a savior and out again towards others (SC07).
    static let mostReversals = 2
    /// A hold of the controller's own that is older than this is a person's.
    static let goesOnWithin = Span.minutes(5)

    /// Goes on without saviors that have failed what they got: their part goes home and climbs again towards the others.
    ///
    /// Returns why not, as a sentence with numbers; nil where it was done.
    mutating func leaveOut(
        _ failed: [RegionID],
        because reason: String,
        _ evacuation: Evacuation,
        _ output: inout Output,
        _ now: Timestamp
    ) -> String? {
        let names = failed.map(\.text).joined(separator: " and ")
        guard !failed.isEmpty else { return "which savior fails is not known" }
        switch self.without(failed, evacuation, now) {
        case .no(let refusal): return "\(names) is not left out: \(refusal)"
        case .plan(let plan, let points, let room):
            let text = "\(reason); \(room)"
            let wasHeld = evacuation.phase == .held
            self.record(.replanned(evacuation.id, plan, without: failed, reason: text), &output, now)
            guard let next = self.state.evacuation else { return nil }
            self.openRung(points, next, &output, now)
            let goesOn = wasHeld ? "goes on again" : "goes on"
            self.page("\(evacuation.id) \(goesOn) without \(names): \(text)", &output, now)
            return nil
        }
    }

    /// No proof within the time for one: who has failed or kept most of what was sent there is left out, or it is held (S07).
    mutating func leaveUnprovenOut(
        _ evacuation: Evacuation,
        _ sentence: String,
        _ output: inout Output,
        _ now: Timestamp
    ) {
        let limit = self.fleet.limits.soakMax
        guard let soak = self.soak, let loadedAt = soak.loadedAt, now - loadedAt > limit else { return }
        let reason = "no proof within \(limit): \(sentence) (S07)"
        let wanting = Proof.wanting(self.evidence(evacuation, soak, now))
        guard !wanting.isEmpty, !evacuation.isPlanned else {
            self.hold(reason, &output, now)
            return
        }
        guard let refusal = self.leaveOut(wanting, because: reason, evacuation, &output, now) else { return }
        self.failedSaviors = wanting
        self.hold("\(reason); \(refusal)", &output, now)
    }

    /// What the controller holds because saviors failed goes on without them once the evacuee alone is sick again.
    ///
    /// Only where next to nobody is with them any more, and as long as a person who was called may be expected to look first.
    mutating func goOnWithoutTheFailed(_ output: inout Output, _ now: Timestamp) {
        guard self.state.evacuation?.phase == .held, let evacuation = self.state.evacuation,
            let failed = evacuation.failedSaviors, now - evacuation.phaseSince <= Self.goesOnWithin,
            let held = evacuation.heldBecause
        else { return }
        let present = evacuation.plan.shares(at: evacuation.points)
        let canary = evacuation.plan.ladder.first ?? 0
        let guests = evacuation.plan.saviors.keys.map { geography in
            failed.reduce(0) {
                $0 + (present[geography]?[$1] ?? 0) - (evacuation.plan.baseline[geography]?[$1] ?? 0)
            }
        }
        guard guests.allSatisfy({ $0 <= canary }) else { return }
        guard let refusal = self.leaveOut(failed, because: held, evacuation, &output, now) else { return }
        self.waiting = refusal
        guard self.assessment.fleet == .regional(evacuation.evacuee), self.stayedHeld != evacuation.id else { return }
        self.stayedHeld = evacuation.id
        self.page("\(evacuation.id) stays held: \(refusal)", &output, now)
    }

    /// What a look at the plan without some of its saviors gives.
    private enum Without {
        /// The plan, the rung that begins it, and who has room for it.
        case plan(Plan, points: Int, room: String)
        case no(String)
    }

    private func without(_ failed: [RegionID], _ evacuation: Evacuation, _ now: Timestamp) -> Without {
        if let refusal = self.refusalToReplan(failed, evacuation, now) { return .no(refusal) }
        let left = failed + (self.stands(.leftOut) ? evacuation.leftOut?.keys ?? [] : [])
        do throws(PlanProblem) {
            var (plan, points) = try Planner.leavingOut(
                left,
                of: evacuation.plan,
                at: evacuation.points,
                fleet: self.fleet,
                usable: self.fleet.regions.keys.filter { $0 != evacuation.evacuee && self.isWell($0, now) }
            )
            if !self.stands(.canaryAgain) { (plan.kept, points) = (nil, evacuation.points) }
            for rung in [points, plan.final] {
                let shares = plan.shares(at: rung)
                let capacity =
                    rung == points ? self.capacityLines(self.loads(under: shares, plan.receivers, now)) : []
                let findings = self.standing(
                    ShareGates.findings(self.shareContext(to: shares, capacity: capacity, now))
                )
                guard findings.ruling.isPermitted else { return .no(findings.refusals.joined(separator: "; ")) }
            }
            return self.room(for: plan, points, now)
        } catch {
            return .no("\(error.description) (\(error.rule.rawValue))")
        }
    }

    /// Why nobody may be left out now; nil where that is only a question of room.
    private func refusalToReplan(_ failed: [RegionID], _ evacuation: Evacuation, _ now: Timestamp) -> String? {
        let working = evacuation.workingPhase
        guard !evacuation.isPlanned, !evacuation.isDNSOnly, !evacuation.isReturning, !evacuation.hasPublished,
            working == .relieving || working == .preparing || working == .shifting
        else { return "that is done at the edges alone, before names are published (S08)" }
        if let person = evacuation.approvedBy, person != .automation {
            return "\(person) approved plan \(evacuation.plan.hash) and no other (S35)"
        }
        let replans = evacuation.replans ?? 0
        guard replans < Self.mostReversals || !self.stands(.reversals) else {
            return "it has turned back \(replans) times, the limit is \(Self.mostReversals) (S08)"
        }
        guard self.assessment.fleet == .regional(evacuation.evacuee) else {
            return "the verdict is \(self.assessment.fleet): \(self.assessment.reason) (S19)"
        }
        let moved = evacuation.plan.saviors.filter { _, weights in failed.contains { weights[$0] ?? 0 > 0 } }.map(\.0)
        if let pinned = moved.first(where: { self.state.pinned.contains($0) }) { return "\(pinned) is pinned (S30)" }
        guard !self.isByHand, self.stands(.signature) else { return nil }
        // What follows the traffic would follow it to a third region.
        return self.signatureRefusal(evacuation, failed, now).map { "\($0) (S41)" }
    }

    /// Ready instances and ready stock must carry all of it; each rung then asks for the ready ones alone (S06).
    private func room(for plan: Plan, _ points: Int, _ now: Timestamp) -> Without {
        var tightest: (spare: Int, text: String)?
        for load in self.loads(under: plan.shares(at: plan.final), plan.receivers, now) {
            let own = (self.observed.instances(of: load.cluster, at: now) ?? []).filter { $0.state != .failed }
            let chosen = self.state.evacuation?.injected[load.cluster] ?? []
            let usable = self.usableStock(own, live: own.filter { $0.membership == .live })
            let stock = own.count { $0.membership != .live && (chosen.contains($0.id) || usable.contains($0.id)) }
            guard load.predicted.isFinite else { return .no("what \(load.cluster) will need is not known (S06)") }
            let text =
                "\(load.cluster) has \(load.ready) ready and \(stock) in stock of \(load.needed) needed for "
                + "\(Int(load.predicted.rounded())) requests/s"
            guard load.ready + stock >= load.needed || !self.stands(.capacity) else { return .no(text + " (S06)") }
            let spare = load.ready + stock - load.needed
            if spare < tightest?.spare ?? .max { tightest = (spare, text) }
        }
        guard let tightest else { return .no("no critical cluster is known (S06)") }
        return .plan(plan, points: points, room: tightest.text + " (S06)")
    }
}
