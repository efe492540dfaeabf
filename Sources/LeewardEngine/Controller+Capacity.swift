import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// Predicted load and observed ready instances of every critical cluster of `regions` (S06).
    func loads(under shares: ShareTable, _ regions: [RegionID], _ now: Timestamp) -> [ClusterLoad] {
        var mixes = SortedMap<ClusterID, Double>()
        for home in self.fleet.regions.keys {
            for service in self.fleet.services.keys { mixes[ClusterID(home, service)] = self.mix(home, service, now) }
        }
        return CapacityPlanner.loads(
            under: shares,
            regions: regions,
            fleet: self.fleet,
            arrivals: self.arrivals(now),
            mix: { mixes[ClusterID($0, $1)] ?? .infinity },
            ready: { self.ready($0, now) },
            foretold: { self.foretold($0, $1, now) }
        )
    }

    /// Instances that the provider lists as live and ready and that the proxy has loaded; requested ones never count.
    func ready(_ cluster: ClusterID, _ now: Timestamp) -> Int {
        guard self.stands(.observedReady) else { return self.requested(cluster, now) }
        guard let report = self.observed.capacity(cluster.region, at: now),
            let loaded = self.observed.edge(cluster.region, at: now)?.loaded
        else { return 0 }
        let endpoints = loaded.endpoints[cluster.service] ?? []
        return report.instances.reduce(0) { count, instance in
            let serves =
                instance.service == cluster.service && instance.membership == .live
                && instance.state == .ready && endpoints.contains(instance.id)
            return count + (serves ? 1 : 0)
        }
    }

    /// What was asked for, ready or not.
    private func requested(_ cluster: ClusterID, _ now: Timestamp) -> Int {
        let own = self.observed.capacity(cluster.region, at: now)?.instances.filter { $0.service == cluster.service }
        let live = own?.filter { $0.membership == .live }.count ?? 0
        let chosen = self.state.evacuation?.injected[cluster]?.count ?? 0
        return max(live + chosen, self.state.evacuation?.startTargets[cluster] ?? 0)
    }

    func capacityLines(_ loads: [ClusterLoad]) -> [ShareContext.CapacityLine] {
        loads.map { .init(cluster: $0.cluster, predicted: $0.predicted, ready: $0.ready, needed: $0.needed) }
    }

    /// Chooses dark instances for what the last rung needs beyond what is live, and cold starts for what stock cannot cover.
    ///
    /// Only adds: what was chosen once serves until the way back.
    mutating func stock(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard !evacuation.isWithdrawing else { return }
        let shares =
            evacuation.isReturning ? evacuation.plan.baseline : evacuation.plan.shares(at: evacuation.plan.final)
        let regions = evacuation.isReturning ? [evacuation.evacuee] : evacuation.plan.receivers
        for load in self.loads(under: shares, regions, now) {
            guard load.predicted.isFinite, let report = self.observed.capacity(load.cluster.region, at: now) else {
                continue
            }
            let own = report.instances.filter { $0.service == load.cluster.service && $0.state != .failed }
            let live = own.filter { $0.membership == .live }
            let chosen = self.state.evacuation?.injected[load.cluster] ?? []
            let coming = own.filter { chosen.contains($0.id) && $0.membership != .live }
            var missing = load.needed - live.count - coming.count
            guard missing > 0 else { continue }
            let dark = self.usableStock(own, live: live).filter { !chosen.contains($0) }.prefix(missing)
            if !dark.isEmpty {
                self.record(.stock(evacuation.id, load.cluster, Array(dark)), &output, now)
                missing -= dark.count
            }
            let target = live.count + coming.count + dark.count + missing
            if missing > 0, target > self.state.evacuation?.startTargets[load.cluster] ?? 0 {
                self.record(.startTarget(evacuation.id, load.cluster, target), &output, now)
                self.tell(
                    .warning,
                    "\(load.cluster): stock is \(missing) short of \(load.needed) needed; \(missing) are cold-started",
                    &output
                )
            }
        }
    }

    /// Dark, ready, and of the same image and configuration as the live ones (S10).
    func usableStock(_ own: [InstanceReport], live: [InstanceReport]) -> [InstanceID] {
        let digests = live.map(\.digest)
        let isAnyImage = !self.stands(.digest)
        return own.filter {
            $0.membership == .shadow && $0.state == .ready && (isAnyImage || digests.contains($0.digest))
        }
        .map(\.id).sorted()
    }
}
