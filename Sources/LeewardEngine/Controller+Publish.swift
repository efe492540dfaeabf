import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// DNS, one geography at a time, smallest first; each read back from the authoritative servers BEFORE the next.
    mutating func publish(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard !self.holdIfGlobal(&output, now), !self.climbsAgain(evacuation, &output, now) else { return }
        self.stock(evacuation, &output, now)
        for geography in evacuation.plan.published where !evacuation.plan.abandoned.contains(geography) {
            let wanted = evacuation.plan.entries(of: geography)
            guard self.state.entries[geography] != wanted else { continue }
            guard !evacuation.hasPublished || self.mayPublishNext(&output, now) else { return }
            for region in wanted where !self.isCalledWell(region) {
                self.waiting = "\(region) is \(self.health(region).rawValue); \(geography) does not move there (S07)"
                return
            }
            if let reason = self.failing(wanted, now) {
                self.waiting = reason
                self.holdIfRefusedForLong(reason, evacuation, &output, now)
                return
            }
            if let closed = self.closedWay(from: wanted, to: geography, evacuation, now) {
                self.waiting = "\(closed); \(geography) does not enter there (S07)"
                return
            }
            self.intend(wanted, for: geography, evacuation, &output, now)
            return
        }
        guard self.isZoneRead(now) else { return }
        self.enter(.settling, because: "every authoritative server answers with the saviors", &output, now)
    }

    /// Writes the intended entries of one geography down; the reconciler makes the call.
    mutating func intend(
        _ entries: [RegionID],
        for geography: GeographyID,
        _ evacuation: Evacuation,
        _ output: inout Output,
        _ now: Timestamp
    ) {
        let findings = self.standing(self.recordGates(entries, geography, now))
        guard findings.ruling.isPermitted else {
            // It goes on by itself once the servers answer; a standstill calls a person.
            self.waiting = findings.refusals.joined(separator: "; ")
            return
        }
        var highest = self.state.zoneGeneration
        for server in self.observed.zone?.value.servers ?? [] {
            if let marker = server.marker { highest = max(highest, marker.generation) }
        }
        self.record(
            .entries(evacuation.id, geography, entries, highest.next, findings: findings),
            &output,
            now
        )
        self.entriesAt = now
        self.tell(.info, "\(geography) enters at \(entries.map(\.text).joined(separator: ", "))", &output)
    }

    private func recordGates(_ entries: [RegionID], _ geography: GeographyID, _ now: Timestamp) -> [Finding] {
        let limits = self.fleet.limits
        let addresses = self.fleet.entryAddresses(entries)
        let part = 10_000 / max(1, self.fleet.geographies.count)
        let servers = self.observed.zone.map { now - $0.at <= .seconds(5) ? $0.value.servers.count : 0 } ?? 0
        return [
            Finding(
                .s15,
                "\(addresses.count) addresses for \(geography), \(part) of 10000 of all names in one change",
                stoppedBy: "an empty record set, or a change of more than \(limits.dnsMaxChange) of 10000 of all names",
                refusal: ZoneGoal.refusal(
                    of: addresses.count,
                    expected: entries.count,
                    for: geography.text,
                    changed: 1,
                    of: self.fleet.geographies.count,
                    maxChange: limits.dnsMaxChange
                )
            ),
            Finding(
                .s16,
                "\(servers) of \(self.fleet.zone.servers.count) authoritative servers answer",
                stoppedBy: "no authoritative server that answers",
                refusal: servers > 0 ? nil : "no authoritative server of \(self.fleet.zone.name) answers"
            ),
        ]
    }

    /// True when every authoritative server has the geographies before, or when one has them and the others had a TTL to follow.
    ///
    /// Servers belong to several operators so that one of them may fail (SC14). By then resolvers have turned to those that
    /// answer, and every geography that waits is left behind there. Nothing counts as applied before all were read: the phase
    /// ends by `isZoneRead` alone (S16).
    private mutating func mayPublishNext(_ output: inout Output, _ now: Timestamp) -> Bool {
        if self.isZoneRead(now) { return true }
        guard let seen = self.observed.zone, now - seen.at <= .seconds(5),
            seen.value.servers.contains(where: { self.isAsIntended($0) })
        else { return false }
        guard let since = self.entriesAt else {
            // Another life does not know since when: the time begins anew.
            self.entriesAt = now
            return false
        }
        guard now - since >= self.fleet.limits.dnsTTL else { return false }
        let why = self.waiting ?? "not every authoritative server was read (S16)"
        self.waiting = nil
        self.tell(.warning, "\(why); the next geography goes ahead at those that do", &output)
        return true
    }

    /// True when every authoritative server answers with the intended entries of the plan's geographies (S16).
    mutating func isZoneRead(_ now: Timestamp) -> Bool {
        guard self.stands(.zoneRead) else { return true }
        guard let seen = self.observed.zone, now - seen.at <= .seconds(5) else {
            self.waiting = "the zone \(self.fleet.zone.name) has not been read (S16)"
            return false
        }
        guard seen.value.silent.isEmpty, seen.value.servers.count == self.fleet.zone.servers.count else {
            self.waiting = "\(seen.value.silent.joined(separator: ", ")) does not answer (S16)"
            return false
        }
        for server in seen.value.servers where !self.isAsIntended(server) {
            self.waiting = "\(server.server) does not have the intended records yet (S16)"
            return false
        }
        return true
    }

    func isAsIntended(_ server: ZoneServerReport) -> Bool {
        guard let evacuation = self.state.evacuation else { return true }
        return evacuation.plan.published.allSatisfy { geography in
            guard let host = self.fleet.geographies[geography]?.host else { return true }
            let wanted = self.fleet.entryAddresses(self.state.entries[geography] ?? []).sorted()
            return (server.records[HostName(host)] ?? []).sorted() == wanted
        }
    }
}
