import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// A rung outwards opens only on readings of its receivers that are newer than this; they are read once a second or oftener.
    private static let news = Span.seconds(2)
    /// Two reports in a row.
    private static let newest = Span.milliseconds(1500)
    /// Below this part of good requests an edge has counted the trouble itself.
    private static let poorlyServed = 0.9

    /// One look at the ladder outwards: proves the open rung, opens the next, or says why not.
    ///
    /// True at the top, proven.
    @discardableResult
    mutating func climb(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) -> Bool {
        // What was taken from a savior that failed is taken from it everywhere BEFORE another one gets it (S16).
        if evacuation.points == 0, evacuation.leftOut != nil, !self.isLoadedEverywhere(now) { return false }
        if evacuation.points > 0, self.stands(.proof) {
            guard self.isLoadedEverywhere(now) else { return false }
            switch self.proof(evacuation, now) {
            case .open(let sentence):
                self.waiting = sentence + " (S07)"
                self.leaveUnprovenOut(evacuation, sentence, &output, now)
                return false
            case .breach(let rule, let sentence) where self.stands(.retreat):
                self.retreat(evacuation, rule, sentence, &output, now)
                return false
            case .positive(let sentence), .breach(_, let sentence):
                if self.soak?.isProven != true {
                    self.soak?.isProven = true
                    self.record(.proven(evacuation.id, points: evacuation.points, evidence: sentence), &output, now)
                }
            }
        }
        guard evacuation.points < evacuation.plan.final else { return true }
        // What is well again gets its users back soon; nobody is sent after those who already left (S44).
        if evacuation.phase == .relieving, self.health(evacuation.evacuee) == .healthy {
            self.waiting = "\(evacuation.evacuee) is well; its relief goes no further"
            return false
        }
        if let reason = self.servesWell(evacuation, now) {
            self.waiting = reason
            self.holdIfRefusedForLong(reason, evacuation, &output, now)
            return false
        }
        // Fresh evidence of all regions: no verdict is not a yes (S07).
        for region in self.fleet.regions.keys where region != evacuation.evacuee && !self.isCalledWell(region) {
            let reason = self.assessment.regions[region]?.reason ?? "no evidence yet"
            let refusal = "\(region) is \(self.health(region).rawValue): \(reason) (S07)"
            self.waiting = refusal
            // A drill that nobody can let go on is held; with users who suffer it is worth waiting (L02).
            if evacuation.isPlanned, self.health(region) == .unknown {
                self.holdIfRefusedForLong(refusal, evacuation, &output, now)
            }
            return false
        }
        if let reason = self.failing(evacuation.plan.receivers, now) {
            self.waiting = reason
            self.holdIfRefusedForLong(reason, evacuation, &output, now)
            return false
        }
        // An edge that has fallen silent may be dead: what was counted before then says nothing of the users to come.
        for region in evacuation.plan.receivers {
            guard let seenAt = self.observed.edgeSeenAt(region), now - seenAt >= Self.news else { continue }
            self.waiting = "the edge of \(region) has said nothing for \(now - seenAt) (S07)"
            return false
        }
        guard !self.waitsForSignature(evacuation, &output, now) else { return false }
        guard let points = self.nextRung(evacuation, now) else { return false }
        self.openRung(points, evacuation, &output, now)
        return false
    }

    /// Why more users would leave what serves them; nil where the evacuee does not, or nobody can say so.
    ///
    /// Its own edge and its newest bucket both speak of now; that it is called sick may be of a minute ago (S07, S44). Where the
    /// edge itself has counted the trouble, its newest second is enough.
    private func servesWell(_ evacuation: Evacuation, _ now: Timestamp) -> String? {
        let isSeenByEdge = evacuation.evacueeGood < Self.poorlyServed && self.stands(.goHome)
        guard !evacuation.isPlanned, isSeenByEdge || self.detector.served(by: evacuation.evacuee)?.badRun == 0,
            let good = self.goodPart(
                servedBy: evacuation.evacuee,
                within: isSeenByEdge ? Self.newest : .seconds(4),
                now
            ), good >= Self.wellServed
        else { return nil }
        let part = "\(evacuation.evacuee) serves \(Int((good * 100).rounded())) % of its users' requests"
        return "\(part); no savior can be proven better (S07)"
    }

    /// Without an edge that answers there is nothing to move by degrees: the saviors' own tables change, and DNS follows (S05).
    mutating func climbForDNS(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        let plan = evacuation.plan
        // What answers again is no dead edge: its users would leave what may serve them for good (S05, S44).
        guard self.carriesNothing(evacuation.evacuee, now) || !self.stands(.deadEdge) else {
            self.leaveAlone(evacuation, &output, now)
            return
        }
        guard let reached = self.nextRung(evacuation, now, onlyFinal: true) else {
            self.holdIfUncounted(evacuation, &output, now)
            return
        }
        for region in plan.receivers where !self.isCalledWell(region) {
            self.waiting = "\(region) is \(self.health(region).rawValue) (S07)"
            return
        }
        if let reason = self.failing(plan.receivers, now) {
            self.waiting = reason
            self.holdIfRefusedForLong(reason, evacuation, &output, now)
            return
        }
        self.openRung(reached, evacuation, &output, now)
        if self.state.evacuation?.points == plan.final, plan.publishes {
            self.enter(.publishing, because: "DNS alone can shift: the edge does not answer", &output, now)
        }
    }

    /// A shortage is mended by cold starts, and users whom nobody has counted by nothing that could be waited for (L02).
    private mutating func holdIfUncounted(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        let arrivals = self.arrivals(now)
        guard self.stands(.arrivalsKnown),
            let geography = evacuation.plan.saviors.keys.first(where: { arrivals[$0] == nil })
        else { return }
        let reason = "nobody has counted the users of \(geography), nor does the metric say how many come (S06)"
        self.waiting = reason
        self.holdIfRefusedForLong(reason, evacuation, &output, now)
    }

    /// Nobody has been moved by a shift that DNS alone should carry, and the edge answers again: it ends, or a person looks.
    private mutating func leaveAlone(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        let reason = "the edge of \(evacuation.evacuee) answers again; DNS moves nobody away from it"
        self.waiting = reason
        if let since = self.assessment.probesGoodSince[evacuation.evacuee], self.health(evacuation.evacuee) != .sick,
            now - since >= self.fleet.limits.reliefReturnAfter, evacuation.points == 0
        {
            self.turn(.rolledBack, because: "\(reason); its probes have been good for \(now - since)", &output, now)
            return
        }
        self.holdIfRefusedForLong(reason, evacuation, &output, now)
    }

    /// The next rung that ready capacity carries; nil with `waiting` set where none does.
    private mutating func nextRung(_ evacuation: Evacuation, _ now: Timestamp, onlyFinal: Bool = false) -> Int? {
        let plan = evacuation.plan
        let good = self.goodPart(servedBy: evacuation.evacuee, now) ?? evacuation.evacueeGood
        let isHarmful = !evacuation.isPlanned && min(good, evacuation.evacueeGood) < 0.5
        // Between the canary and the top no rung teaches more while users fail and the saviors have proven room (S05). Where
        // one has failed already, each rung is proven.
        let mayLeap = isHarmful && evacuation.points > 0 && evacuation.leftOut == nil
        if onlyFinal || mayLeap, self.shortage(at: plan.final, plan, now) == nil {
            return plan.final
        }
        let ladder = self.stands(.canary) ? plan.ladder : Array(plan.ladder.dropFirst())
        guard !onlyFinal, let next = (ladder + [plan.final]).first(where: { $0 > evacuation.points }) else {
            self.waiting = self.shortage(at: plan.final, plan, now).map(Self.sentence) ?? "no rung is left"
            return nil
        }
        if let short = self.shortage(at: next, plan, now) {
            self.waiting = Self.sentence(short)
            return nil
        }
        return next
    }

    private func shortage(at points: Int, _ plan: Plan, _ now: Timestamp) -> ClusterLoad? {
        guard self.stands(.capacity) else { return nil }
        return self.loads(under: plan.shares(at: points), plan.receivers, onlyShort: true, now).first
    }

    private static func sentence(_ load: ClusterLoad) -> String {
        "\(load.cluster) has \(load.ready) ready of \(load.needed) needed (S06)"
    }

    /// Makes the shares at `points` the ones that should be in force, or sets `waiting` where a gate refuses.
    ///
    /// - Parameters:
    ///   - takingBack: A sick savior's part goes home; nobody is asked whether the region it came from has room for it (S41).
    ///   - failing: Saviors that are proven to serve these users worse than home does: to leave them takes nothing away (S03).
    mutating func openRung(
        _ points: Int,
        _ evacuation: Evacuation,
        takingBack: Bool = false,
        proven failing: [RegionID] = [],
        _ output: inout Output,
        _ now: Timestamp
    ) {
        let shares = evacuation.plan.shares(at: points)
        // A rung back gives the saviors less: what they have ready is no reason to leave everything there.
        let isLess = takingBack || !evacuation.isReturning && points < evacuation.points
        let growing = isLess ? [] : evacuation.isReturning ? [evacuation.evacuee] : evacuation.plan.receivers
        var context = self.shareContext(
            to: shares,
            capacity: self.capacityLines(self.loads(under: shares, growing, now)),
            isReturn: evacuation.isReturning || isLess,
            now
        )
        context.failing += failing
        let gates = self.standing(ShareGates.findings(context))
        let findings = self.excused(gates, evacuation.overrides ?? [])
        guard findings.ruling.isPermitted else {
            let refusals = findings.refusals.joined(separator: "; ")
            self.waiting = refusals
            self.holdIfRefusedForLong(refusals, evacuation, &output, now)
            return
        }
        let generation = self.nextGeneration(now)
        self.record(
            .rung(evacuation.id, points: points, generation, shares, findings: findings),
            &output,
            now
        )
        self.soak = nil
        self.tell(.info, "\(evacuation.id) rung \(points) bp, generation \(generation)", &output)
    }

    /// What a gate has refused for as long as a soak may take is not mended by waiting: a person is called (L02).
    mutating func holdIfRefusedForLong(
        _ refusals: String,
        _ evacuation: Evacuation,
        _ output: inout Output,
        _ now: Timestamp
    ) {
        // On the way back only the last region that works is not waited for: cold starts take as long as they take.
        let isForGood = evacuation.phase == .returning && refusals.contains("(\(Rule.s03.rawValue))")
        guard [.shifting, .publishing].contains(evacuation.phase) || isForGood else { return }
        let since = max(evacuation.phaseSince, self.soak?.loadedAt ?? evacuation.phaseSince)
        guard now - since > self.fleet.limits.soakMax else { return }
        self.hold("no rung can be opened: \(refusals)", &output, now)
    }

    /// Above everything ever intended or seen: an old journal must not reuse a number that an edge already holds.
    private func nextGeneration(_ now: Timestamp) -> Generation {
        var highest = self.state.generation
        for region in self.fleet.regions.keys {
            if let accepted = self.observed.edge(region, at: now)?.accepted.generation {
                highest = max(highest, accepted)
            }
        }
        return highest.next
    }

    /// One rung back, or all the way where nothing is sick, and a person is called (S08).
    private mutating func retreat(
        _ evacuation: Evacuation,
        _ rule: Rule,
        _ sentence: String,
        _ output: inout Output,
        _ now: Timestamp
    ) {
        let reason = "\(sentence) (\(rule.rawValue))"
        if evacuation.isPlanned {
            self.page("\(evacuation.id) rolls back: \(reason)", &output, now)
            self.turn(.rolledBack, because: reason, &output, now)
            return
        }
        let failing = self.soak.map { Proof.failing(self.evidence(evacuation, $0, now)) } ?? []
        let refusal = self.leaveOut(failing, because: reason, evacuation, &output, now)
        guard let refusal else { return }
        self.failedSaviors = failing
        // A part of what fails is no step back where the savior serves nothing at all.
        if let left = self.takeBack(evacuation, isProven: true, &output, now) {
            self.hold("\(left); \(reason); \(refusal)", &output, now)
            return
        }
        let lower = (evacuation.plan.ladder.last { $0 < evacuation.points }) ?? 0
        // Below the canary nobody is left with a savior that may work: only a home that serves, or that is proven to serve more
        // than what the canary got, is better (S03, S44).
        let isWorse = self.isWorseThanHome(evacuation, now)
        if lower > 0 || isWorse || self.servesNow(evacuation.evacuee, now) {
            self.openRung(lower, evacuation, proven: isWorse ? failing : [], &output, now)
        }
        self.hold("\(reason); \(refusal)", &output, now)
    }

    /// True where what moved fails more than what stayed, at the error of the tests that end a soak (S07).
    private func isWorseThanHome(_ evacuation: Evacuation, _ now: Timestamp) -> Bool {
        guard let soak = self.soak else { return false }
        let evidence = self.evidence(evacuation, soak, now)
        let moved = evidence.moved.values.reduce(RequestCounts()) { $0 + $1 }
        let failing = 1 - evidence.evacueeGood
        return Proof.isBetter(good: moved.failed, of: moved.good + moved.failed, than: failing)
    }
}
