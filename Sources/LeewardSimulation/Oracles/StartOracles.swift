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
        switch record {
        case .opened(let evacuation, _):
            guard evacuation.origin.isAutomatic, story.verdict != .regional(evacuation.evacuee) else { return }
            let text = "\(evacuation.id) opens for \(evacuation.evacuee) at the verdict \(story.verdict)"
            complaints.append(Complaint(rule: .s02, detail: text))
        case .approved(let id, .automation, _):
            guard let active = story.active, story.verdict != .regional(active.evacuee) else { return }
            let text = "\(id) is approved for \(active.evacuee) at the verdict \(story.verdict)"
            complaints.append(Complaint(rule: .s02, detail: text))
        default: break
        }
    }
}

/// S19: where several regions dip together, nothing starts and nothing is extended by itself.
struct GlobalHold: Oracle {
    static let known: Int64 = 20_000
    /// By then whatever was under way has been stopped, and a person called.
    static let stopped: Int64 = 60_000
    private static let moving: [Phase] = [.relieving, .preparing, .shifting, .publishing, .settling]
    private var badSince: [Int64?] = []
    private var excusedUntil: Int64 = 0
    private var told: EvacuationID?

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        defer { self.stillMoves(story, scene, &complaints) }
        if self.badSince.isEmpty { self.badSince = Array(repeating: nil, count: world.names.regions.count) }
        let limit = Double(world.fleet.limits.dipBelow) / 10_000 - 0.03
        for region in self.badSince.indices {
            let trouble = world.trouble.regions[region]
            // A spare region that serves nobody fails nobody, and few are there who could notice.
            let isUsed = world.names.homes.contains(region) || world.serves(region)
            let isBad = isUsed && (world.promised(region) < limit || trouble.isHung || trouble.isEdgeDown)
            self.badSince[region] = isBad ? self.badSince[region] ?? scene.now : nil
        }
    }

    /// What moves by itself is held while several regions are bad.
    private mutating func stillMoves(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let trouble = scene.world.trouble
        let isBlind = trouble.isStoreLying || trouble.regions.contains { $0.telemetry != nil || $0.isAgentSilent }
        // By hand a person says what goes on, and vouches for what is not known; more than that is asked where it is opened.
        if !scene.isAlive || story.isKilled || isBlind || scene.isByHand {
            self.excusedUntil = scene.now + Self.stopped
        }
        let bad = self.badSince.compactMap { $0 }.filter { scene.now - $0 > Self.stopped }
        guard scene.now > self.excusedUntil, bad.count >= 2, let active = story.active, active.origin.isAutomatic,
            active.id != self.told, let phase = story.phase, Self.moving.contains(phase), !story.isReturning
        else { return }
        self.told = active.id
        let text = "\(active.id) is still \(phase.rawValue), though \(bad.count) regions are bad for long"
        complaints.append(Complaint(rule: .s19, detail: text))
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        // Who lets it go on all the same is obeyed; it is stopped again once there is anything that it would extend.
        switch record {
        case .resumed: self.excusedUntil = max(self.excusedUntil, scene.now + Self.stopped)
        case .approved(_, let person, _) where person != .automation:
            self.excusedUntil = max(self.excusedUntil, scene.now + Self.stopped)
        default: break
        }
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
        var wasAutomatic: Bool
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
            let today = self.ended.filter {
                $0.wasAutomatic && !$0.wasRelief && !$0.wasPlanned && scene.now - $0.openedAt < 86_400_000 - 10_000
            }
            if today.count >= limits.maxAutomaticPerDay {
                let text = "\(id) is automatic evacuation \(today.count + 1) within 24 h"
                complaints.append(Complaint(rule: .s24, detail: text))
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
                    wasPlanned: active.isPlanned,
                    wasAutomatic: active.origin.isAutomatic
                )
            )
        default: break
        }
    }
}

/// S24: a drill gives way when another region truly falls sick.
struct DrillGivesWay: Oracle {
    static let known: Int64 = 60_000
    private var aloneSince: Int64?
    private var told: EvacuationID?

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        let bad = world.hurtSince.indices.filter { world.hurtSince[$0] != nil }
        let isBlind = world.trouble.isStoreLying || world.trouble.regions.contains { $0.telemetry != nil }
        let outward: [Phase] = [.proposed, .approved, .preparing, .shifting, .publishing, .settling]
        guard scene.isAlive, !story.isKilled, !isBlind, bad.count == 1, let active = story.active, active.isPlanned,
            world.names.regionIndex[active.evacuee] != bad[0], !story.isReturning,
            story.phase.map({ outward.contains($0) }) == true, story.workingPhase == story.phase
        else {
            self.aloneSince = nil
            return
        }
        let since = self.aloneSince ?? scene.now
        self.aloneSince = since
        guard scene.now - since > Self.known, self.told != active.id else { return }
        self.told = active.id
        let text = "\(active.id) keeps the only place for a drill, and \(world.names.regions[bad[0]]) is sick"
        complaints.append(Complaint(rule: .s24, detail: text))
    }
}
