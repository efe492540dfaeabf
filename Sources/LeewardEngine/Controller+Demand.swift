import LeewardForecast
import LeewardModel
import LeewardPlanning

extension Controller {
    /// How good the demand forecasts have been, since a week before this controller began; empty until history is read.
    public var forecasts: [ForecastScore] { self.keeper.scores }

    /// A savior must be big enough for these times to come: what is ordered now is warm by then.
    static let sizedFor: [Span] = [.minutes(10), .minutes(30)]
    /// The risk that a savior gets fewer instances than the limit asks for; the limit's own room stands behind it.
    static let demandRisk = 0.1

    /// Weeks of history say nothing else ten minutes later.
    private static let refitAfter = Span.hours(24)

    mutating func learnDemand(_ history: [Sample], _ now: Timestamp) {
        if self.demandFittedAt.map({ now - $0 >= Self.refitAfter }) ?? true {
            let model = DemandModel.fit(history: history)
            self.demand = model
            // What had too little of it may have enough the next time.
            self.demandFittedAt = model.problems.isEmpty ? now : nil
        }
        self.keeper.take(history)
        self.demandSince = self.demandSince ?? now
    }

    /// Lets the forecaster learn, and keeps from it what is no region's usual load.
    mutating func foretell(_ now: Timestamp) {
        guard let time = self.sampleTime(now) else { return }
        for region in self.fleet.regions.keys where !self.isUsual(region) { self.keeper.spoil(region, at: time) }
        if self.keeper.forecaster == nil, self.keeper.hasWork {
            let arrivals = self.observed.usualArrivals
            // An evacuation's parts follow what arrives; without any edge's word its geographies count alike.
            guard self.fleet.geographies.keys.allSatisfy({ (arrivals[$0] ?? 0) > 0 }) || self.demandIsOld(now) else {
                return
            }
            var capacities = SortedMap<ClusterID, Double>()
            for (service, spec) in self.fleet.services {
                let carries = InstanceCapacity(
                    requestsPerSecond: Double(spec.instanceCapacity),
                    limit: self.fleet.limits.saviorLimit
                )
                for region in self.fleet.regions.keys { capacities[ClusterID(region, service)] = carries.effective }
            }
            self.keeper.begin(EvacuationCases(fleet: self.fleet, arrivals: arrivals).all, capacities: capacities)
        }
        self.keeper.work()
    }

    /// The samples' own time at this moment; nil before the store's first answer.
    func sampleTime(_ now: Timestamp) -> WallTime? {
        guard let report = self.observed.signals, let at = self.observed.signalsAt else { return nil }
        return report.readAt + (now - at)
    }

    /// What a savior will need while it serves those parts of the homes' users, at the worst of the times that count.
    func foretold(_ cluster: ClusterID, _ parts: SortedMap<RegionID, Double>, _ now: Timestamp) -> ForetoldLoad? {
        guard self.keeper.isTaught, let forecaster = self.keeper.forecaster, let time = self.sampleTime(now) else {
            return nil
        }
        var worst: ForetoldLoad?
        for ahead in Self.sizedFor {
            let usual = forecaster.demand(
                cluster.service,
                in: cluster.region,
                serving: parts,
                at: time + ahead,
                risk: Self.demandRisk
            )
            guard let forecast = usual.forecast else { return nil }
            // Users may ask more of the savior than of their home: where the kinds of clients tell, the larger counts.
            let mixed = self.keeper.mixes[cluster].flatMap { mix in
                forecaster.demand(
                    cluster.service,
                    mix: mix,
                    in: cluster.region,
                    serving: parts,
                    at: time + ahead,
                    risk: Self.demandRisk
                ).forecast
            }
            for answer in [forecast] + (mixed.map { [$0] } ?? []) {
                guard let instances = answer.instances else { return nil }
                worst = ForetoldLoad(
                    load: max(worst?.load ?? 0, answer.upper),
                    instances: max(worst?.instances ?? 0, instances)
                )
            }
        }
        return worst
    }

    /// Requests to a service per user request of a home region, as foretold for now; nil where unknown.
    func foretoldMix(_ home: RegionID, _ service: ServiceID, _ now: Timestamp) -> Double? {
        guard self.keeper.isTaught, let forecaster = self.keeper.forecaster, let time = self.sampleTime(now) else {
            return nil
        }
        let load = forecaster.demand(service, in: home, serving: [home: 1], at: time).forecast?.median
        let users = forecaster.demand(DemandKeeper.users, in: home, serving: [home: 1], at: time).forecast?.median
        guard let load, let users, users > 0 else { return nil }
        return load / users
    }

    /// True while the region is not sick and nobody else's users are moved into it or its own away.
    private func isUsual(_ region: RegionID) -> Bool {
        guard self.health(region) != .sick else { return false }
        guard self.state.evacuation?.evacuee != region else { return false }
        return self.state.evacuation?.plan.receivers.contains(region) != true
    }

    /// True a minute after the first history where some geography's arrivals are still unknown.
    private func demandIsOld(_ now: Timestamp) -> Bool { self.demandSince.map { now - $0 >= .minutes(1) } ?? false }
}
