import LeewardModel
import LeewardPlanning

extension Controller {
    /// What the zone should answer for the active evacuation; nil while nothing was published.
    private func zoneGoal(_ evacuation: Evacuation) -> ZoneGoal? {
        guard evacuation.hasPublished else { return nil }
        var sets = SortedMap<HostName, [String]>()
        for geography in evacuation.plan.published {
            guard let host = self.fleet.geographies[geography]?.host else { continue }
            let addresses = self.fleet.entryAddresses(self.state.entries[geography] ?? [])
            if !addresses.isEmpty { sets[HostName(host)] = addresses }
        }
        return ZoneGoal(
            // Nothing is ever claimed for epoch 0.
            epoch: self.stands(.claim) ? self.state.epoch : Epoch(0),
            generation: self.state.zoneGeneration,
            key: EffectKey("\(evacuation.id)/zone/g\(self.state.zoneGeneration)"),
            sets: sets,
            names: self.fleet.geographies.count,
            maxChange: self.stands(.maxChange) ? self.fleet.limits.dnsMaxChange : 10_000,
            ttl: self.fleet.limits.dnsTTL
        )
    }

    func zoneWant(_ evacuation: Evacuation, _ now: Timestamp) -> Want? {
        guard let goal = self.zoneGoal(evacuation), let seen = self.observed.zone, now - seen.at <= .seconds(5) else {
            return nil
        }
        switch goal.need(seen.value) {
        case .claim(let old):
            return Want(key: "claim/\(self.state.epoch)/zone", effect: .claimZone(old: old), readAt: seen.at)
        case .update(let change): return Want(key: goal.key.text, effect: .updateZone(change), readAt: seen.at)
        case .nothing, .newer, .refused: return nil
        }
    }

    /// A zone that somebody or something else has changed gets the same entries under a generation above what it has (L10).
    mutating func mendZone(_ output: inout Output, _ now: Timestamp) {
        guard !self.state.isKilled, let evacuation = self.state.evacuation, let goal = self.zoneGoal(evacuation),
            let seen = self.observed.zone, now - seen.at <= .seconds(5),
            self.inFlight["zone"] == nil, seen.at > self.laneEnded["zone"] ?? .init(milliseconds: -1)
        else { return }
        switch goal.need(seen.value) {
        case .newer(let generation):
            guard let geography = self.damaged(evacuation, seen.value) else { return }
            let before = self.state.zoneGeneration
            self.intend(self.state.entries[geography] ?? [], for: geography, evacuation, &output, now)
            guard self.state.zoneGeneration > before else { return }
            self.zoneMends += 1
            let reason =
                "\(self.fleet.zone.name) has generation \(generation), and not all of it is what was intended (L10)"
            self.tell(.warning, "\(reason); it is published again", &output)
            // Who changes the zone again and again is not outdone by a program.
            if self.zoneMends % self.fleet.limits.maxAttempts == 0 {
                self.page("\(reason), \(self.zoneMends) times so far: does somebody else write there?", &output, now)
            }
        case .refused(let reason): self.waiting = reason
        case .nothing, .claim, .update: return
        }
    }

    /// The first published geography for which some server answers with something else.
    private func damaged(_ evacuation: Evacuation, _ report: ZoneReport) -> GeographyID? {
        evacuation.plan.published.first { geography in
            guard let host = self.fleet.geographies[geography]?.host else { return false }
            let wanted = self.fleet.entryAddresses(self.state.entries[geography] ?? []).sorted()
            return !wanted.isEmpty
                && report.servers.contains { ($0.records[HostName(host)] ?? []).sorted() != wanted }
        }
    }
}
