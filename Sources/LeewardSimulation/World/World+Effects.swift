import LeewardModel

/// How a call went in the world: what its receiver says, and whether anything changed.
struct Landing: Sendable {
    var outcome: Outcome
    /// True when the receiver's state is another one now: each key may do that once (S13).
    var changed = false
    /// Name servers, from 0, whose records or generation are others now: each key may do that once at each (S13).
    var servers: [Int] = []
    /// Instances that it ended (S11).
    var ended = 0
}

extension World {
    /// Carries an effect out at its receiver; every fault of the call itself has been dealt with before.
    mutating func land(_ effect: Effect, _ fence: Fence) -> Landing {
        guard let name = effect.region else { return self.landAtZone(effect, fence) }
        guard let region = self.names.regionIndex[name] else {
            return Landing(outcome: .refused("\(name) is no region"))
        }
        switch effect {
        case .claimEdge, .publishEdge:
            guard !self.trouble.regions[region].isEdgeDown else {
                return Landing(outcome: .failed("connection refused"))
            }
            let known = self.edges[region].done[fence.key] != nil
            let checks = self.shape.receivers
            let before = self.edges[region].accepted
            let outcome = self.edges[region].apply(effect, fence, self.names, checks)
            let isNew = checks.stands(.edgeKeys) ? !known : !known || self.edges[region].accepted != before
            return Landing(outcome: outcome, changed: outcome == .done && isNew)
        default: return self.landAtProvider(region, effect, fence)
        }
    }

    private mutating func landAtProvider(_ region: Int, _ effect: Effect, _ fence: Fence) -> Landing {
        let known = self.providers[region].done[fence.key] != nil
        let luck = self.luck
        let failing = self.trouble.regions[region].coldStartsFail
        let base = Int64(self.providers[region].instances.count)
        let boot = ProviderState.Boot(readyAt: self.now + self.shape.coldStart.milliseconds) { index in
            failing > 0 && luck.unit(.dark, 50 + region, base + Int64(index)) < failing
        }
        let checks = self.shape.receivers
        let outcome = self.providers[region].apply(effect, fence, self.names, boot, checks)
        // Without keys only what is there tells whether the second time did anything.
        let grew = !checks.stands(.providerKeys) && Int64(self.providers[region].instances.count) != base
        return Landing(
            outcome: outcome,
            changed: outcome == .done && (!known || grew),
            ended: max(0, Int(base) - self.providers[region].instances.count)
        )
    }

    /// One server after another; the first refusal ends it, as the real writer does.
    private mutating func landAtZone(_ effect: Effect, _ fence: Fence) -> Landing {
        var landed = 0
        var problems: [String] = []
        var changed = false
        var servers: [Int] = []
        var isRefused = false
        for index in self.servers.indices {
            if self.servers[index].isSilent || self.servers[index].isStale {
                problems.append("no connection to \(WorldShape.server(index))")
                continue
            }
            let own = effect.put(to: WorldShape.server(index))
            let before = self.servers[index]
            let answer = self.servers[index].apply(own, fence, self.names.hosts, self.shape.receivers)
            if answer.changed {
                changed = true
                // A marker whose epoch alone was raised is a claim, whatever raised it: users see nothing of it.
                let after = self.servers[index]
                let isClaim = before.marker?.generation == after.marker?.generation && before.records == after.records
                if !isClaim { servers.append(index) }
                self.noteEntries(of: index)
            }
            if case .refused(let reason) = answer.outcome {
                problems.append("refused at \(WorldShape.server(index)): \(reason)")
                isRefused = true
                break
            }
            landed += 1
        }
        guard !problems.isEmpty else { return Landing(outcome: .done, changed: changed, servers: servers) }
        let text = problems.joined(separator: "; ")
        if landed > 0 { return Landing(outcome: .unknown(text), changed: changed, servers: servers) }
        return Landing(outcome: isRefused ? .refused(text) : .failed(text), changed: changed, servers: servers)
    }

    /// Resolvers hear the new records from now on.
    mutating func noteEntries(of server: Int) {
        let geographies = self.names.geographies.count
        for geography in 0..<geographies {
            let addresses = self.servers[server].records[geography]
            let isFound = !self.trouble.isDelegationGone
            let parts = self.names.addresses.map {
                isFound && addresses.contains($0) ? 1 / Double(max(1, addresses.count)) : 0
            }
            self.entries[server * geographies + geography].change(to: parts, at: self.now)
        }
        self.findEntries()
    }
}

extension Effect {
    /// The effect as one authoritative server gets it.
    func put(to server: String) -> Effect {
        guard case .updateZone(let change) = self else { return self }
        return .updateZone(change.at(server))
    }
}
