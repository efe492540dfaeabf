import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S16: proof and settling only on what every proxy and every authoritative server truly has.
///
/// A proxy that nobody can reach counts as carrying nothing: its agent is silent, and so are all answers from other regions.
struct ReadBack: Oracle {
    /// Who reads may still have the seconds in front of them in which nobody reached it.
    static let window: Int64 = 6000
    private var unreachedAt: [Int64?] = []

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        if self.unreachedAt.isEmpty { self.unreachedAt = Array(repeating: nil, count: world.names.regions.count) }
        for region in self.unreachedAt.indices where world.seemsDead(region) { self.unreachedAt[region] = scene.now }
    }

    private func seemsDead(_ region: Int, _ scene: Scene) -> Bool {
        guard !scene.world.seemsDead(region) else { return true }
        guard self.unreachedAt.indices.contains(region), let at = self.unreachedAt[region] else { return false }
        return scene.now - at < Self.window
    }

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        switch record {
        case .proven(let id, let points, _):
            for (index, edge) in world.edges.enumerated() where !self.seemsDead(index, scene) {
                if edge.table != story.shares ?? world.fleet.homeShares {
                    let text = "\(id) rung \(points) is called proven; \(world.names.regions[index]) has another table"
                    complaints.append(Complaint(rule: .s16, detail: text))
                }
            }
        case .phase(let id, .settling, _, _):
            for (index, server) in world.servers.enumerated() {
                for (geography, name) in world.names.geographies.enumerated() {
                    guard let entries = story.entries[name] else { continue }
                    if server.records[geography] != world.fleet.entryAddresses(entries) {
                        let text = "\(id) settles; server \(index) has other records of \(name)"
                        complaints.append(Complaint(rule: .s16, detail: text))
                    }
                }
            }
        default: break
        }
    }
}

extension World {
    /// True where a region's edge is dead to all who look: it is, or its agent is silent while nothing that others ask it ends well.
    func seemsDead(_ region: Int) -> Bool {
        let trouble = self.trouble.regions[region]
        guard !trouble.isEdgeDown else { return true }
        guard trouble.isAgentSilent else { return false }
        let vantages = self.names.regions.indices.filter { $0 != region }
        return trouble.isHung || self.goodPart[region] < 0.01
            || vantages.allSatisfy { !self.trouble.regions[$0].reaches(region) }
    }
}

/// S39: evacuated only after the evacuee's instances truly served next to nobody for long enough.
struct ResidualGone: Oracle {
    /// The controller sees averages over its window.
    static let window: Int64 = 6000
    private var aboveAt: Int64 = 0

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let active = story.active, let evacuee = scene.world.names.regionIndex[active.evacuee] else { return }
        let limit = Double(scene.world.fleet.limits.residual) / 10_000
        // A region that fails everybody beside a silent agent is a dead edge to all who look: then what it serves well counts.
        let counted = scene.world.trouble.regions[evacuee].isAgentSilent ? scene.world.goodPart[evacuee] : 1
        if scene.world.servedPart(by: evacuee, of: story.moved) * counted > limit { self.aboveAt = scene.now }
    }

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .phase(let id, .evacuated, _, _) = record, story.workingPhase == .settling else { return }
        let calm = scene.now - self.aboveAt
        if calm < scene.world.fleet.limits.residualFor.milliseconds - Self.window {
            let text = "\(id) is called evacuated \(calm) ms after its residual was above the limit"
            complaints.append(Complaint(rule: .s39, detail: text))
        }
    }
}

/// L02: at the end of the run, long after the last fault, everything rests or has ended.
///
/// A controller's death is a fault too: another life starts its windows over in full (S26).
struct Settles: Oracle {
    static let afterStart: Int64 = 300_000

    func finished(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let active = story.active, let phase = story.phase else { return }
        let isResting = phase == .evacuated || phase == .held || phase == .proposed || story.isKilled
        // With one edge left nothing of the others can be read back, nor two vantages agree that they are dead (S20).
        let dead = scene.world.trouble.regions.count { $0.isEdgeDown }
        guard !isResting, dead < scene.world.names.regions.count - 1,
            scene.now - story.startedAt > Self.afterStart || story.startedAt == 0
        else { return }
        let since = scene.now - story.phaseSince
        complaints.append(Complaint(rule: .l02, detail: "\(active.id) has been \(phase.rawValue) for \(since) ms"))
    }
}

/// L08: nobody is sent back by automation to a region that has been sick for long enough to know it.
struct NotBackToSick: Oracle {
    static let known: Int64 = 20_000
    private var isAsked = false

    mutating func asked(_ command: Command) {
        self.isAsked = self.isAsked || command == .rollback || command == .failback
    }

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .turned(let id, _, _) = record, let active = story.active, story.points > 0, !self.isAsked,
            !active.isPlanned, let region = scene.world.names.regionIndex[active.evacuee]
        else { return }
        guard let since = scene.world.hurtSince[region], scene.now - since > Self.known else { return }
        let text = "\(id) sends users back to \(active.evacuee), sick for \(scene.now - since) ms"
        complaints.append(Complaint(rule: .l08, detail: text))
    }
}

/// L09: whoever holds calls a person within 30 s.
struct HeldIsPaged: Oracle {
    static let limit: Int64 = 30_000
    private var heldAt: Int64?

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .held: self.heldAt = scene.now
        case .paged, .resumed, .turned: self.heldAt = nil
        default: break
        }
    }

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard let at = self.heldAt, scene.now - at > Self.limit, scene.isAlive else { return }
        self.heldAt = nil
        complaints.append(Complaint(rule: .l09, detail: "nobody was called \(scene.now - at) ms after the hold"))
    }
}
