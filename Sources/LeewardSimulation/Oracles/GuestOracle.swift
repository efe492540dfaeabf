import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S41: who was sent to a savior that then fell sick does not stay there while home is well.
struct GuestsOfTheSick: Oracle {
    /// Milliseconds until everybody knows both, and has acted.
    static let known: Int64 = 75_000
    private static let outward: [Phase] = [.relieving, .preparing, .shifting, .publishing, .settling]
    private var badSince: [Int64?] = []
    private var goodSince: [Int64?] = []
    private var isHeldByPerson = false
    private var excusedUntil: Int64 = 0
    private var told: EvacuationID?

    mutating func asked(_ command: Command) {
        if case .hold = command { self.isHeldByPerson = true }
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .opened, .resumed, .turned: self.isHeldByPerson = false
        // Another life does not know who held.
        case .started where story.phase == .held: self.isHeldByPerson = true
        default: break
        }
    }

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        self.look(scene)
        if !scene.isAlive || story.isKilled || world.trouble.regions.contains(where: { $0.isAgentSilent }) {
            self.excusedUntil = scene.now + Self.known
        }
        guard scene.now > self.excusedUntil, let active = story.active, active.id != self.told, !active.isPlanned,
            !active.isDNSOnly, !story.isReturning, story.points > 0, !self.isHeldByPerson,
            story.workingPhase.map({ Self.outward.contains($0) }) == true,
            let home = world.names.regionIndex[active.evacuee], self.lasts(self.goodSince[home], scene)
        else { return }
        for geography in story.moved {
            let saviors = (active.plan.saviors[geography] ?? [:]).filter { $0.1 > 0 }.map(\.0)
            let isBad = saviors.allSatisfy { savior in
                world.names.regionIndex[savior].map { self.lasts(self.badSince[$0], scene) } ?? false
            }
            guard isBad, !saviors.isEmpty else { continue }
            self.told = active.id
            let names = saviors.map(\.text).joined(separator: " and ")
            let text = "\(active.id) leaves \(geography) with \(names), sick for long, though \(active.evacuee) is well"
            complaints.append(Complaint(rule: .s41, detail: text))
        }
    }

    private mutating func look(_ scene: Scene) {
        let world = scene.world
        let none: [Int64?] = Array(repeating: nil, count: world.names.regions.count)
        if self.badSince.isEmpty { (self.badSince, self.goodSince) = (none, none) }
        for region in none.indices {
            let trouble = world.trouble.regions[region]
            let isOut = trouble.isHung || trouble.isEdgeDown
            let isBad = isOut || world.goodPart[region] < 0.5
            let isGood = !isOut && world.promised(region) > 0.999 && world.goodPart[region] > 0.99
            self.badSince[region] = isBad ? self.badSince[region] ?? scene.now : nil
            self.goodSince[region] = isGood ? self.goodSince[region] ?? scene.now : nil
        }
    }

    private func lasts(_ since: Int64?, _ scene: Scene) -> Bool { since.map { scene.now - $0 > Self.known } ?? false }
}

/// S28: no effect is tried without end, nor again at once.
struct RetryBudget: Oracle {
    /// Within it one key may be tried as often as its budget says, and once more where an evacuee is asked on (S23).
    static let window: Int64 = 10_000
    /// What was answered as done and is not seen is asked for again after 1, 2 and 4 s, however small the budget.
    static let unseen = 4
    static let pause: Int64 = 45
    /// Beyond its budget an effect at the evacuee may be tried again only so long after it failed.
    static let askedOn: Int64 = 25_000
    /// What was answered as done may stay unseen for so long; until then it is tried on, at its own pace.
    static let visible: Int64 = 301_000
    private var sentAt: [EffectKey: [Int64]] = [:]
    private var failedAt: [EffectKey: Int64] = [:]
    private var failures: [EffectKey: Int] = [:]
    private var doneAt: [EffectKey: Int64] = [:]

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        // A person, another direction or another life begins anew.
        case .resumed, .turned, .opened, .started:
            (self.sentAt, self.failedAt, self.failures, self.doneAt) = ([:], [:], [:], [:])
        case .phase(_, let phase, _, _) where phase.isTerminal: self.failures = [:]
        default: break
        }
    }

    mutating func answered(_ call: Call, _ outcome: Outcome, _ scene: Scene) {
        let key = call.fence.key
        self.failedAt[key] = outcome == .done ? nil : scene.now
        if outcome == .done {
            self.doneAt[key] = self.doneAt[key] ?? scene.now
        } else {
            self.failures[key, default: 0] += 1
        }
    }

    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let key = call.fence.key
        let recent = (self.sentAt[key] ?? []).filter { scene.now - $0 < Self.window } + [scene.now]
        self.sentAt[key] = recent
        if recent.count > max(Self.unseen, scene.world.fleet.limits.maxAttempts + 1) {
            let text = "\(key) is tried \(recent.count) times within \(Self.window) ms"
            complaints.append(Complaint(rule: .s28, detail: text))
        }
        let isToBeSeen = self.doneAt[key].map { scene.now - $0 <= Self.visible } ?? false
        if let failed = self.failedAt[key], let count = self.failures[key], !isToBeSeen,
            count > scene.world.fleet.limits.maxAttempts, scene.now - failed < Self.askedOn
        {
            let text = "\(key) is tried again \(scene.now - failed) ms after it failed \(count) times"
            complaints.append(Complaint(rule: .s28, detail: text))
        }
        if let failed = self.failedAt[key], scene.now - failed < Self.pause {
            let text = "\(key) is tried again \(scene.now - failed) ms after it failed"
            complaints.append(Complaint(rule: .s28, detail: text))
        }
    }
}
