import LeewardModel
import LeewardPlanning

extension ZoneScene {
    /// Newest plan, in hand, read the zone, write by compare-and-set, read back, tidy up.
    mutating func stepEnactor(_ index: Int, _ setting: ZoneSetting) {
        var actor = self.actors[index]
        switch actor.at {
        case .rest:
            actor.generation = self.newest
            actor.at = .hold
        case .hold:
            actor.held = actor.generation
            actor.at = .load
        case .load:
            let plan = actor.generation.flatMap { self.plans[$0] }
            // It is on its way out: the cleaner may have asked before the registration was there.
            actor.content = plan?.isRetired == false ? plan?.sets : nil
            actor.at = actor.content == nil ? .release : .read(0)
        case .read(let server):
            self.read(server, &actor, setting)
            if server + 1 == self.servers.count { self.decide(&actor, setting) }
        case .renew(let generation):
            if setting.receivers.stands(.selfRepair), self.newest == actor.generation {
                self.asked = max(self.asked, generation)
            }
            // Until the planner has answered, nothing that this process could write would be taken.
            actor.waitsAbove = actor.generation
            actor.at = .release
        case .send(let server): self.send(server, &actor, setting)
        case .release:
            let waitsAbove = actor.waitsAbove
            let isDeposed = actor.epoch < self.servers.compactMap { $0.marker?.epoch }.max() ?? Epoch(0)
            actor = ZoneActor(.enactor, epoch: actor.epoch)
            actor.waitsAbove = waitsAbove
            // Another term has begun; it goes on as a member of that one once it has started again.
            if isDeposed { actor.at = .down }
        default:
            self.actors[index] = actor
            self.stepCleaner(index, setting)
            return
        }
        self.actors[index] = actor
    }

    func read(_ server: Int, _ actor: inout ZoneActor, _ setting: ZoneSetting) {
        if server == 0 { actor.report = ZoneReport(servers: [], silent: []) }
        if let report = self.report(of: server, setting) {
            actor.report.servers.append(report)
        } else {
            actor.report.silent.append(ZoneSetting.server(server))
        }
        actor.at = .read(server + 1)
    }

    /// Only the process itself sees this; it is one step with the last reading.
    private func decide(_ actor: inout ZoneActor, _ setting: ZoneSetting) {
        guard let generation = actor.generation, let content = actor.content else {
            actor.at = .release
            return
        }
        actor.effect = nil
        switch Self.goal(generation, content, actor.epoch, setting).need(actor.report) {
        case .nothing:
            actor.content = nil
            self.choose(&actor, setting)
        case .claim(let old): actor.effect = .claimZone(old: old)
        case .update(let change): actor.effect = .updateZone(change)
        case .newer(let above): actor.at = .renew(above)
        case .refused: actor.at = .release
        }
        guard actor.effect != nil else { return }
        actor.report = ZoneReport(servers: [], silent: [])
        actor.at = .send(0)
    }

    /// One server after another; the first refusal ends it, as in the adapter, and all is read again.
    private mutating func send(_ server: Int, _ actor: inout ZoneActor, _ setting: ZoneSetting) {
        guard let effect = actor.effect, let generation = actor.generation else {
            actor.at = .release
            return
        }
        actor.at = server + 1 < self.servers.count ? .send(server + 1) : .read(0)
        if !self.servers[server].isSilent {
            let key: EffectKey =
                if case .claimZone = effect { EffectKey("claim/\(actor.epoch)/zone") } else {
                    EffectKey("e1/zone/g\(generation)")
                }
            let serial = self.servers[server].serial
            let (outcome, _) = self.servers[server].apply(
                effect.put(to: ZoneSetting.server(server)),
                Fence(epoch: actor.epoch, key: key),
                setting.hosts,
                setting.receivers
            )
            // Scenes that differ in nothing but how often they were written are one.
            self.servers[server].serial = serial
            if case .refused = outcome { actor.at = .release }
        }
        guard case .send = actor.at else {
            actor.effect = nil
            return
        }
    }
}
