import LeewardEngine
import LeewardModel

/// The truth about the lease and the processes, for oracles alone.
struct Seats: Sendable {
    struct Controller: Sendable {
        var runs: Bool
        /// Nothing is wrong between it and the store.
        var isConnected: Bool
        /// Neither well connected nor cut off: what it asks may come true without its knowledge.
        var isHalfConnected: Bool
        /// Its clock does not run as the world's.
        var isBent: Bool
        var isWell: Bool { self.runs && self.isConnected && !self.isBent }
    }

    let holder: Coordination.Holder?
    /// In milliseconds.
    let ttl: Int64
    /// Who holds it, knows it and runs.
    let leader: Int?
    let controllers: [Controller]
}

/// S01: between two changes of the leader one controller writes, so that two plans never interleave; anybody may kill.
struct OneWriter: Oracle {
    private var writer: Int?
    private var epoch = Epoch(0)

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .leaseGained(let epoch, let name):
            if epoch <= self.epoch {
                complaints.append(Complaint(rule: .s01, detail: "\(name) leads under \(epoch) after \(self.epoch)"))
            }
            self.epoch = max(self.epoch, epoch)
            self.writer = scene.actor
        case .leaseLost, .outcome, .killed(true, _): break
        case .intent(let fence, _) where fence.epoch < self.epoch:
            let text = "\(fence.key) is intended under \(fence.epoch) while \(self.epoch) leads"
            complaints.append(Complaint(rule: .s01, detail: text))
        default:
            guard let writer = self.writer, writer != scene.actor else { return }
            let text = "controller \(scene.actor + 1) writes \(Self.word(record)) while controller \(writer + 1) leads"
            complaints.append(Complaint(rule: .s01, detail: text))
        }
    }

    private static func word(_ record: Record) -> Substring { "\(record)".prefix { $0 != "(" } }
}

/// S14: a call leaves only with more of the lease left than it may take, as the store counts it.
///
/// A clock that is out of its bounds is nothing that a lease can know; then the fences have to hold alone.
struct LeaseLeft: Oracle {
    func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let seats = scene.seats, !seats.controllers[scene.actor].isBent else { return }
        let left = seats.holder.map { $0.process == scene.actor ? $0.endsAt - scene.now : 0 } ?? 0
        guard left <= call.deadline.milliseconds else { return }
        let text =
            "\(call.fence.key) leaves controller \(scene.actor + 1) with \(left) ms of its lease left, and may take "
            + "\(call.deadline.milliseconds) ms"
        complaints.append(Complaint(rule: .s14, detail: text))
    }
}

/// S14: in one term of the lease the effects of one controller land, and those of no other.
struct OneSenderPerTerm: Oracle {
    private var senders: [Int64: Int] = [:]

    mutating func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard landing.changed else { return }
        let term = call.fence.epoch.term
        if let sender = self.senders[term], sender != scene.actor {
            let text =
                "\(call.fence.key) of controller \(scene.actor + 1) lands in term \(term) of controller \(sender + 1)"
            complaints.append(Complaint(rule: .s14, detail: text))
        }
        self.senders[term] = scene.actor
    }
}

/// S14: a new leader has asked every target that answers for its claim BEFORE its first effect.
struct ClaimsFirst: Oracle {
    /// What has answered for so long has been read.
    static let known: Int64 = 15_000
    private var epoch = Epoch(0)
    private var claimed: [String] = []
    private var hasActed = false
    private var silentAt: [String: Int64] = [:]

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        for (index, name) in scene.world.names.regions.enumerated() {
            let trouble = scene.world.trouble.regions[index]
            if trouble.isEdgeDown || trouble.isAgentSilent { self.silentAt["edge/\(name)"] = scene.now }
            if trouble.providerCalls.contains(.outage) { self.silentAt["provider/\(name)"] = scene.now }
        }
        let world = scene.world
        if world.trouble.zoneCalls.contains(.outage) || world.servers.contains(where: \.isSilent) {
            self.silentAt["zone"] = scene.now
        }
    }

    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard scene.seats != nil else { return }
        if call.fence.epoch > self.epoch {
            self.epoch = call.fence.epoch
            self.claimed = []
            self.hasActed = false
        }
        guard call.fence.epoch == self.epoch, !self.hasActed else { return }
        switch call.effect {
        case .claimEdge(let region): self.claimed.append("edge/\(region)")
        case .claimProvider(let region): self.claimed.append("provider/\(region)")
        case .claimZone: self.claimed.append("zone")
        default:
            self.hasActed = true
            let regions = scene.world.names.regions
            let targets = regions.map { "edge/\($0)" } + regions.map { "provider/\($0)" } + ["zone"]
            let missing = targets.filter { target in
                !self.claimed.contains(target) && self.silentAt[target].map { scene.now - $0 > Self.known } ?? true
            }
            guard !missing.isEmpty else { return }
            let text = "\(call.fence.key) is the first effect of epoch \(self.epoch), and \(missing[0]) is not claimed"
            complaints.append(Complaint(rule: .s14, detail: text))
        }
    }
}

/// L04: where one controller has been well for twice the lease's time, somebody leads.
///
/// While any of them is half cut off the partition has not healed.
struct LeaderSoon: Oracle {
    /// When somebody led last, or told.
    private var ledAt: Int64 = 0
    /// By controller: since when it has been well.
    private var wellSince: [Int64?] = []
    private var term: Int64 = 0

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        if case .leaseGained = record { self.ledAt = scene.now }
    }

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let seats = scene.seats else { return }
        if self.wellSince.isEmpty { self.wellSince = Array(repeating: nil, count: seats.controllers.count) }
        let isHealed = !seats.controllers.contains(where: \.isHalfConnected)
        for (index, controller) in seats.controllers.enumerated() {
            self.wellSince[index] = controller.isWell && isHealed ? self.wellSince[index] ?? scene.now : nil
        }
        if seats.leader != nil { self.ledAt = scene.now }
        // Who stood still right after the grant has been a leader; who is well and does not act on it has not.
        if let holder = seats.holder, holder.term > self.term {
            self.term = holder.term
            if !seats.controllers[holder.process].isWell { self.ledAt = scene.now }
        }
        guard let first = self.wellSince.compactMap({ $0 }).min() else { return }
        let since = max(first, self.ledAt)
        guard scene.now - since > 2 * seats.ttl else { return }
        let text = "nobody has led for \(scene.now - since) ms; the lease is \(seats.ttl) ms long"
        complaints.append(Complaint(rule: .l04, detail: text))
        self.ledAt = scene.now
    }
}

/// L05: after the kill switch is durable nothing leaves a controller that the store hears for longer than a second, and
/// any other for longer than a lease.
struct KillReaches: Oracle {
    static let connected: Int64 = 1000
    private var killedAt: Int64?

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .killed(let isKilled, _) = record else { return }
        self.killedAt = isKilled ? self.killedAt ?? scene.now : nil
    }

    func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let seats = scene.seats, let killedAt = self.killedAt else { return }
        let limit = seats.controllers[scene.actor].isConnected ? Self.connected : seats.ttl
        guard scene.now - killedAt > limit else { return }
        let text =
            "\(call.fence.key) leaves controller \(scene.actor + 1) \(scene.now - killedAt) ms after the kill switch; "
            + "\(limit) ms are allowed"
        complaints.append(Complaint(rule: .l05, detail: text))
    }
}
