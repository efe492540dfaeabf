import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// Lets the active evacuation go as far as it can at this moment; a few phases may pass in one step.
    mutating func advance(_ output: inout Output, _ now: Timestamp) {
        self.waiting = nil
        self.readResidual(now)
        for _ in 0..<Phase.allCases.count {
            guard let evacuation = self.state.evacuation, !self.state.isKilled else { return }
            self.unmoved = nil
            if self.abortDrill(evacuation, &output, now) { continue }
            switch evacuation.phase {
            case .relieving: self.relieve(evacuation, &output, now)
            case .proposed: self.propose(evacuation, &output, now)
            case .approved: self.enter(.preparing, because: "scale-down is frozen and stock injected", &output, now)
            case .preparing: self.prepare(evacuation, &output, now)
            case .shifting: self.shift(evacuation, &output, now)
            case .publishing: self.publish(evacuation, &output, now)
            case .settling: self.settle(evacuation, &output, now)
            case .returning: self.comeBack(evacuation, &output, now)
            case .evacuated, .held, .done, .rolledBack, .refused: return
            }
            guard let before = self.unmoved, self.state != before else { return }
        }
    }

    // MARK: - Relief

    private mutating func relieve(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard !self.holdIfGlobal(&output, now) else { return }
        let limits = self.fleet.limits
        if !self.stands(.notToSick), evacuation.points > 0, now - evacuation.phaseSince >= limits.reliefReturnAfter {
            self.turn(.done, because: "it has been relieved for a while", &output, now)
            return
        }
        // Where the saviors fail, a region that is called healthy gets its users back at once.
        let isMissed = self.health(evacuation.evacuee) == .healthy && self.isBetterAtHome(evacuation, now) != nil
        if let since = self.assessment.probesGoodSince[evacuation.evacuee], self.health(evacuation.evacuee) != .sick,
            now - since >= (isMissed ? min(limits.bucket, limits.reliefReturnAfter) : limits.reliefReturnAfter)
        {
            self.turn(.done, because: "its probes have been good for \(now - since); the blip has passed", &output, now)
            return
        }
        self.stock(evacuation, &output, now)
        if !evacuation.isDNSOnly { self.climb(evacuation, &output, now) }
        guard let current = self.state.evacuation, current.phase == .relieving else { return }
        // Neither called sick nor proven well, as after a restart: the window starts over in full (S26, L02).
        let isUnproven =
            self.assessment.sickSince[current.evacuee] == nil
            && self.assessment.probesGoodSince[current.evacuee] == nil
        self.unprovenSince = isUnproven ? self.unprovenSince ?? now : nil
        guard let since = self.assessment.sickSince[current.evacuee] ?? self.unprovenSince else { return }
        let isServed = current.points == current.plan.final && self.movedIsServed(current, now)
        let limit = isServed ? limits.hardenAfterRelieved : limits.hardenAfter
        // Users who are at home and are served need no evacuation, however long the proof of health takes.
        guard isUnproven || current.points > 0 || self.speaks(against: current.evacuee) else {
            self.waiting = "nothing speaks against \(current.evacuee) now, and it has not proven that it is well"
            return
        }
        if now - since >= limit {
            self.enter(
                .proposed,
                because: "\(current.evacuee) has been \(isUnproven ? "not well" : "sick") for \(now - since)",
                &output,
                now
            )
        }
    }

    /// True while at least one class of evidence says at this moment that the region is sick.
    private func speaks(against region: RegionID) -> Bool {
        self.assessment.regions[region].map { $0.evidence.contains { $0.weight > 0 } } ?? false
    }

    /// True while what was moved is served at 99.9 % or better: hurry would buy nothing.
    private func movedIsServed(_ evacuation: Evacuation, _ now: Timestamp) -> Bool {
        var good = 0
        var all = 0
        for region in self.fleet.regions.keys {
            guard let (old, new, _) = self.observed.ends(of: region, within: .seconds(10), at: now) else { continue }
            Self.entered(old, new, of: evacuation.plan.saviors.keys) { _, delta in
                good += delta.good
                all += delta.good + delta.failed
            }
        }
        return all > 0 && Double(good) >= Double(all) * 0.999
    }

    // MARK: - Decide

    private mutating func propose(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard evacuation.approvedBy == nil else {
            self.enter(.approved, because: "approved by \(evacuation.approvedBy?.text ?? "")", &output, now)
            return
        }
        var findings = StartGates.findings(
            self.startContext(evacuation.evacuee, isAutomatic: true, isRelief: false, now)
        )
        findings.append(
            self.signatureFinding(
                evacuation.evacuee,
                evacuation.plan.receivers,
                known: evacuation.signature,
                now
            )
        )
        // Once users are moved, what saviors lack may be what they were given (S41).
        if evacuation.points == 0 { findings += self.everybodysFindings() }
        findings = self.standing(findings)
        guard findings.ruling.isPermitted else {
            self.record(.refused(evacuation.evacuee, by: .automation, findings: findings), &output, now)
            self.hold(findings.refusals.joined(separator: "; "), &output, now)
            return
        }
        switch self.fleet.policy.evacuation {
        case .act:
            self.record(
                .approved(evacuation.id, by: .automation, planHash: evacuation.plan.hash),
                &output,
                now
            )
            self.enter(.approved, because: "policy lets automation act", findings: findings, &output, now)
        case .approve, .recommend, .observe:
            self.waiting = "waits for `leeward approve \(evacuation.id)` (plan \(evacuation.plan.hash))"
        }
    }

    // MARK: - Prepare and shift

    private mutating func prepare(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard !self.holdIfGlobal(&output, now) else { return }
        self.stock(evacuation, &output, now)
        // Nobody outside the evacuee waits for the evacuee (S23).
        for region in evacuation.plan.receivers + (self.stands(.receiversFreeze) ? [] : [evacuation.evacuee]) {
            guard let report = self.observed.capacity(region, at: now) else {
                self.waiting = "the provider of \(region) does not answer (S09)"
                return
            }
            guard report.isFrozen || !self.stands(.freeze) else {
                self.waiting = "scale-down in \(region) is not frozen yet (S09)"
                return
            }
        }
        let last = evacuation.plan.shares(at: evacuation.plan.final)
        let short = self.loads(under: last, evacuation.plan.receivers, onlyShort: true, now)
        // An emergency goes as far as capacity carries; a planned move has time to wait for all of it.
        if let first = short.first, evacuation.isPlanned {
            self.waiting = "\(first.cluster) has \(first.ready) ready of \(first.needed) needed (S06)"
            return
        }
        self.enter(
            .shifting,
            because: short.isEmpty ? "every savior is ready" : "as far as ready capacity carries",
            &output,
            now
        )
    }

    private mutating func shift(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard !self.holdIfGlobal(&output, now) else { return }
        self.stock(evacuation, &output, now)
        if evacuation.isDNSOnly, evacuation.points < evacuation.plan.final {
            self.climbForDNS(evacuation, &output, now)
            return
        }
        guard self.climb(evacuation, &output, now), let current = self.state.evacuation else { return }
        if current.plan.publishes {
            self.enter(.publishing, because: "all of it is served by \(self.receivers(current.plan))", &output, now)
        } else {
            self.enter(.evacuated, because: "the shift is complete", &output, now)
        }
    }

    // MARK: - Settle

    private mutating func settle(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard !self.holdIfGlobal(&output, now), !self.climbsAgain(evacuation, &output, now) else { return }
        let limits = self.fleet.limits
        guard let served = self.residualReading.served ?? (self.stands(.residual) ? nil : 0) else {
            self.residualGoodSince = nil
            self.waiting = "the residual cannot be measured (S39)"
            return
        }
        guard served <= limits.residual || !self.stands(.residual) else {
            self.residualGoodSince = nil
            self.waiting = "\(evacuation.evacuee) still serves \(served) bp, the limit is \(limits.residual) (S39)"
            return
        }
        let since = self.residualGoodSince ?? now
        self.residualGoodSince = since
        guard now - since >= limits.residualFor || !self.stands(.residualTime) else {
            self.waiting = "residual \(served) bp for \(now - since) of \(limits.residualFor) (S39)"
            return
        }
        self.enter(
            .evacuated,
            because: "its instances served \(served) bp of its users' requests for \(now - since)",
            &output,
            now
        )
    }

    /// Basis points of the affected geographies' requests that the evacuee's instances serve, and that enter at its edge (S39).
    ///
    /// What is above the limit while a person holds counts as well: the time that it stayed below starts over.
    private mutating func readResidual(_ now: Timestamp) {
        defer {
            let isGone = self.residualReading.served.map { $0 <= self.fleet.limits.residual } ?? false
            if !isGone, self.stands(.residual) { self.residualGoodSince = nil }
        }
        guard let evacuation = self.state.evacuation else {
            self.residualReading = (nil, nil)
            return
        }
        let evacuee = evacuation.evacuee
        var all = 0
        var served = 0
        var entered = 0
        var isEdgeKnown = false
        // A proxy that is not read may send its users to the evacuee: a gap is not none (S18).
        var isBlind = false
        // Who went home again is meant to be served there (S41).
        let moved = evacuation.plan.saviors.keys.filter { !evacuation.plan.abandoned.contains($0) }
        for region in self.fleet.regions.keys {
            guard let (old, new, _) = self.observed.ends(of: region, within: .seconds(5), at: now) else {
                isBlind =
                    isBlind || region != evacuee && self.isDoor(region, evacuation) && !self.carriesNothing(region, now)
                continue
            }
            if region == evacuee { isEdgeKnown = true }
            Self.entered(old, new, of: moved) { target, delta in
                all += delta.started
                if target == evacuee { served += delta.started }
                if region == evacuee { entered += delta.started }
            }
        }
        // A dead edge serves nobody; what its stale clients lose is counted by the clients.
        guard all > 0, !isBlind || !self.stands(.wholeResidual), isEdgeKnown || self.carriesNothing(evacuee, now) else {
            self.residualReading = (nil, nil)
            return
        }
        self.residualReading = (served * 10_000 / all, isEdgeKnown ? entered * 10_000 / all : nil)
    }

    /// True where users that an evacuation moves are served or enter.
    private func isDoor(_ region: RegionID, _ evacuation: Evacuation) -> Bool {
        if evacuation.plan.receivers.contains(region) { return true }
        for geography in evacuation.plan.saviors.keys where self.state.entries[geography]?.contains(region) ?? false {
            return true
        }
        return false
    }

    // MARK: - Shared

    mutating func turn(_ ending: Phase, because reason: String, _ output: inout Output, _ now: Timestamp) {
        guard let evacuation = self.state.evacuation else { return }
        let id = evacuation.id
        // Who was on the way back already has a rung to prove: saying it again begins nothing anew (S25).
        if !evacuation.isReturning {
            self.isUndone = evacuation.isPlanned && Self.outwardPhases.contains(evacuation.workingPhase)
        }
        self.record(.turned(id, ending: ending, reason: reason), &output, now)
        self.soak = nil
        self.hasJustTurned = !evacuation.isReturning
        self.tell(.info, "\(id) returning: \(reason)", &output)
    }
}
