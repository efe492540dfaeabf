import LeewardModel

extension ZoneScene {
    /// Read the zone, pick, mark, ask who holds it, take its sets away, forget it; an enactor does the same after its work.
    ///
    /// Marked BEFORE asked, and registered BEFORE loaded: of an enactor and a cleaner that meet one always sees the other.
    mutating func stepCleaner(_ index: Int, _ setting: ZoneSetting) {
        var actor = self.actors[index]
        switch actor.at {
        case .rest: actor.at = .read(0)
        case .read(let server):
            self.read(server, &actor, setting)
            if server + 1 == self.servers.count { self.choose(&actor, setting) }
        case .mark:
            if let generation = actor.generation { self.plans.update(generation) { $0.isRetired = true } }
            actor.at = .ask
        case .ask:
            if let generation = actor.generation, self.isHeld(generation, except: index, setting) {
                actor.spared.append(generation)
                self.choose(&actor, setting)
            } else {
                actor.at = .withdraw(0)
            }
        case .withdraw(let host): self.withdraw(setting.hosts[host], host, &actor, setting)
        case .forget:
            if let generation = actor.generation { self.plans[generation] = nil }
            self.choose(&actor, setting)
        default: actor.at = .release
        }
        if case .release = actor.at, actor.role == .cleaner { actor = ZoneActor(.cleaner, epoch: actor.epoch) }
        self.actors[index] = actor
    }

    /// The next generation that may go, by what was read; none ends the work.
    func choose(_ actor: inout ZoneActor, _ setting: ZoneSetting) {
        let seen = actor.report.servers.compactMap { $0.marker?.generation }
        let active = seen.count == self.servers.count ? seen.min() : nil
        let next = self.removable(active, setting).first { !actor.spared.contains($0) }
        actor.generation = next
        actor.at = next == nil ? .release : .mark
        if next != nil { actor.report.servers = actor.report.servers.map { Self.marker(of: $0) } }
    }

    /// Generations that nobody needs, oldest first; none where the zone's own is not known.
    func removable(_ active: Generation?, _ setting: ZoneSetting) -> [Generation] {
        guard let active else { return [] }
        // A zone may have a generation that no plan has; the newest plan stays all the same.
        let last =
            setting.receivers.stands(.activeKept)
            ? Generation(min(active, self.newest).value - setting.keep) : self.newest
        return self.plans.keys.filter { $0 < last }
    }

    private func isHeld(_ generation: Generation, except index: Int, _ setting: ZoneSetting) -> Bool {
        guard setting.receivers.stands(.holders) else { return false }
        return self.actors.indices.contains { $0 != index && self.actors[$0].held == generation }
    }

    /// Takes one set of a plan away, and with it what a server that has this generation answers.
    ///
    /// The update names the marker that was read; where another is there now, nothing more is removed in this round.
    private mutating func withdraw(
        _ name: HostName,
        _ host: Int,
        _ actor: inout ZoneActor,
        _ setting: ZoneSetting
    ) {
        guard let generation = actor.generation else { return }
        if setting.receivers.stands(.compareAndSet) {
            let isAsRead = zip(self.servers, actor.report.servers).allSatisfy { $0.marker == $1.marker }
            guard isAsRead else {
                actor.at = .release
                return
            }
        }
        for server in self.servers.indices where self.servers[server].marker?.generation == generation {
            self.servers[server].records[host] = []
        }
        self.plans.update(generation) { $0.sets[name] = nil }
        actor.at = host + 1 < setting.hosts.count ? .withdraw(host + 1) : .forget
    }

    private static func marker(of report: ZoneServerReport) -> ZoneServerReport {
        ZoneServerReport(server: report.server, serial: report.serial, marker: report.marker, records: [:])
    }
}
