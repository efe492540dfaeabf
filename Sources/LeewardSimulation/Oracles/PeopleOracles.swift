import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S31: two people for what policy does not allow, each with the role for it; break-glass always calls somebody.
struct TwoPeople: Oracle {
    private var request: Request?
    private var askedAt: Int64 = 0
    /// The one that was just opened by a person, with whether it needs a second one.
    private var opened: (id: EvacuationID, by: Principal, needsSecond: Bool)?
    private var isPageDue = false

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        if self.isPageDue {
            self.isPageDue = false
            if case .paged = record {
            } else {
                complaints.append(Complaint(rule: .s31, detail: "break-glass begins, and nobody is called"))
            }
        }
        if case .started = record {
            self.isPageDue = scene.isByHand
            self.request = nil
        }
        if case .opened(let evacuation, _) = record {
            for rule in evacuation.overrides ?? [] where ![.s30, .s38].contains(rule) {
                complaints.append(Complaint(rule: .s31, detail: "\(evacuation.id) overrides \(rule.rawValue)"))
            }
        }
        guard let people = scene.world.fleet.people else { return }
        switch record {
        case .asked(let request):
            self.request = request
            self.askedAt = scene.now
            self.mustAct(request.by, people, &complaints)
        case .opened(let evacuation, _):
            self.opened = nil
            guard case .command(let person) = evacuation.origin else { return }
            self.mustAct(person, people, &complaints)
            let isAllowed =
                scene.world.fleet.policy.evacuation == .act && story.verdict == .regional(evacuation.evacuee)
            let isLarge = evacuation.plan.publishes ? !isAllowed : evacuation.plan.final > people.aloneUpTo
            let needs = !scene.isByHand && (isLarge || evacuation.overrides != nil)
            self.opened = (evacuation.id, person, needs)
        case .approved(let id, let person, let hash):
            guard person != .automation else { return }
            self.mustAct(person, people, &complaints)
            if let opened = self.opened, opened.id == id {
                self.opened = nil
                if opened.needsSecond { self.second(id, person, hash, opened.by, people, scene, &complaints) }
            } else if !scene.isByHand, people.roles[person] != .approver,
                !(story.phase == .relieving && scene.world.fleet.policy.evacuation == .act)
            {
                complaints.append(Complaint(rule: .s31, detail: "\(id) is approved by \(person), who is no approver"))
            }
        case .resumed(_, let person), .killed(_, let person), .pinned(_, _, let person), .acknowledged(let person):
            self.mustAct(person, people, &complaints)
        default: break
        }
    }

    private func mustAct(_ person: Principal, _ people: People, _ complaints: inout [Complaint]) {
        let role = people.roles[person]
        guard role != .operator, role != .approver else { return }
        complaints.append(Complaint(rule: .s31, detail: "\(person) acts, a \(role?.rawValue ?? "stranger")"))
    }

    private mutating func second(
        _ id: EvacuationID,
        _ person: Principal,
        _ hash: String,
        _ asker: Principal,
        _ people: People,
        _ scene: Scene,
        _ complaints: inout [Complaint]
    ) {
        var problems: [String] = []
        if person == asker { problems.append("\(person) alone") }
        if people.roles[person] != .approver { problems.append("\(person), who is no approver") }
        if self.request?.id != id { problems.append("nobody asked") }
        if self.request?.planHash != hash { problems.append("another plan than \(self.request?.planHash ?? "none")") }
        let age = scene.now - self.askedAt
        if age > people.approvalWithin.milliseconds { problems.append("\(age) ms after it was asked for") }
        // Single use.
        self.request = nil
        guard !problems.isEmpty else { return }
        let text = "\(id) begins for \(asker), approved by \(person): \(problems.joined(separator: ", "))"
        complaints.append(Complaint(rule: .s31, detail: text))
    }
}

/// S35: every rung and every entry is that of the plan that was approved, and an approval is for the plan that was named.
struct PlanBound: Oracle {
    private var named: String?

    mutating func asked(_ command: Command) {
        self.named = nil
        if case .approve(_, let hash) = command { self.named = hash }
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let active = story.active else { return }
        var plan = active.plan
        plan.abandoned = (plan.abandoned + story.abandoned).sorted()
        switch record {
        case .rung(let id, let points, _, let after, _) where after != plan.shares(at: points):
            complaints.append(Complaint(rule: .s35, detail: "\(id) rung \(points) is none of plan \(plan.hash)"))
        case .entries(let id, let geography, let regions, _, _)
        where regions != plan.entries(of: geography) && regions != plan.baselineEntries[geography]:
            let text = "\(id) publishes \(geography) at \(regions), which plan \(plan.hash) does not"
            complaints.append(Complaint(rule: .s35, detail: text))
        case .approved(let id, let person, let hash):
            if hash != plan.hash {
                complaints.append(Complaint(rule: .s35, detail: "\(id) is approved as \(hash) and is \(plan.hash)"))
            }
            if person != .automation, let named = self.named, named != hash {
                complaints.append(Complaint(rule: .s35, detail: "\(id) is approved as \(hash); \(named) was named"))
            }
        default: break
        }
    }
}

/// S11: no effect of ours ends an instance.
struct NothingEnded: Oracle {
    func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard landing.ended > 0 else { return }
        complaints.append(Complaint(rule: .s11, detail: "\(call.fence.key) ends \(landing.ended) instances"))
    }
}

/// S30: what a person pinned is not moved by automation, be it pinned before or while it moves.
struct Pins: Oracle {
    /// True from a pin on what is being moved until a person decides.
    private var isUndecided = false
    private var isAsked = false

    mutating func asked(_ command: Command) { self.isAsked = command == .rollback || command == .failback }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .opened(let evacuation, _):
            self.isUndecided = false
            guard evacuation.origin.isAutomatic else { return }
            for geography in story.pinned where evacuation.plan.saviors[geography] != nil {
                complaints.append(Complaint(rule: .s30, detail: "\(evacuation.id) moves \(geography), which is pinned"))
            }
        case .pinned(let geography, true, _):
            if story.active?.origin.isAutomatic == true, story.moved.contains(geography) { self.isUndecided = true }
        case .resumed: self.isUndecided = false
        case .turned: if self.isAsked { self.isUndecided = false }
        case .rung(let id, let points, _, let after, _):
            guard self.isUndecided else { return }
            let before = story.shares ?? scene.world.fleet.homeShares
            for geography in story.pinned where after[geography] != before[geography] {
                let text = "\(id) rung \(points) moves \(geography), which was pinned while it moved"
                complaints.append(Complaint(rule: .s30, detail: text))
            }
        case .entries(let id, let geography, _, _, _):
            guard self.isUndecided, story.pinned.contains(geography) else { return }
            let text = "\(id) publishes \(geography), which was pinned while it moved"
            complaints.append(Complaint(rule: .s30, detail: text))
        default: break
        }
    }
}
