import LeewardEngine
import LeewardModel

/// S23: calls into the evacuee end after two seconds, and nothing outside it waits for it.
struct EvacueeAside: Oracle {
    /// Milliseconds that saviors without any trouble may take to be frozen.
    static let patience: Int64 = 60_000
    static let deadline = Span.seconds(2)
    private var keys: [EffectKey] = []
    private var excusedUntil: Int64 = 0
    private var told: EvacuationID?

    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let active = story.active, call.effect.region == active.evacuee, !story.isReturning else { return }
        if !self.keys.contains(call.fence.key) { self.keys.append(call.fence.key) }
        guard call.deadline > Self.deadline else { return }
        let text = "\(call.fence.key) goes into \(active.evacuee) and may take \(call.deadline)"
        complaints.append(Complaint(rule: .s23, detail: text))
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .opened: self.keys = []
        case .held(let id, let reason, _):
            // The way back needs the region that it leads to.
            guard let active = story.active, !story.isReturning,
                let key = self.keys.first(where: { reason.hasPrefix("\($0) ") })
            else { return }
            let text = "\(id) is held since \(key) failed, which is a call into \(active.evacuee)"
            complaints.append(Complaint(rule: .s23, detail: text))
        default: break
        }
    }

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let active = story.active, story.phase == .preparing, !active.isPlanned else { return }
        let trouble = scene.world.trouble
        let isElsewhere = trouble.regions.indices.contains { index in
            scene.world.names.regions[index] != active.evacuee && trouble.regions[index] != RegionTrouble()
        }
        if !scene.isAlive || story.isKilled || isElsewhere || trouble.isJournalRefusing {
            self.excusedUntil = scene.now + Self.patience
        }
        let since = scene.now - max(story.phaseSince, story.startedAt)
        guard scene.now > self.excusedUntil, since > Self.patience, self.told != active.id else { return }
        self.told = active.id
        let text = "\(active.id) has been preparing for \(since) ms, and nothing is wrong outside of \(active.evacuee)"
        complaints.append(Complaint(rule: .s23, detail: text))
    }
}
