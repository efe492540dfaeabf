import LeewardDetection
public import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// The view at this moment; reads only.
    public func status(at now: Timestamp) -> FleetStatus {
        var loaded = SortedMap<RegionID, ShareTable>()
        for region in self.fleet.regions.keys {
            if let shares = self.observed.loaded(region, at: now)?.shares { loaded[region] = shares }
        }
        var records = SortedMap<HostName, [String]>()
        if let seen = self.observed.zone, now - seen.at <= .seconds(5), let first = seen.value.servers.first {
            // Servers that disagree show as what they have in common: nothing.
            for (host, addresses) in first.records
            where seen.value.servers.allSatisfy({ $0.records[host] == addresses }) {
                records[host] = addresses
            }
        }
        let evacuation = self.state.evacuation
        var live = 0
        for (cluster, chosen) in evacuation?.injected ?? [:] {
            live +=
                (self.observed.capacity(cluster.region, at: now)?.instances ?? [])
                .filter { chosen.contains($0.id) && $0.membership == .live && $0.state == .ready }.count
        }
        return FleetStatus(
            fleet: self.fleet.name,
            epoch: self.state.epoch,
            verdict: self.assessment.fleet,
            reason: self.assessment.reason,
            classes: self.assessment.classes,
            advice: self.advice(now)?.text,
            regions: self.assessment.regions.values,
            evacuation: evacuation,
            last: self.state.finished.last,
            shares: self.state.shares,
            loaded: loaded,
            generation: self.state.generation,
            entries: self.state.entries,
            records: records,
            injectedLive: live,
            servedResidual: self.residualReading.served,
            entryResidual: self.residualReading.entry,
            waiting: self.waiting ?? self.owed(now),
            orphans: self.orphans(now),
            isKilled: self.state.isKilled,
            pinned: self.state.pinned,
            probesGoodFor: evacuation.flatMap { self.assessment.probesGoodSince[$0.evacuee] }.map { now - $0 },
            isReady: self.isReady(now),
            knowsWorld: self.knowsWorld(now),
            inFlight: self.inFlight.values.sorted(),
            pages: self.fleet.pages,
            inputs: self.inputAges(now)
        )
    }

    /// Could each region be evacuated now, and what blocks it.
    public func readiness(at now: Timestamp) -> [Readiness] {
        self.fleet.regions.keys.map { region in
            var blocks: [String] = []
            var isWarm = false
            switch self.preview(of: region, at: now) {
            case .failure(let problem): blocks.append("\(problem.description) (\(problem.rule.rawValue))")
            case .success(let preview):
                blocks += preview.findings.refusals
                isWarm = preview.coldStarts.isEmpty && preview.loads.allSatisfy { $0.predicted >= 0 }
                for (cluster, count) in preview.coldStarts {
                    blocks.append("\(cluster): stock is \(count) short of what an evacuation of \(region) needs (S06)")
                }
                for load in preview.loads where load.predicted < 0 {
                    blocks.append("\(load.cluster): no forecast yet (S06)")
                }
            }
            for other in self.fleet.regions.keys {
                if self.observed.capacity(other, at: now) == nil {
                    blocks.append("the capacity provider of \(other) does not answer")
                }
                if self.observed.loaded(other, at: now) == nil {
                    blocks.append("the edge of \(other) does not answer")
                }
            }
            if let zone = self.observed.zone, now - zone.at <= .seconds(5) {
                blocks += zone.value.silent.map { "the authoritative server \($0) does not answer" }
            } else {
                blocks.append("the zone \(self.fleet.zone.name) has not been read")
            }
            let orphans = self.orphans(now)
            if !orphans.isEmpty { blocks.append("\(orphans.count) instances are in no cluster: \(orphans)") }
            return Readiness(region: region, isReady: blocks.isEmpty, isWarm: isWarm, blocks: blocks)
        }
    }

    /// Running instances in no cluster that no open evacuation is moving.
    func orphans(_ now: Timestamp) -> [InstanceID] {
        let moving = self.state.evacuation?.injected.values.flatMap { $0 } ?? []
        var orphans: [InstanceID] = []
        for region in self.fleet.regions.keys {
            for instance in self.observed.capacity(region, at: now)?.instances ?? []
            where instance.membership == .none && !moving.contains(instance.id) {
                orphans.append(instance.id)
            }
        }
        return orphans.sorted()
    }

    /// What the last evacuation could not give back yet.
    private func owed(_ now: Timestamp) -> String? {
        guard self.state.evacuation == nil else { return nil }
        let silent = self.state.frozen.filter { self.observed.capacity($0, at: now) == nil }.map(\.text)
        guard !silent.isEmpty else { return nil }
        return "scale-down in \(silent.joined(separator: ", ")) is still frozen: the provider does not answer (S09)"
    }

    private func knowsWorld(_ now: Timestamp) -> Bool {
        let silent = self.fleet.regions.keys.filter {
            self.observed.loaded($0, at: now) == nil || self.observed.capacity($0, at: now) == nil
        }
        return self.observed.zone != nil && silent.count <= 1
    }

    private func isReady(_ now: Timestamp) -> Bool {
        self.demand != nil && self.assessment.fleet == .normal && self.observed.zone != nil
            && self.fleet.regions.keys.allSatisfy {
                self.observed.loaded($0, at: now) != nil && self.observed.capacity($0, at: now) != nil
            }
            && self.fleet.geographies.keys.allSatisfy { (self.observed.usualArrivals[$0] ?? 0) > 0 }
    }
}
