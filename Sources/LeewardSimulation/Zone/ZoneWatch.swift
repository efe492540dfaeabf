import LeewardModel

/// What a step did that no step may do.
struct ZoneBreach: Hashable, Sendable, CustomStringConvertible {
    enum Kind: Hashable, Sendable, CaseIterable {
        /// A server has a lower generation than before, or none (S15a).
        case falls
        /// A generation was removed that the zone has, that is the newest, or that an enactor holds (S15c).
        case removed
        /// A name lost its last address (S15d).
        case emptied
        /// More names changed at once than may (S15f).
        case tooLarge
        /// Everybody rests and the zone is not as the newest plan says (S15g, L10).
        case stuck
        /// A run that never ends (L10).
        case endless
        /// A cleaner that is alive leaves behind what it should have removed.
        case litter
    }
    var kind: Kind
    var detail: String

    var rule: RuleID {
        switch self.kind {
        case .falls, .removed, .emptied, .tooLarge: .s15
        case .stuck, .endless, .litter: .l10
        }
    }

    var description: String { "\(self.rule.rawValue): \(self.detail)" }
}

extension ZoneScene {
    /// Holds S15 against one step of `actor`, from what was there BEFORE it.
    func breaches(since before: ZoneScene, by actor: Int, _ setting: ZoneSetting) -> [ZoneBreach] {
        var breaches: [ZoneBreach] = []
        for (index, server) in self.servers.enumerated() where server != before.servers[index] {
            let old = before.servers[index]
            let name = ZoneSetting.server(index)
            if let was = old.marker, server.marker.map({ $0.generation < was.generation }) ?? true {
                let now = server.marker.map { "\($0.generation)" } ?? "none"
                let text = "\(name) falls from generation \(was.generation) to \(now)"
                breaches.append(ZoneBreach(kind: .falls, detail: text))
            }
            for (host, records) in server.records.enumerated() where records.isEmpty && !old.records[host].isEmpty {
                breaches.append(
                    ZoneBreach(kind: .emptied, detail: "\(setting.hosts[host]) at \(name) loses its last address")
                )
            }
            let changed = zip(server.records, old.records).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
            // The usual limit, also where a test has switched it off.
            if changed * 10_000 / setting.hosts.count > 5000 {
                let part = changed * 10_000 / setting.hosts.count
                let text = "\(part) of 10000 of all names change at once at \(name)"
                breaches.append(ZoneBreach(kind: .tooLarge, detail: text))
            }
        }
        if case .withdraw(0) = before.actors[actor].at, case .withdraw(1) = self.actors[actor].at {
            breaches += self.removal(since: before, by: actor, setting)
        }
        return breaches
    }

    private func removal(since before: ZoneScene, by actor: Int, _ setting: ZoneSetting) -> [ZoneBreach] {
        guard let generation = before.actors[actor].generation else { return [] }
        var breaches: [ZoneBreach] = []
        func add(_ because: String) {
            let text = "\(ZoneScene.name(of: actor, setting)) removes generation \(generation), \(because)"
            breaches.append(ZoneBreach(kind: .removed, detail: text))
        }
        for (index, server) in before.servers.enumerated() where server.marker?.generation == generation {
            add("which \(ZoneSetting.server(index)) has")
        }
        if generation == before.newest { add("the newest") }
        for (index, other) in before.actors.enumerated()
        where index != actor && other.content != nil && other.generation == generation && other.role == .enactor {
            add("which \(ZoneScene.name(of: index, setting)) has in hand")
        }
        return breaches
    }

    /// What must be true when nobody has anything left to do.
    func rest(_ setting: ZoneSetting) -> [ZoneBreach] {
        guard self.actors.contains(where: { $0.role == .enactor && $0.at != .down }) else { return [] }
        var breaches: [ZoneBreach] = []
        if !self.isReached(setting), !self.actors.contains(where: { $0.role == .planner && $0.at == .down }) {
            let has = self.servers.map { $0.marker.map { "\($0.generation)" } ?? "none" }.joined(separator: ", ")
            let text = "everybody rests with generation \(has) in the zone, \(self.newest) is the newest"
            breaches.append(ZoneBreach(kind: .stuck, detail: text))
        }
        for (generation, plan) in self.plans where plan.sets.count < setting.hosts.count || plan.isRetired {
            let isHeld = self.actors.contains { $0.held == generation }
            guard !isHeld, self.active.map({ $0 > generation }) ?? false,
                self.actors.contains(where: { $0.role == .cleaner && $0.at != .down })
            else { continue }
            breaches.append(ZoneBreach(kind: .litter, detail: "generation \(generation) stays half removed"))
        }
        return breaches
    }
}
