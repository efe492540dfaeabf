import LeewardDetection
public import LeewardModel
public import LeewardPlanning
import LeewardSafety

extension Controller {
    /// Carries a command out or says which gate refuses; people pass the same physical rules as automation.
    mutating func obey(
        _ command: Command,
        by principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        if let refusal = self.refusal(of: command, by: principal) { return .refused([refusal]) }
        return switch command {
        case .evacuate(let region, let hash): self.evacuate(region, hash, principal, &output, now)
        case .shift(let geography, let target, let points):
            self.shift(geography, to: target, points, principal, &output, now)
        case .approve(let id, let hash): self.approve(id, hash, principal, &output, now)
        case .hold(let reason): self.hold(onRequest: reason, principal, &output, now)
        case .resume: self.resume(principal, &output, now)
        case .rollback: self.rollback(principal, &output, now)
        case .failback: self.failback(principal, &output, now)
        case .pin(let geography, let isPinned): self.pin(geography, isPinned, principal, &output, now)
        case .kill(let isKilled):
            {
                self.record(.killed(isKilled, by: principal), &output, now)
                let text = "the kill switch is \(isKilled ? "on: no new effect leaves" : "off")"
                self.tell(isKilled ? .page : .warning, "\(text) (\(principal))", &output)
                return .accepted(nil, text)
            }()
        case .acknowledge:
            {
                self.record(.acknowledged(by: principal), &output, now)
                return .accepted(nil, "acknowledged; the block window is lifted")
            }()
        case .deployed(let deploy): self.note(deploy, principal, &output, now)
        case .override(let rules, let region, let hash):
            self.override(rules, region, hash, principal, &output, now)
        }
    }

    // MARK: - Begin

    /// `agreedBy`: the second person, where one has to agree (S31).
    mutating func evacuate(
        _ region: RegionID,
        _ hash: String?,
        overriding rules: [Rule] = [],
        _ principal: Principal,
        agreedBy second: Principal? = nil,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        if let active = self.state.evacuation, active.evacuee == region, active.phase == .relieving,
            !self.state.isKilled, rules.isEmpty, second == nil
        {
            if let refusal = self.refusalToHarden(by: principal) { return .refused([refusal]) }
            if let hash, hash != active.plan.hash, self.stands(.planHash) {
                return .refused(["the plan of \(active.id) is \(active.plan.hash), not \(hash) (S35)"])
            }
            self.record(.approved(active.id, by: principal, planHash: active.plan.hash), &output, now)
            self.enter(.proposed, because: "\(principal) turns the relief into an evacuation", &output, now)
            return .accepted(active.id, "\(active.id): the relief of \(region) becomes an evacuation")
        }
        switch self.preview(of: region, at: now) {
        case .failure(let problem): return .refused(["\(problem.description) (\(problem.rule.rawValue))"])
        case .success(let preview):
            if let hash, hash != preview.hash, self.stands(.planHash) {
                return .refused(["the plan is \(preview.hash) now, not \(hash); look at it again (S35)"])
            }
            let findings = self.excused(preview.findings, rules)
            guard findings.ruling.isPermitted else {
                self.record(.refused(region, by: principal, findings: findings), &output, now)
                return .refused(findings.refusals)
            }
            if second == nil, self.needsSecond(toEmpty: region) || !rules.isEmpty && !self.isByHand {
                let command =
                    rules.isEmpty
                    ? Command.evacuate(region, planHash: preview.hash)
                    : .override(rules, region, planHash: preview.hash)
                return self.ask(command, preview.plan, principal, &output, now)
            }
            let isPlanned = self.health(region) != .sick
            self.open(
                preview.plan,
                origin: .command(principal),
                isPlanned: isPlanned,
                phase: .proposed,
                findings: findings,
                overriding: rules,
                &output,
                now
            )
            return self.approveAtOnce(second ?? principal, "\(region) is being evacuated", &output, now)
        }
    }

    /// `agreedBy`: the second person and the plan that they named, where one has to agree (S31).
    mutating func shift(
        _ geography: GeographyID,
        to target: RegionID,
        _ points: Int,
        _ principal: Principal,
        agreedBy second: (Principal, String)? = nil,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        let shares = self.state.shares[geography]
        let source = shares?.shares.max { ($0.1, $1.0.text) < ($1.1, $0.0.text) }?.0
        do throws(PlanProblem) {
            let plan = try Planner.shift(
                geography,
                from: source ?? target,
                to: target,
                points: points,
                fleet: self.fleet,
                shares: self.state.shares,
                entries: self.state.entries,
                arrivals: self.arrivals(now)
            )
            let context = self.startContext(plan.evacuee, isAutomatic: false, isRelief: true, now)
            let findings = self.standing(
                StartGates.findings(context) + self.shareFindings(plan, now) + [self.knownWorld(now)]
            )
            guard findings.ruling.isPermitted else {
                self.record(.refused(plan.evacuee, by: principal, findings: findings), &output, now)
                return .refused(findings.refusals)
            }
            if let second, second.1 != plan.hash {
                return .refused(["the plan is \(plan.hash) now, not \(second.1); ask again (S35)"])
            }
            if second == nil, self.needsSecond(toMove: points) {
                return self.ask(.shift(geography, to: target, points: points), plan, principal, &output, now)
            }
            self.open(
                plan,
                origin: .command(principal),
                isPlanned: true,
                phase: .proposed,
                findings: findings,
                &output,
                now
            )
            return self.approveAtOnce(second?.0 ?? principal, "\(geography) moves to \(target)", &output, now)
        } catch {
            return .refused(["\(error.description) (\(error.rule.rawValue))"])
        }
    }

    /// Who asked has seen the plan and confirmed it; that is the approval.
    private mutating func approveAtOnce(
        _ principal: Principal,
        _ sentence: String,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        guard let evacuation = self.state.evacuation else { return .refused(["it ended at once"]) }
        self.record(
            .approved(evacuation.id, by: principal, planHash: evacuation.plan.hash),
            &output,
            now
        )
        return .accepted(evacuation.id, "\(evacuation.id): \(sentence), plan \(evacuation.plan.hash)")
    }

    private mutating func approve(
        _ id: EvacuationID,
        _ hash: String?,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        if let request = self.state.request, request.id == id {
            return self.agree(to: request, hash, principal, &output, now)
        }
        guard let evacuation = self.state.evacuation, evacuation.id == id else {
            return .refused(["\(id) is not active"])
        }
        guard evacuation.workingPhase == .proposed else {
            return .refused(["\(id) is \(evacuation.phase.rawValue); only a proposed one waits for approval"])
        }
        guard hash != nil || self.fleet.people == nil || !self.stands(.roles) else {
            return .refused(["an approval names its plan: \(id) waits for plan \(evacuation.plan.hash) (S31)"])
        }
        if let hash, hash != evacuation.plan.hash {
            return .refused(["the plan of \(id) is \(evacuation.plan.hash), not \(hash) (S35)"])
        }
        self.record(.approved(id, by: principal, planHash: evacuation.plan.hash), &output, now)
        guard evacuation.phase == .held else { return .accepted(id, "\(id) is approved") }
        // Only gates for automation held it, and a person has decided.
        self.record(.resumed(id, by: principal), &output, now)
        return .accepted(id, "\(id) is approved and goes on")
    }

    // MARK: - Look before

    /// The plan as it would be carried out now, with every gate's answer; changes nothing.
    public func preview(of region: RegionID, at now: Timestamp) -> Result<PlanPreview, PlanProblem> {
        do throws(PlanProblem) {
            let plan = try self.plan(evacuating: region, isPlanned: self.health(region) != .sick, now)
            let loads = self.loads(under: plan.shares(at: plan.final), plan.receivers, now)
            var injections = SortedMap<ClusterID, Int>()
            var starts = SortedMap<ClusterID, Int>()
            for load in loads where load.missing > 0 {
                let own =
                    self.observed.capacity(load.cluster.region, at: now)?.instances
                    .filter { $0.service == load.cluster.service } ?? []
                let dark = self.usableStock(own, live: own.filter { $0.membership == .live }).count
                if min(dark, load.missing) > 0 { injections[load.cluster] = min(dark, load.missing) }
                if load.missing > dark { starts[load.cluster] = load.missing - dark }
            }
            var findings = StartGates.findings(
                self.startContext(region, isAutomatic: false, isRelief: true, now)
            )
            findings += self.shareFindings(plan, now)
            findings.append(self.knownWorld(now))
            return .success(
                PlanPreview(
                    plan: plan,
                    hash: plan.hash,
                    loads: loads.map(Self.finite),
                    injections: injections,
                    coldStarts: starts,
                    findings: self.standing(findings)
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// Warm, well for long enough, and known: only then may users return (S25).
    func returnFindings(_ evacuation: Evacuation, _ now: Timestamp) -> [Finding] {
        let limits = self.fleet.limits
        let evacuee = evacuation.evacuee
        let good = self.assessment.probesGoodSince[evacuee].map { now - $0 }
        let isSick = self.health(evacuee) == .sick
        let short = self.loads(under: evacuation.plan.baseline, [evacuee], now).first { !$0.isCovered }
        return [
            Finding(
                .s25,
                "its probes have been good for \(good ?? .zero)",
                stoppedBy: "probes good for less than \(limits.stableFor)",
                refusal: isSick && !evacuation.isPlanned
                    ? "\(evacuee) is sick: \(self.assessment.regions[evacuee]?.reason ?? "")"
                    : (good ?? .zero) < limits.stableFor
                        ? "\(evacuee) has had good probes for \(good ?? .zero); \(limits.stableFor) are needed" : nil
            ),
            Finding(
                .s06,
                short.map { "\($0.cluster) has \($0.ready) ready" } ?? "\(evacuee) is warm for all that returns",
                stoppedBy: "a cluster that is too small for what returns",
                // Unknown is no reason to begin, a shortage is: cold starts are ordered on the way, rung by rung.
                refusal: nil
            ),
        ]
    }

    /// Why these shares would leave a geography without a region that works; nil where they would not (S03).
    func lastHealthyRefusal(of shares: ShareTable, _ now: Timestamp) -> String? {
        let context = self.shareContext(to: shares, isReturn: true, now)
        return self.standing(ShareGates.findings(context).filter { $0.rule == .s03 }).refusals.first
    }

    /// Capacity is asked before each rung, on what is ready then; before the start it would only be a guess.
    private func shareFindings(_ plan: Plan, _ now: Timestamp) -> [Finding] {
        let findings = ShareGates.findings(self.shareContext(to: plan.shares(at: plan.final), now))
        return findings.filter { $0.rule != .s06 }
    }

    /// JSON has no infinity; what is not known shows as minus one.
    static func finite(_ load: ClusterLoad) -> ClusterLoad {
        var load = load
        if !load.predicted.isFinite { load.predicted = -1 }
        return load
    }
}
