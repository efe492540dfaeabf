import LeewardModel
import LeewardPlanning

/// The zone, the planned generations and every process at one moment; a value that is compared as a whole.
struct ZoneScene: Hashable, Sendable {
    var servers: [ZoneServer]
    var plans: SortedMap<Generation, StoredPlan>
    /// Proposals that the planner has dealt with.
    var taken = 0
    /// Proposals that have been made.
    var proposed: Int
    /// Enactors have found this generation in the zone, and it was not what it should be.
    var asked = Generation(0)
    var actors: [ZoneActor]
    var crashesLeft: Int
    var epoch = Epoch(1)
    /// Proposals that were refused, each of which calls a person.
    var refused = 0

    init(_ setting: ZoneSetting) {
        var server = ZoneServer(records: setting.hosts.map { setting.home[$0] ?? [] })
        server.marker = SnapshotMark(generation: Generation(1), epoch: Epoch(1), key: ZoneSetting.key)
        self.servers = Array(repeating: server, count: setting.servers)
        self.plans = [Generation(1): StoredPlan(sets: setting.home)]
        self.proposed = setting.proposals.count
        let enactors = (0..<setting.enactors).map { _ in ZoneActor(.enactor, epoch: Epoch(1)) }
        self.actors = [ZoneActor(.planner, epoch: Epoch(1))] + enactors + [ZoneActor(.cleaner, epoch: Epoch(1))]
        self.crashesLeft = setting.crashes
    }

    var newest: Generation { self.plans.keys.last ?? Generation(0) }

    /// The lowest generation that any server has; nil where one has no marker or does not answer.
    var active: Generation? {
        var lowest: Generation?
        for server in self.servers {
            guard !server.isSilent, let marker = server.marker else { return nil }
            lowest = min(lowest ?? marker.generation, marker.generation)
        }
        return lowest
    }

    /// What one server answers; nil where it does not.
    func report(of index: Int, _ setting: ZoneSetting) -> ZoneServerReport? {
        let server = self.servers[index]
        guard !server.isSilent else { return nil }
        return ZoneServerReport(
            server: ZoneSetting.server(index),
            serial: server.serial,
            marker: server.marker,
            records: SortedMap(zip(setting.hosts, server.records).map { ($0, $1) })
        )
    }

    /// The product's own judgement of what the zone needs for a plan.
    static func goal(
        _ generation: Generation,
        _ content: ZoneSetting.Content,
        _ epoch: Epoch,
        _ setting: ZoneSetting
    ) -> ZoneGoal {
        ZoneGoal(
            epoch: epoch,
            generation: generation,
            key: EffectKey("e1/zone/g\(generation)"),
            sets: content,
            names: setting.hosts.count,
            maxChange: setting.maxChange,
            ttl: .seconds(5)
        )
    }

    /// True when every server that answers has what the newest plan says.
    func isReached(_ setting: ZoneSetting) -> Bool {
        guard let plan = self.plans[self.newest] else { return false }
        return self.servers.allSatisfy { server in
            server.isSilent || zip(setting.hosts, server.records).allSatisfy { plan.sets[$0] ?? [] == $1 }
        }
    }

    // MARK: - Steps

    /// True when a process has something to do.
    func isReady(_ index: Int, _ setting: ZoneSetting) -> Bool {
        let actor = self.actors[index]
        switch actor.at {
        case .down: return false
        case .rest: break
        default: return true
        }
        switch actor.role {
        case .planner: return self.taken < self.proposed || self.asked >= self.newest
        case .enactor: return self.newest > actor.waitsAbove ?? Generation(0) && !self.isReached(setting)
        case .cleaner:
            return self.removable(self.active, setting).contains { generation in
                !setting.receivers.stands(.holders) || !self.actors.contains { $0.held == generation }
            }
        }
    }

    /// One instruction of one process that is ready.
    mutating func step(_ index: Int, _ setting: ZoneSetting) {
        switch self.actors[index].role {
        case .planner: self.stepPlanner(index, setting)
        case .enactor: self.stepEnactor(index, setting)
        case .cleaner: self.stepCleaner(index, setting)
        }
    }

    /// The process dies; what it registered stays.
    mutating func crash(_ index: Int) {
        var dead = ZoneActor(self.actors[index].role, epoch: self.actors[index].epoch)
        dead.held = self.actors[index].held
        dead.at = .down
        self.actors[index] = dead
    }

    /// It starts again, knowing nothing, and takes its registration back first.
    mutating func restart(_ index: Int) {
        self.actors[index] = ZoneActor(self.actors[index].role, epoch: self.epoch)
    }

    // MARK: - Planner

    private mutating func stepPlanner(_ index: Int, _ setting: ZoneSetting) {
        switch self.actors[index].at {
        case .write:
            if let content = self.actors[index].content, let generation = self.actors[index].generation {
                // What was asked for by a person counts as dealt with once it is written down, not before.
                if content != self.plans[self.newest]?.sets { self.taken += 1 }
                self.plans[generation] = StoredPlan(sets: content)
            }
            self.restart(index)
        default:
            var content = self.plans[self.newest]?.sets ?? [:]
            if self.asked < self.newest {
                let wanted = setting.proposals[self.taken]
                guard wanted != content, self.refusal(of: wanted, after: content, setting) == nil else {
                    self.refused += wanted == content ? 0 : 1
                    self.taken += 1
                    return
                }
                content = wanted
            }
            self.actors[index].content = content
            self.actors[index].generation = max(self.newest, self.asked).next
            self.actors[index].at = .write
        }
    }

    /// The product's own gate on what may be intended (S15).
    func refusal(of content: ZoneSetting.Content, after old: ZoneSetting.Content, _ setting: ZoneSetting) -> String? {
        let changed = setting.hosts.filter { content[$0] != old[$0] }
        for host in changed {
            let count = content[host]?.count ?? 0
            let reason = ZoneGoal.refusal(
                of: setting.receivers.stands(.noEmptySet) ? count : max(1, count),
                expected: max(1, count),
                for: host.text,
                changed: changed.count,
                of: setting.hosts.count,
                maxChange: setting.maxChange
            )
            if let reason { return reason }
        }
        return nil
    }
}
