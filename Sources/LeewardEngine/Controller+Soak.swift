import LeewardModel
import LeewardPlanning
import LeewardSafety

// What an open rung must prove BEFORE the next one opens (S07, S16).
extension Controller {
    /// True once every proxy that carries anything has loaded this generation; starts the soak's clock then (S16).
    mutating func isLoadedEverywhere(_ now: Timestamp) -> Bool {
        if self.soak?.generation != self.state.generation {
            self.soak = Soak(generation: self.state.generation, openedAt: now)
        }
        for region in self.fleet.regions.keys where self.stands(.loadedEverywhere) {
            if let loaded = self.observed.loaded(region, at: now) {
                guard loaded.generation == self.state.generation, loaded.shares == self.state.shares else {
                    self.waiting = "\(region) has generation \(loaded.generation) of \(self.state.generation) (S16)"
                    return false
                }
            } else if !self.carriesNothing(region, now) {
                self.waiting = "the edge of \(region) has not been read back (S16)"
                return false
            }
        }
        if self.soak?.loadedAt == nil {
            self.soak?.loadedAt = now
            for region in self.fleet.regions.keys {
                guard let report = self.observed.edge(region, at: now) else { continue }
                self.soak?.counters[region] = report.counters
                self.soak?.probes[region] = report.probes
            }
        }
        return true
    }

    /// Judges what completed since the open rung was loaded everywhere.
    func proof(_ evacuation: Evacuation, _ now: Timestamp) -> Proof {
        guard let soak = self.soak, let loadedAt = soak.loadedAt else { return .open("not loaded yet") }
        guard self.stands(.soak) else { return .positive("nobody waited for evidence") }
        guard now - loadedAt >= self.fleet.limits.soakMin else {
            return .open("soaked \(now - loadedAt) of \(self.fleet.limits.soakMin)")
        }
        let evidence = self.evidence(evacuation, soak, now)
        // Users who fail where they are go home on the proof that they left by: better than what serves them now (S25, S44).
        if evacuation.isReturning, let poorest = self.poorestSavior(evacuation, now) {
            return .homeward(evidence, than: poorest.part)
        }
        return evacuation.isPlanned || evacuation.isReturning
            ? .planned(evidence) : .emergency(evidence, isKnown: soak.isProven)
    }

    mutating func holdIfSoakIsOver(_ sentence: String, _ output: inout Output, _ now: Timestamp) {
        guard let loadedAt = self.soak?.loadedAt, now - loadedAt > self.fleet.limits.soakMax else { return }
        self.hold("no proof within \(self.fleet.limits.soakMax): \(sentence) (S07)", &output, now)
    }

    func evidence(_ evacuation: Evacuation, _ soak: Soak, _ now: Timestamp) -> RungEvidence {
        let plan = evacuation.plan
        let climbing = evacuation.isReturning ? plan.saviors.keys : plan.climbing(at: evacuation.points)
        let receivers = evacuation.isReturning ? [evacuation.evacuee] : plan.receivers(of: climbing)
        var moved = SortedMap<RegionID, RequestCounts>(receivers.map { ($0, RequestCounts()) })
        var served = moved
        for region in self.fleet.regions.keys {
            guard let new = self.observed.counters(region, at: now), let old = soak.counters[region],
                old.proxyStart == new.proxyStart
            else { continue }
            Self.entered(old, new, of: climbing) { target, delta in
                moved.update(target) { $0 = $0 + delta }
            }
            if receivers.contains(region) {
                served[region] = (served[region] ?? RequestCounts()) + Self.served(old, new)
            }
            guard evacuation.isReturning, let before = soak.probes[region]?[evacuation.evacuee],
                let probes = self.observed.edge(region, at: now)?.probes[evacuation.evacuee],
                probes.attempts >= before.attempts
            else { continue }
            // A region without users is proven by full transactions as well as by the few users of a canary (S25).
            let attempts = probes.attempts - before.attempts
            let good = min(attempts, max(0, probes.good - before.good))
            // The newest probe may still be under way.
            let failed = max(0, attempts - good - 1)
            let own = served[evacuation.evacuee] ?? RequestCounts()
            served[evacuation.evacuee] = own + RequestCounts(started: attempts, good: good, failed: failed)
        }
        return RungEvidence(moved: moved, served: served, evacueeGood: evacuation.evacueeGood)
    }
}
