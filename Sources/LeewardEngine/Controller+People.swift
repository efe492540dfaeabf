import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// Why this person may not say this; nil where they may, and in a fleet that names nobody (S31).
    func refusal(of command: Command, by principal: Principal) -> String? {
        guard let people = self.fleet.people, self.stands(.roles) else { return nil }
        // News, not an order.
        if case .deployed = command { return nil }
        guard let role = people.roles[principal] else {
            return "\(principal) has no role in this fleet; the fleet file names who has one (S31)"
        }
        switch role {
        case .viewer: return "\(principal) is a viewer and may only look (S31)"
        case .operator:
            // By hand nobody else is asked.
            guard case .approve = command, !self.isByHand else { return nil }
            let approvers = people.roles.filter { $0.1 == .approver }.map(\.0.text)
            let list = approvers.isEmpty ? "nobody" : approvers.joined(separator: ", ")
            return "\(principal) is an operator; approving takes an approver: \(list) (S31)"
        case .approver: return nil
        }
    }

    /// True where a second person has to agree: outside of what policy lets automation do at this moment, and never by hand.
    func needsSecond(toEmpty region: RegionID) -> Bool {
        guard self.fleet.people != nil, !self.isByHand else { return false }
        return self.fleet.policy.evacuation != .act || self.assessment.fleet != .regional(region)
    }

    func needsSecond(toMove points: Int) -> Bool {
        guard let people = self.fleet.people, !self.isByHand else { return false }
        return points > people.aloneUpTo
    }

    /// Who may turn a relief into an evacuation, which policy has not approved, is who may approve one.
    func refusalToHarden(by principal: Principal) -> String? {
        guard let people = self.fleet.people, self.stands(.roles), !self.isByHand,
            self.fleet.policy.evacuation != .act, people.roles[principal] != .approver
        else { return nil }
        return "turning a relief into an evacuation takes an approver, and \(principal) is none (S31)"
    }

    // MARK: - Ask and agree

    /// Writes down what waits for a second person; the newest request replaces an older one.
    mutating func ask(
        _ command: Command,
        _ plan: Plan,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        let within = self.fleet.people?.approvalWithin ?? .zero
        if let open = self.state.request, open.command == command, open.planHash == plan.hash, open.by != principal,
            self.age(ofRequest: now) <= within
        {
            return .refused(["\(open.by) asked for the same; `leeward approve \(open.id)` agrees to it (S31)"])
        }
        let id = EvacuationID("e\(self.state.openedCount + 1)")
        let request = Request(id: id, command: command, by: principal, planHash: plan.hash)
        self.record(.asked(request), &output, now)
        let text =
            "\(id) waits for a second person: an approver who is not \(principal) says `leeward approve \(id)` for plan "
            + "\(plan.hash) within \(within); nothing has begun (S31)"
        self.tell(.warning, text, &output)
        return .accepted(nil, text)
    }

    /// The second person's word: another person, the same plan, in time, and only once.
    mutating func agree(
        to request: Request,
        _ hash: String?,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        guard principal != request.by || !self.stands(.twoPeople) else {
            return .refused(["\(principal) asked for \(request.id); somebody else has to approve it (S31)"])
        }
        guard let hash else {
            return .refused(["an approval names its plan: \(request.id) waits for plan \(request.planHash) (S31)"])
        }
        guard hash == request.planHash else {
            return .refused(["\(request.id) waits for plan \(request.planHash), not \(hash) (S35)"])
        }
        let within = self.fleet.people?.approvalWithin ?? .zero
        let age = self.age(ofRequest: now)
        guard age <= within || !self.stands(.approvalExpires) else {
            return .refused(["\(request.id) was asked for \(age) ago, more than \(within); ask again (S31)"])
        }
        switch request.command {
        case .evacuate(let region, _):
            return self.evacuate(region, hash, request.by, agreedBy: principal, &output, now)
        case .override(let rules, let region, _):
            return self.evacuate(region, hash, overriding: rules, request.by, agreedBy: principal, &output, now)
        case .shift(let geography, let target, let points):
            return self.shift(
                geography,
                to: target,
                points,
                request.by,
                agreedBy: (principal, hash),
                &output,
                now
            )
        case .approve, .hold, .resume, .rollback, .failback, .pin, .kill, .acknowledge, .deployed:
            return .refused(["\(request.id) is nothing that a second person agrees to"])
        }
    }

    private func age(ofRequest now: Timestamp) -> Span { self.state.requestedAt.map { now - $0 } ?? .zero }

    // MARK: - Overrides

    /// Empties a region although some gates refuse: never a physical rule, and never one person alone (S31).
    mutating func override(
        _ rules: [Rule],
        _ region: RegionID,
        _ hash: String?,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        let hard = rules.filter { !Rule.overridable.contains($0) }.map(\.rawValue)
        let soft = Rule.overridable.map(\.rawValue).joined(separator: " and ")
        guard hard.isEmpty || !self.stands(.overridable) else {
            let names = hard.joined(separator: ", ")
            return .refused(["\(names) holds for everybody; only \(soft) can be overridden (S31)"])
        }
        guard !rules.isEmpty else { return .refused(["name what to override: \(soft) (S31)"]) }
        guard self.fleet.people != nil || self.isByHand else {
            return .refused(["an override needs two people, and the fleet file names none (S31)"])
        }
        return self.evacuate(region, hash, overriding: rules, principal, &output, now)
    }

    /// The findings with those refusals turned into words that two people have agreed to pass over.
    func excused(_ findings: [Finding], _ rules: [Rule]) -> [Finding] {
        guard !rules.isEmpty else { return findings }
        return findings.map { finding in
            guard case .refuses(let rule, let reason) = finding.ruling, rules.contains(rule) else { return finding }
            return Finding(rule, "overridden: \(reason)", stoppedBy: finding.stoppedBy)
        }
    }

    // MARK: - Pins

    private static let moving: [Phase] = [
        .relieving, .proposed, .approved, .preparing, .shifting, .publishing, .settling, .returning,
    ]

    /// A pin on what automation is moving stops it where it stands: a person's word comes first (S30).
    mutating func holdForPin(
        _ geography: GeographyID,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) {
        guard self.stands(.pinnedMidway), let evacuation = self.state.evacuation, evacuation.origin.isAutomatic,
            evacuation.plan.saviors[geography] != nil
        else { return }
        // What the controller held by itself is a person's from now on, sick saviors or not.
        self.isHeldByItself = false
        guard Self.moving.contains(evacuation.phase) else { return }
        let reason = "\(principal) pinned \(geography), which it moves; `leeward resume` goes on all the same (S30)"
        self.hold(reason, &output, now)
        self.isHeldByItself = false
    }
}
