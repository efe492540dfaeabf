import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// Predicted load and observed ready instances of every critical cluster of `regions`, or of the short ones only (S06).
    func loads(
        under shares: ShareTable,
        _ regions: [RegionID],
        onlyShort: Bool = false,
        _ now: Timestamp
    ) -> [ClusterLoad] {
        let services = self.fleet.services
        let observed = self.observedMixes(now)
        var mixes = self.fleet.regions.mapValues { _ in observed }
        if self.keeper.isTaught || self.demand != nil {
            for home in self.fleet.regions.keys {
                mixes[home] = zip(services.keys, observed).map { self.knownMix(home, $0, now) ?? $1 }
            }
        }
        var ready = SortedMap<RegionID, [Int]>()
        for region in regions { ready[region] = self.readyCounts(region, now) }
        var arrivals = self.arrivals(now)
        if self.stands(.arrivalsKnown) {
            // A load that nobody knows is carried by nobody (S06).
            for geography in self.fleet.geographies.keys where arrivals[geography] == nil {
                arrivals[geography] = .infinity
            }
        }
        return CapacityPlanner.loads(
            under: shares,
            regions: regions,
            fleet: self.fleet,
            arrivals: arrivals,
            mixes: mixes,
            ready: ready,
            onlyShort: onlyShort,
            // A closure over the controller copies all of it: made only where it is asked.
            foretold: self.keeper.isTaught ? { self.foretold($0, $1, now) } : nil
        )
    }

    /// Instances that the provider lists as live and ready and that the proxy has loaded; requested ones never count.
    func ready(_ cluster: ClusterID, _ now: Timestamp) -> Int {
        guard self.stands(.observedReady) else { return self.requested(cluster, now) }
        return self.observed.ready(in: cluster.region, at: now)?[cluster.service] ?? 0
    }

    /// The same for each of the fleet's services, in their order.
    private func readyCounts(_ region: RegionID, _ now: Timestamp) -> [Int] {
        let services = self.fleet.services.keys
        guard self.stands(.observedReady) else {
            return services.map { self.requested(ClusterID(region, $0), now) }
        }
        return Self.counts(of: services, self.observed.ready(in: region, at: now) ?? [:])
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
        // The same readings again need nothing else than before; a forecast moves on with the time.
        let look = self.look(now, edges: true)
        if let look, look == self.stocked { return }
        let recorded = output.records.count
        defer { self.stocked = output.records.count == recorded ? look : nil }
        let shares = evacuation.isReturning ? evacuation.plan.baseline : self.lastShares(of: evacuation.plan)
        let regions = evacuation.isReturning ? [evacuation.evacuee] : evacuation.plan.receivers
        for load in self.loads(under: shares, regions, onlyShort: true, now) {
            guard load.predicted.isFinite, let all = self.observed.instances(of: load.cluster, at: now) else {
                continue
            }
            let own = all.filter { $0.state != .failed }
            let live = own.filter { $0.membership == .live }
            let chosen = self.state.evacuation?.injected[load.cluster] ?? []
            let coming = self.withLiveImage(own, own).filter { chosen.contains($0.id) && $0.membership != .live }
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

    /// The shares of a plan's last rung; plans change seldom, and this is asked at every look.
    private mutating func lastShares(of plan: Plan) -> ShareTable {
        if let aimed = self.aimed, aimed.plan == plan { return aimed.shares }
        let shares = plan.shares(at: plan.final)
        self.aimed = (plan, shares)
        return shares
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

    /// Those of `some` whose image a live instance of `all` has; all of them where nothing is live to compare with (S10).
    func withLiveImage(_ some: [InstanceReport], _ all: [InstanceReport]) -> [InstanceReport] {
        let digests = all.filter { $0.membership == .live && $0.state != .failed }.map(\.digest)
        guard self.stands(.digest), !digests.isEmpty else { return some }
        return some.filter { digests.contains($0.digest) }
    }

    /// Which readings a judgement rests on; nil where it would change with the time alone.
    func look(_ now: Timestamp, edges: Bool) -> Look? {
        guard !self.keeper.isTaught || !edges, self.fleet.regions.count <= 32 else { return nil }
        var fresh: UInt64 = 0
        for region in self.fleet.regions.keys {
            fresh = fresh << 2 | (self.observed.isListed(region, at: now) ? 1 : 0)
            if edges, self.observed.isEdgeFresh(region, at: now) { fresh |= 2 }
        }
        let seen = edges ? self.observed.revision : self.observed.listingRevision
        return Look(state: self.revision, seen: seen, signals: edges ? self.observed.signalsAt : nil, fresh: fresh)
    }
}

/// Names a set of readings: two that are equal hold the same.
struct Look: Sendable, Equatable {
    var state: Int
    var seen: Int
    var signals: Timestamp?
    /// Two bits for each region: its provider answers, its edge answers.
    var fresh: UInt64
}
