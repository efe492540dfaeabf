import LeewardModel

extension World {
    /// What the agent beside a region's proxy says; nil where nobody answers.
    mutating func edgeReport(_ region: Int) -> EdgeReport? {
        let trouble = self.trouble.regions[region]
        guard !trouble.isEdgeDown, !trouble.isAgentSilent else { return nil }
        self.providers[region].list(self.names)
        self.edges[region].sequence += 1
        self.edges[region].heardAt = self.now
        let (accepted, epoch, sequence) = (
            self.edges[region].accepted, self.edges[region].epoch, self.edges[region].sequence
        )
        let (entered, served, probes) = (
            self.edges[region].entered, self.edges[region].served, self.edges[region].probes
        )
        let regions = self.names.regions.count
        let hung = trouble.isHung ? 100 : 0
        return EdgeReport(
            region: self.names.regions[region],
            agentStart: 1,
            sequence: sequence,
            accepted: SnapshotMark(generation: accepted.generation, epoch: epoch, key: accepted.key),
            loaded: LoadedEdge(
                generation: accepted.generation,
                shares: self.edges[region].table,
                endpoints: self.providers[region].endpoints
            ),
            rejections: 0,
            counters: EdgeCounters(
                proxyStart: 1,
                entered: self.names.geographyIndex.mapValues { geography in
                    self.names.regionIndex.mapValues { entered[geography * regions + $0] }
                },
                served: self.names.serviceIndex.mapValues {
                    var counts = served[$0]
                    counts.active = hung
                    return counts
                }
            ),
            probes: self.names.regionIndex.mapValues { probes[$0] }
        )
    }

    /// What a region's capacity provider says; nil where it does not answer.
    mutating func capacityReport(_ region: Int) -> CapacityReport? {
        guard !self.trouble.regions[region].isProviderSilent else { return nil }
        self.providers[region].list(self.names)
        self.providers[region].sequence += 1
        let provider = self.providers[region]
        var report = CapacityReport(
            region: self.names.regions[region],
            sequence: provider.sequence,
            isComplete: true,
            epoch: provider.epoch,
            isFrozen: provider.isFrozen,
            floors: provider.floors,
            instances: provider.listing
        )
        if self.keepsListings { self.listings[region].keep(report, at: self.now) }
        switch self.trouble.regions[region].listing {
        case .late(let span): report = self.listings[region].report(now: self.now, lateBy: span) ?? report
        case .empty: report.instances = []
        case .cutShort:
            report.instances.removeLast(report.instances.count / 2)
            report.isComplete = false
        case .twice: report.instances += report.instances
        case nil: break
        }
        return report
    }

    /// What every authoritative server answers.
    func zoneReport() -> ZoneReport {
        var report = ZoneReport(servers: [], silent: [])
        for (index, server) in self.servers.enumerated() {
            let name = WorldShape.server(index)
            if server.isSilent || self.trouble.zoneCalls.contains(.outage) {
                report.silent.append(name)
            } else {
                let records = self.names.hostIndex.mapValues { server.records[$0] }
                report.servers.append(
                    ZoneServerReport(server: name, serial: server.serial, marker: server.marker, records: records)
                )
            }
        }
        return report
    }
}
