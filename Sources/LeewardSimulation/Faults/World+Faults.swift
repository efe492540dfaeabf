import LeewardModel

extension World {
    /// A fault begins; one that happens in a moment has happened when this returns.
    mutating func begin(_ fault: Fault) {
        switch fault {
        case .darkDefects(let region, let failed, let wrongImage):
            if let index = self.names.regionIndex[region] { self.spoilStock(index, failed, wrongImage) }
        case .freezeReverted(let region):
            if let index = self.names.regionIndex[region] { self.providers[index].thaw() }
        case .deploy(let service, let region, _): self.deploy(service, region, to: .live)
        default:
            self.active.append(fault)
            self.troubleChanged()
        }
    }

    /// A fault that lasts ends.
    mutating func end(_ fault: Fault) {
        guard let index = self.active.firstIndex(of: fault) else { return }
        self.active.remove(at: index)
        self.troubleChanged()
    }

    /// The live or the dark instances of a service get its newest image.
    mutating func deploy(_ service: ServiceID, _ region: RegionID, to membership: Membership) {
        guard let at = self.names.regionIndex[region], let which = self.names.serviceIndex[service] else { return }
        if membership == .live { self.providers[at].versions[which] += 1 }
        for index in self.providers[at].instances.indices
        where self.providers[at].instances[index].service == which
            && self.providers[at].instances[index].membership == membership
        { self.providers[at].instances[index].version = self.providers[at].versions[which] }
        self.providers[at].changed()
    }

    private mutating func spoilStock(_ region: Int, _ failed: Int, _ wrongImage: Int) {
        for index in self.providers[region].instances.indices
        where self.providers[region].instances[index].membership == .shadow {
            let draw = Int(self.luck.pick(0...9999, .dark, region, Int64(index)))
            if draw < failed {
                self.providers[region].instances[index].state = .failed
            } else if draw < failed + wrongImage {
                self.providers[region].instances[index].version -= 1
            }
        }
        self.providers[region].changed()
    }

    private mutating func troubleChanged() {
        let before = self.trouble
        self.trouble = Trouble(self.active, self.names)
        for region in self.trouble.regions.indices {
            let kind = self.trouble.regions[region].telemetry
            if kind != before.regions[region].telemetry { self.telemetrySince[region] = kind == nil ? nil : self.now }
            let listing = self.trouble.regions[region].listing
            if listing != before.regions[region].listing { self.listings[region].since = self.now }
        }
        if self.trouble.isDelegationGone != before.isDelegationGone {
            for index in self.servers.indices { self.noteEntries(of: index) }
        }
        for index in self.servers.indices {
            self.servers[index].isSilent = self.trouble.silentServers.contains(index)
            self.servers[index].isStale = self.trouble.staleServers.contains(index)
        }
    }
}
