import LeewardDetection
import LeewardForecast
import LeewardModel
import LeewardPlanning

/// What an evacuation at a mark would have asked of the saviors.
///
/// The store knows load, not instances. So the honest comparison is with what a savior's own load needed at that moment,
/// not with what was running: a savior with slack was nearer to ready than this says, a tight one farther.
struct MarkCapacity: Hashable, Encodable {
    /// One critical cluster of a savior.
    struct Need: Hashable, Encodable {
        var savior: RegionID
        var service: ServiceID
        /// Requests per second that it carried then; nil where the store does not know.
        var ownLoad: Double?
        /// Requests per second that it would have received; nil where the history carries no model.
        var movedLoad: Double?
        /// Instances for its own load alone, within the savior limit.
        var needsItself: Int?
        /// Instances for both.
        var wouldNeed: Int?
        /// The difference, where the evacuee's users are spread evenly over its geographies.
        var more: Int?
        /// The difference, where all of them belong to the geography that this savior gets most of.
        var moreAtMost: Int?
    }

    var needs: [Need] = []
    /// Why there is no plan, or why numbers are missing.
    var problems: [String] = []

    /// Instances beyond what the saviors' own load needs; nil while any is unknown.
    var more: Int? { self.sum(\.more) }
    var moreAtMost: Int? { self.sum(\.moreAtMost) }

    private func sum(_ part: (Need) -> Int?) -> Int? {
        guard !self.needs.isEmpty else { return nil }
        var total = 0
        for need in self.needs {
            guard let count = part(need) else { return nil }
            total += count
        }
        return total
    }
}

/// Computes it with the planner and the forecast that the engine uses, from nothing that came after the mark.
struct CapacityReplay: Sendable {
    /// History that a forecast is fitted on.
    static let memory: Span = .days(28)
    /// Older load is not the load of that moment.
    static let fresh: Span = .minutes(15)

    let fleet: Fleet
    /// `served` and `load` by region, oldest first in each series.
    private var samples: SortedMap<RegionID, [Sample]> = [:]

    init(_ fleet: Fleet, _ samples: [Sample]) {
        self.fleet = fleet
        for region in fleet.regions.keys { self.samples[region] = samples.filter { $0.region == region } }
    }

    func capacity(at mark: ReplayMark) -> MarkCapacity {
        var result = MarkCapacity()
        guard let evacuee = mark.regions.first, let traffic = mark.expected[evacuee], traffic > 0 else {
            result.problems.append("its traffic at that time is unknown")
            return result
        }
        let time = WallTime(milliseconds: Int64(mark.time) * 1_000)
        let homes = self.fleet.geographies.filter { $0.1.home == evacuee }.map(\.0)
        let even = SortedMap(homes.map { ($0, traffic / Double(homes.count)) })
        let plan: Plan
        do {
            plan = try Planner.evacuation(
                of: evacuee,
                fleet: self.fleet,
                shares: self.fleet.homeShares,
                entries: self.fleet.geographies.mapValues { [$0.home] },
                arrivals: even,
                usable: mark.expected.keys.filter { $0 != evacuee },
                ladder: self.fleet.limits.emergencyLadder
            )
        } catch {
            result.problems.append("no plan: \(error.description)")
            return result
        }
        let model = DemandModel.fit(
            history: (self.samples[evacuee] ?? []).filter { $0.time < time && $0.time >= time - Self.memory }
        )
        result.problems = model.problems
        let moved = self.moved(plan, even, traffic, model, time)
        let alone = homes.map { self.moved(plan, [$0: traffic], traffic, model, time) }
        result.needs = moved.indices.map { index in
            let worst = alone.map { $0[index].predicted }.max() ?? .infinity
            return self.need(moved[index], worst: worst, at: time)
        }
        return result
    }

    /// What the plan's last rung brings each receiver of the evacuee's users.
    private func moved(
        _ plan: Plan,
        _ arrivals: SortedMap<GeographyID, Double>,
        _ traffic: Double,
        _ model: DemandModel,
        _ time: WallTime
    ) -> [ClusterLoad] {
        CapacityPlanner.loads(
            under: plan.shares(at: plan.final),
            regions: plan.receivers,
            fleet: self.fleet,
            arrivals: arrivals,
            mix: { home, service in
                // Only the evacuee's users move; the others are in the savior's own load.
                guard home == plan.evacuee else { return 0 }
                return model.load(of: service, in: home, traffic: traffic, at: time).map { $0.p90 / traffic }
                    ?? .infinity
            },
            ready: { _ in 0 }
        )
    }

    private func need(_ moved: ClusterLoad, worst: Double, at time: WallTime) -> MarkCapacity.Need {
        let own = (self.samples[moved.cluster.region] ?? []).last { sample in
            sample.signal == .load && sample.service == moved.cluster.service && sample.time <= time
                && sample.time >= time - Self.fresh && sample.value.isFinite && sample.value >= 0
        }?.value
        let alone = own.flatMap { self.instances($0, moved) }
        let both = own.flatMap { self.instances($0 + moved.predicted, moved) }
        let most = own.flatMap { self.instances($0 + worst, moved) }
        return MarkCapacity.Need(
            savior: moved.cluster.region,
            service: moved.cluster.service,
            ownLoad: own,
            movedLoad: moved.predicted.isFinite ? moved.predicted : nil,
            needsItself: alone,
            wouldNeed: both,
            more: alone.flatMap { alone in both.map { $0 - alone } },
            moreAtMost: alone.flatMap { alone in most.map { $0 - alone } }
        )
    }

    private func instances(_ load: Double, _ cluster: ClusterLoad) -> Int? {
        guard load.isFinite else { return nil }
        return CapacityPlanner.instances(
            for: load,
            of: cluster.instanceCapacity,
            limit: self.fleet.limits.saviorLimit
        )
    }
}
