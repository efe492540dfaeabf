import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// Opens a relief when one region is sick, every gate permits and policy lets automation act.
    mutating func startIfCalledFor(_ output: inout Output, _ now: Timestamp) {
        if self.assessment.fleet == .normal { self.refusedFor = [] }
        guard !self.state.isEvacuating, case .regional(let evacuee) = self.assessment.fleet else { return }
        // What was sick and has only yet to prove that it recovered is no reason to begin: its users are at home (S20).
        guard self.assessment.presentClasses.count >= 2 || !self.stands(.secondClass) else { return }
        let reason = self.assessment.regions[evacuee]?.reason ?? self.assessment.reason
        var findings = StartGates.findings(self.startContext(evacuee, isAutomatic: true, isRelief: true, now))
        findings.append(self.knownWorld(now))
        findings.append(self.signatureFinding(evacuee, Self.saviors(of: evacuee, in: self.fleet), now))
        findings += self.everybodysFindings()
        findings = self.standing(findings)
        let policy = self.fleet.policy.relief
        guard findings.ruling.isPermitted, policy == .act else {
            let sentences =
                findings.refusals
                + (policy == .act ? [] : ["policy is \(policy.rawValue) for relief; nothing starts by itself"])
            // The numbers in a reason move on; a person is called again when the reason is another one.
            let kinds =
                [evacuee.text, policy.rawValue]
                + findings.filter { !$0.isPermitted }.map { "\($0.rule.rawValue) \($0.stoppedBy)" }
            self.lastRefusal = sentences
            guard kinds != self.refusedFor else { return }
            self.refusedFor = kinds
            self.record(.refused(evacuee, by: .automation, findings: findings), &output, now)
            self.page("\(evacuee) is sick and is not relieved: \(sentences.joined(separator: "; "))", &output, now)
            return
        }
        do throws(PlanProblem) {
            let plan = try self.plan(evacuating: evacuee, isPlanned: false, now)
            self.open(
                plan,
                origin: .verdict(reason),
                isPlanned: false,
                phase: .relieving,
                findings: findings,
                &output,
                now
            )
            (self.lastRefusal, self.refusedFor) = ([], [])
        } catch {
            self.lastRefusal = [error.description]
            guard self.refusedFor != self.lastRefusal else { return }
            self.refusedFor = self.lastRefusal
            self.page("\(evacuee) is sick and there is no plan: \(error.description)", &output, now)
        }
    }

    /// A trouble that is everybody's, and below the limit in one region only, is not left behind (S19); empty without one.
    func everybodysFindings() -> [Finding] {
        guard !self.assessment.alike.isEmpty else { return [] }
        let alike = self.assessment.alike.map(\.text).joined(separator: " and ")
        return [
            Finding(
                .s19,
                "a like part is missing in \(alike)",
                stoppedBy: "another region that lacks a third as much as the sick one, beyond its own noise",
                refusal: "\(alike) lacks a like part of its users: leaving would not help"
            )
        ]
    }

    mutating func open(
        _ plan: Plan,
        origin: Origin,
        isPlanned: Bool,
        phase: Phase,
        findings: [Finding],
        overriding rules: [Rule] = [],
        _ output: inout Output,
        _ now: Timestamp
    ) {
        let id = EvacuationID("e\(self.state.openedCount + 1)")
        let isUnreachable = self.assessment.regions[plan.evacuee]?.isUnreachable ?? false
        var evacuation = Evacuation(
            id: id,
            origin: origin,
            isPlanned: isPlanned,
            isDNSOnly: plan.publishes && (isUnreachable || self.carriesNothing(plan.evacuee, now)),
            plan: plan,
            phase: phase,
            openedAt: now,
            evacueeGood: self.goodPart(servedBy: plan.evacuee, now) ?? (isPlanned ? 1 : 0.5),
            floors: self.presentFloors(now),
            signature: self.signature(of: plan.evacuee, now),
            evidence: origin.isAutomatic ? self.assessment.regions[plan.evacuee]?.evidence.map(\.written) : nil
        )
        if !rules.isEmpty { evacuation.overrides = rules }
        self.soak = nil
        self.alikeSince = nil
        self.unprovenSince = nil
        self.record(.opened(evacuation, findings: findings), &output, now)
        let how = evacuation.isDNSOnly ? ", by DNS alone: its edge does not answer" : ""
        self.tell(.info, "\(id) opens in \(phase.rawValue): \(plan.evacuee) to \(receivers(plan))\(how)", &output)
    }

    func plan(evacuating evacuee: RegionID, isPlanned: Bool, _ now: Timestamp) throws(PlanProblem) -> Plan {
        try Planner.evacuation(
            of: evacuee,
            fleet: self.plannedFleet,
            shares: self.state.shares,
            entries: self.state.entries,
            arrivals: self.arrivals(now),
            usable: self.fleet.regions.keys.filter { $0 != evacuee && self.isWell($0, now) },
            ladder: isPlanned ? self.fleet.limits.gentleLadder : self.fleet.limits.emergencyLadder
        )
    }

    func startContext(
        _ evacuee: RegionID,
        isAutomatic: Bool,
        isRelief: Bool,
        _ now: Timestamp
    ) -> StartContext {
        let limits = self.fleet.limits
        let finished = self.state.finished
        let reliefs = finished.filter {
            $0.evacuee == evacuee && $0.wasAutomatic && $0.wasRelief && now - $0.openedAt < limits.reliefWindow
        }
        // Drills and planned moves do not count (S24); an acknowledgement forgives what ended before it.
        let ends = finished.filter { !$0.wasPlanned && !$0.wasRelief }
            .map(\.endedAt)
            .filter { end in self.state.acknowledgedAt.map { end > $0 } ?? true }
        let today = finished.filter {
            $0.wasAutomatic && !$0.wasPlanned && !$0.wasRelief && now - $0.openedAt < .hours(24)
        }
        return StartContext(
            evacuee: evacuee,
            isAutomatic: isAutomatic,
            isRelief: isRelief,
            fleet: self.fleet,
            regions: self.assessment.regions,
            verdict: self.assessment.fleet,
            classes: self.corroboration(of: evacuee),
            active: self.state.evacuation.flatMap { $0.evacuee == evacuee && !isRelief ? nil : $0.id },
            isKilled: self.state.isKilled,
            pinned: self.state.pinned,
            affected: self.affected(by: evacuee),
            recentReliefs: self.stands(.reliefWindow) ? reliefs.count : 0,
            sinceLastEnd: self.stands(.blockWindow) ? ends.max().map { now - $0 } : nil,
            automaticToday: self.stands(.perDay) ? today.count : 0
        )
    }

    /// A relief was opened on corroborated evidence, which the journal holds; once its users are moved only probes can speak.
    private func corroboration(of evacuee: RegionID) -> [EvidenceClass] {
        let present = self.assessment.classes
        guard let active = self.state.evacuation, active.evacuee == evacuee, active.origin.isAutomatic,
            !present.isEmpty, !present.contains(.business)
        else { return present }
        return [.business] + present
    }

    /// The edges must hold what the journal says, or somebody else has been at work: then a person decides (S16).
    func knownWorld(_ now: Timestamp) -> Finding {
        var strange: [String] = []
        for region in self.fleet.regions.keys {
            guard let loaded = self.observed.loaded(region, at: now) else { continue }
            if loaded.shares != self.state.shares { strange.append(region.text) }
        }
        return Finding(
            .s16,
            strange.isEmpty ? "every edge that answers holds the journal's shares" : "other shares: \(strange)",
            stoppedBy: "an edge whose loaded shares differ from the journal's",
            refusal: strange.isEmpty
                ? nil : "\(strange.joined(separator: ", ")) holds other shares than the journal says"
        )
    }

    func affected(by evacuee: RegionID) -> [GeographyID] {
        self.fleet.geographies.keys.filter {
            (self.state.shares[$0]?[evacuee] ?? 0) > 0 || (self.state.entries[$0] ?? []).contains(evacuee)
        }
    }

    func receivers(_ plan: Plan) -> String { plan.receivers.map(\.text).joined(separator: " and ") }

    private func presentFloors(_ now: Timestamp) -> SortedMap<RegionID, SortedMap<ServiceID, Int>> {
        var floors = SortedMap<RegionID, SortedMap<ServiceID, Int>>()
        for region in self.fleet.regions.keys {
            guard let report = self.observed.capacity(region, at: now) else { continue }
            var counts = SortedMap<ServiceID, Int>()
            for instance in report.instances where instance.membership == .live && instance.state != .failed {
                counts[instance.service, default: 0] += 1
            }
            floors[region] = counts
        }
        return floors
    }
}
