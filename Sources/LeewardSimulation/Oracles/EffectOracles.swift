import LeewardEngine
import LeewardModel

/// S12: a durable intent before each call, and a fresh reading before a retry of what may have landed.
struct WriteAhead: Oracle {
    private var intents: [EffectKey: Epoch] = [:]
    private var unknownAt: [EffectKey: Int64] = [:]

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        if case .intent(let fence, _) = record { self.intents[fence.key] = fence.epoch }
    }

    mutating func answered(_ call: Call, _ outcome: Outcome, _ scene: Scene) {
        if case .unknown = outcome { self.unknownAt[call.fence.key] = scene.now }
    }

    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        if self.intents[call.fence.key] != call.fence.epoch {
            complaints.append(Complaint(rule: .s12, detail: "\(call.fence.key) leaves without a durable intent"))
        }
        guard let since = self.unknownAt[call.fence.key] else { return }
        let subject = Simulation.subject(of: call.effect, scene.world.names)
        if story.readAt[subject].map({ $0 < since }) ?? true {
            complaints.append(Complaint(rule: .s12, detail: "\(call.fence.key) is tried again before it was read back"))
        }
    }
}

/// S13: no effect lands twice, a zone's not twice at one of its servers.
///
/// A server that has the records already takes the update of a later life for what it is there: a higher epoch, no change.
struct Idempotent: Oracle {
    private struct Place: Hashable, Sendable {
        var key: EffectKey
        /// From 0; nil for what is no zone.
        var server: Int?
    }
    private var landed: [Place: Int] = [:]

    mutating func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard landing.changed else { return }
        let places: [Int?] = call.effect.region == nil ? landing.servers : [nil]
        for server in places {
            let place = Place(key: call.fence.key, server: server)
            self.landed[place, default: 0] += 1
            guard let count = self.landed[place], count > 1 else { continue }
            let at = server.map { " at server \($0)" } ?? ""
            complaints.append(Complaint(rule: .s13, detail: "\(call.fence.key) has landed \(count) times\(at)"))
        }
    }
}

/// S14: nothing lands under an epoch below the highest that its receiver has seen, and a claim comes first.
struct Fencing: Oracle {
    private var highest: [String: Epoch] = [:]

    mutating func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {
        let target = Self.target(call.effect)
        let seen = self.highest[target] ?? Epoch(0)
        if landing.changed, call.fence.epoch < seen {
            let text = "\(call.fence.key) lands at \(target) with epoch \(call.fence.epoch), \(seen) has been there"
            complaints.append(Complaint(rule: .s14, detail: text))
        }
        if landing.changed, call.fence.epoch > seen, !Self.isClaim(call.effect) {
            let isFirstMarker: Bool =
                if case .updateZone(let change) = call.effect { change.oldMarker == nil } else { false }
            if !isFirstMarker {
                let text = "\(call.fence.key) is the first of epoch \(call.fence.epoch) at \(target) and no claim"
                complaints.append(Complaint(rule: .s14, detail: text))
            }
        }
        if landing.changed { self.highest[target] = max(seen, call.fence.epoch) }
    }

    private static func isClaim(_ effect: Effect) -> Bool {
        switch effect {
        case .claimEdge, .claimProvider, .claimZone: true
        default: false
        }
    }

    private static func target(_ effect: Effect) -> String {
        switch effect {
        case .claimEdge(let region), .publishEdge(let region, _, _): "edge/\(region)"
        case .claimZone, .updateZone: "zone"
        default: "provider/\(effect.region?.text ?? "")"
        }
    }
}

/// S15: the zone's generation never falls, no set is empty, no change is too large.
struct ZoneRules: Oracle {
    private var generations: [Generation] = []

    mutating func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard landing.changed else { return }
        if case .updateZone(let change) = call.effect {
            let part = change.sets.count * 10_000 / max(1, scene.world.names.hosts.count)
            if part > scene.world.fleet.limits.dnsMaxChange {
                complaints.append(
                    Complaint(rule: .s15, detail: "\(call.fence.key) changes \(part) of 10000 of all names")
                )
            }
        }
        let present = scene.world.servers.map { $0.marker?.generation ?? Generation(0) }
        for (index, generation) in present.enumerated() where index < self.generations.count {
            if generation < self.generations[index] {
                let text = "server \(index) falls from generation \(self.generations[index]) to \(generation)"
                complaints.append(Complaint(rule: .s15, detail: text))
            }
        }
        self.generations = present
        for (index, server) in scene.world.servers.enumerated() where server.records.contains([]) {
            complaints.append(Complaint(rule: .s15, detail: "server \(index) has an empty record set"))
        }
    }
}

/// S27: after the kill switch is durable nothing leaves.
struct KillSwitch: Oracle {
    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard story.isKilled, case .opened(let evacuation, _) = record else { return }
        complaints.append(Complaint(rule: .s27, detail: "\(evacuation.id) opens under the kill switch"))
    }

    func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        // What several controllers may still have on its way is L05.
        guard story.isKilled, scene.seats == nil else { return }
        complaints.append(Complaint(rule: .s27, detail: "\(call.fence.key) leaves under the kill switch"))
    }
}

/// S29: calls per second to one provider stay under the ceiling, restarts included.
struct CallRate: Oracle {
    private var sentAt: [String: [Int64]] = [:]

    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let provider = call.effect.region?.text ?? "zone"
        let recent = (self.sentAt[provider] ?? []).filter { scene.now - $0 < 1000 } + [scene.now]
        self.sentAt[provider] = recent
        if recent.count > scene.world.fleet.limits.callsPerSecond {
            let text = "\(recent.count) calls to \(provider) within a second"
            complaints.append(Complaint(rule: .s29, detail: text))
        }
    }
}

/// S42: one call per lane and life of the process.
struct OneInFlight: Oracle {
    private var open: [String: EffectKey] = [:]
    private var life = 0

    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        // What an earlier life sent may still be on its way; the new epoch shuts it out (S14).
        if life != self.life { self.open = [:] }
        self.life = life
        let lane = call.effect.lane
        if let other = self.open[lane] {
            complaints.append(Complaint(rule: .s42, detail: "\(call.fence.key) leaves while \(other) is on \(lane)"))
        }
        self.open[lane] = call.fence.key
    }

    mutating func answered(_ call: Call, _ outcome: Outcome, _ scene: Scene) {
        if self.open[call.effect.lane] == call.fence.key { self.open[call.effect.lane] = nil }
    }
}

/// S43: a start finds a journal without a gap.
struct JournalWhole: Oracle {
    func started(_ journal: [JournalEntry], _ scene: Scene, _ complaints: inout [Complaint]) {
        for (index, entry) in journal.enumerated() where entry.sequence != Int64(index + 1) {
            complaints.append(Complaint(rule: .s43, detail: "entry \(index + 1) has the number \(entry.sequence)"))
            return
        }
    }
}
