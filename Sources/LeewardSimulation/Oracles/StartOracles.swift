import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S01: at most one evacuation is active.
struct SingleActive: Oracle {
    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .opened(let evacuation, _) = record, let active = story.active else { return }
        complaints.append(Complaint(rule: .s01, detail: "\(evacuation.id) opens while \(active.id) is active"))
    }
}

/// S02: nothing starts by itself unless exactly one region is called sick.
struct Trigger: Oracle {
    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .opened(let evacuation, _) = record, evacuation.origin.isAutomatic,
            story.verdict != .regional(evacuation.evacuee)
        else { return }
        let text = "\(evacuation.id) opens for \(evacuation.evacuee) at the verdict \(story.verdict)"
        complaints.append(Complaint(rule: .s02, detail: text))
    }
}

/// S18: nothing starts by itself where no user of the region has come to harm: a gap is no dip.
struct NoFalseAlarm: Oracle {
    static let memory: Int64 = 60_000

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .opened(let evacuation, _) = record, evacuation.origin.isAutomatic,
            let region = scene.world.names.regionIndex[evacuation.evacuee]
        else { return }
        let last = scene.world.hurtLast[region]
        if last.map({ scene.now - $0 > Self.memory }) ?? true {
            let text = "\(evacuation.id) opens for \(evacuation.evacuee), which hurts nobody"
            complaints.append(Complaint(rule: .s18, detail: text))
        }
    }
}

/// S19: where several regions dip together, nothing starts and nothing is extended by itself.
struct GlobalHold: Oracle {
    static let known: Int64 = 20_000
    private var badSince: [Int64?] = []

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        if self.badSince.isEmpty { self.badSince = Array(repeating: nil, count: world.names.regions.count) }
        let limit = Double(world.fleet.limits.dipBelow) / 10_000 - 0.05
        for region in self.badSince.indices {
            let trouble = world.trouble.regions[region]
            let isBad = trouble.success < limit || trouble.isHung || trouble.isEdgeDown
            self.badSince[region] = isBad ? self.badSince[region] ?? scene.now : nil
        }
    }

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        var what: String?
        if case .opened(let evacuation, _) = record, evacuation.origin.isAutomatic { what = "\(evacuation.id) opens" }
        if case .rung(let id, let points, _, _, _) = record, points > story.points, !story.isReturning,
            story.active?.origin.isAutomatic == true
        {
            what = "\(id) opens rung \(points)"
        }
        let bad = self.badSince.indices.filter { self.badSince[$0].map { scene.now - $0 > Self.known } ?? false }
        guard let what, bad.count >= 2 else { return }
        let names = bad.map { scene.world.names.regions[$0].text }.joined(separator: " and ")
        complaints.append(Complaint(rule: .s19, detail: "\(what) while \(names) are bad"))
    }
}

/// S24: reliefs per window, automatic evacuations per day, the block window; and nobody is sent back unasked.
struct BlockWindow: Oracle {
    private struct Ended: Sendable {
        var openedAt: Int64
        var endedAt: Int64
        var evacuee: RegionID
        var wasRelief: Bool
        var wasPlanned: Bool
    }
    private var ended: [Ended] = []
    private var openedAt: Int64 = 0
    private var wasApproved = false
    private var acknowledgedAt: Int64?
    private var mayFailBack = false

    mutating func asked(_ command: Command) {
        if command == .failback || command == .rollback { self.mayFailBack = true }
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let limits = scene.world.fleet.limits
        switch record {
        case .opened(let evacuation, _):
            self.openedAt = scene.now
            self.wasApproved = false
            self.mayFailBack = false
            guard evacuation.origin.isAutomatic else { return }
            let reliefs = self.ended.filter {
                $0.wasRelief && $0.evacuee == evacuation.evacuee
                    && scene.now - $0.openedAt < limits.reliefWindow.milliseconds - 10_000
            }
            if reliefs.count >= limits.maxReliefs {
                let text = "\(evacuation.id) is relief \(reliefs.count + 1) of \(evacuation.evacuee) in the window"
                complaints.append(Complaint(rule: .s24, detail: text))
            }
        case .acknowledged: self.acknowledgedAt = scene.now
        case .approved(let id, let principal, _):
            self.wasApproved = true
            guard principal == .automation else { return }
            for one in self.ended where !one.wasRelief && !one.wasPlanned {
                let isForgiven = self.acknowledgedAt.map { one.endedAt <= $0 } ?? false
                if !isForgiven, scene.now - one.endedAt < limits.blockWindow.milliseconds - 10_000 {
                    let text = "\(id) is approved \(scene.now - one.endedAt) ms after an evacuation ended"
                    complaints.append(Complaint(rule: .s24, detail: text))
                }
            }
        case .turned(let id, let ending, _):
            if ending == .done, story.workingPhase == .evacuated, !self.mayFailBack {
                complaints.append(Complaint(rule: .s24, detail: "\(id) fails back, and nobody asked"))
            }
        case .phase(_, let phase, _, _):
            guard phase.isTerminal, let active = story.active else { return }
            self.ended.append(
                Ended(
                    openedAt: self.openedAt,
                    endedAt: scene.now,
                    evacuee: active.evacuee,
                    wasRelief: !self.wasApproved && !story.hasPublished,
                    wasPlanned: active.isPlanned
                )
            )
        default: break
        }
    }
}

/// S30: what a person pinned is not moved by automation.
struct Pins: Oracle {
    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .opened(let evacuation, _) = record, evacuation.origin.isAutomatic else { return }
        for geography in story.pinned where evacuation.plan.saviors[geography] != nil {
            complaints.append(Complaint(rule: .s30, detail: "\(evacuation.id) moves \(geography), which is pinned"))
        }
    }
}
