public import LeewardModel

extension EvacuationForecaster {
    /// What a service will need in a savior if that evacuation happens, some time after the newest closed bucket's end.
    ///
    /// - Parameters:
    ///   - ahead: From five minutes to a day; rounded down to five minutes.
    ///   - risk: The part of the outcomes that may need more, from 0.01 to 0.3.
    public func demand(
        _ service: ServiceID,
        _ evacuation: EvacuationCase,
        ahead: Span,
        risk: Double = 0.1
    ) -> DemandAnswer {
        guard let row = self.cases.firstIndex(of: evacuation) else { return .unknown("this evacuation is not watched") }
        guard let index = self.indices[service] else { return .unknown("no load of \(service) was ever seen") }
        guard let now = self.filling else { return .unknown("no bucket has been closed") }
        let steps = Int(ahead.milliseconds / RegionForecaster.step.milliseconds)
        guard steps >= 1, steps <= Trace.day else { return .unknown("a forecast reaches from five minutes to a day") }
        let target = now + steps
        let column = self.nearest(row, steps)
        guard index < self.calibrations[row][column].services.count else {
            return .unknown("it was first seen less than an hour ago")
        }
        switch self.sum(row, index, target: target) {
        case .unknown(let reason): return .unknown(reason)
        case .known(let median, let spread):
            return .known(self.answer(row, column, index, target, median, spread, risk: risk))
        }
    }

    /// The same where the mix of clients is known, and with it what each kind of client asks of the service.
    ///
    /// The kinds of clients are series of the forecaster like any service, by their names. The middle comes from their
    /// forecasts and the mix; how far above it the risk lies, as a part of it, from the service's own errors.
    public func demand(
        _ service: ServiceID,
        mix: ClientMix,
        _ evacuation: EvacuationCase,
        ahead: Span,
        risk: Double = 0.1
    ) -> DemandAnswer {
        let usual = self.demand(service, evacuation, ahead: ahead, risk: risk)
        return self.mixed(usual, of: service, in: evacuation.savior, mix, risk: risk) {
            self.demand($0, evacuation, ahead: ahead, risk: risk)
        }
    }

    /// Puts the middle that the mix of clients means in the place of the usual one.
    func mixed(
        _ usual: DemandAnswer,
        of service: ServiceID,
        in region: RegionID,
        _ mix: ClientMix,
        risk: Double,
        of client: (ServiceID) -> DemandAnswer
    ) -> DemandAnswer {
        guard let forecast = usual.forecast, forecast.median > 0 else { return usual }
        var traffic: SortedMap<String, Double> = [:]
        for name in mix.clients {
            switch client(ServiceID(name)) {
            case .known(let known): traffic[name] = known.median
            case .unknown(let reason): return .unknown("clients \(name): \(reason)")
            }
        }
        guard let median = mix.load(for: traffic) else {
            return .unknown("the mix of clients has been known for less than a day")
        }
        let upper = forecast.upper / forecast.median * median
        let instances = self.capacity(of: service, in: region)
            .flatMap { Int(exactly: (upper / $0 - 1e-9).rounded(.up)) }
        return .known(DemandForecast(median: median, upper: upper, risk: risk, instances: instances))
    }

    /// How good the answers for one service and horizon have been since the start, or since scores were last forgotten.
    public func score(_ service: ServiceID, _ evacuation: EvacuationCase, ahead: Span) -> Score? {
        guard
            let row = self.cases.firstIndex(of: evacuation), let index = self.indices[service],
            let column = self.horizons.firstIndex(of: ahead), index < self.calibrations[row][column].services.count
        else { return nil }
        return self.calibrations[row][column].services[index].score
    }

    /// Starts the scores anew; what was learnt stays.
    public mutating func forgetScores() {
        for row in self.calibrations.indices {
            for column in self.calibrations[row].indices { self.calibrations[row][column].forgetScores() }
        }
    }

    func capacity(of service: ServiceID, in region: RegionID) -> Double? { self.capacities[ClusterID(region, service)] }

    /// What the savior's own users need.
    func own(_ service: ServiceID, in region: RegionID, target: Int) -> Expectation {
        guard let index = self.indices[service] else { return .unknown("no load of \(service) was ever seen") }
        return self.part(self.present[region], index, target)
    }

    func hourOfDay(_ slot: Int, _ region: RegionID) -> Int { self.halfHour(slot, region) / 2 }

    func nearest(_ row: Int, _ steps: Int) -> Int {
        self.calibrations[row].indices.min {
            let left = self.calibrations[row][$0].ahead
            let right = self.calibrations[row][$1].ahead
            return abs(left - steps) < abs(right - steps)
        } ?? 0
    }

    func sum(_ row: Int, _ index: Int, target: Int) -> Expectation {
        let (savior, evacuee, share) = (self.cases[row].savior, self.cases[row].evacuee, self.cases[row].share)
        let own = self.part(self.present[savior], index, target)
        let other = share > 0 ? self.part(self.blind[evacuee], index, target) : .known(median: 0, spread: 0)
        switch (own, other) {
        case (.unknown(let reason), _): return .unknown("\(savior): \(reason)")
        case (_, .unknown(let reason)): return .unknown("\(evacuee): \(reason)")
        case (.known(let here, let spread), .known(let there, let spreadThere)):
            let (left, right) = (here * spread, share * there * spreadThere)
            let median = here + share * there
            return .known(median: median, spread: (left * left + right * right).squareRoot() / max(median, 1e-9))
        }
    }

    func part(_ region: RegionForecaster?, _ index: Int, _ target: Int) -> Expectation {
        guard let region, let newest = region.newest else { return .unknown("no load was ever seen") }
        guard let own = region.index(of: self.services[index]) else {
            return .unknown("the service was never seen there")
        }
        return region.expectation(own, ahead: target - newest)
    }

    func scale(_ row: Int, _ column: Int, _ index: Int, _ target: Int, _ spread: Double) -> Double {
        let halfHour = self.halfHour(target, self.cases[row].savior)
        return self.calibrations[row][column].scale(index, halfHour: halfHour, prior: spread)
    }

    func answer(
        _ row: Int,
        _ column: Int,
        _ index: Int,
        _ target: Int,
        _ median: Double,
        _ spread: Double,
        risk: Double
    ) -> DemandForecast {
        let scale = self.scale(row, column, index, target, spread)
        let learnt = self.calibrations[row][column].services[index]
        let upper = median * Natural.exp(max(0, learnt.load.value(risk: risk)) * scale)
        var instances: Int?
        if let capacity = self.capacities[ClusterID(self.cases[row].savior, self.services[index])] {
            let load = median * Natural.exp(learnt.instances.value(risk: risk) * scale)
            instances = Int(exactly: (load / capacity - 1e-9).rounded(.up))
        }
        return DemandForecast(median: median, upper: upper, risk: risk, instances: instances)
    }
}
