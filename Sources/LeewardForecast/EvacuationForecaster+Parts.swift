public import LeewardModel

extension EvacuationForecaster {
    /// What a service will need in one region at a time to come, while that region serves these parts of regions' users.
    ///
    /// The region's own part is told from everything that is known of it, every other part as if its region had just
    /// fallen sick. Errors are calibrated by the evacuation that is most like it: into the same region, of the users who
    /// make most of what is added.
    ///
    /// - Parameters:
    ///   - parts: By home region, from 0 to 1; regions that are not named give nothing.
    ///   - target: At most a day after the newest closed bucket; a time before its end is read as its end.
    ///   - risk: The part of the outcomes that may need more, from 0.01 to 0.3.
    public func demand(
        _ service: ServiceID,
        in region: RegionID,
        serving parts: SortedMap<RegionID, Double>,
        at target: WallTime,
        risk: Double = 0.1
    ) -> DemandAnswer {
        guard let index = self.indices[service] else { return .unknown("no load of \(service) was ever seen") }
        guard let now = self.filling else { return .unknown("no bucket has been closed") }
        let slot = max(now + 1, RegionForecaster.slot(of: target))
        guard slot - now <= Trace.day else { return .unknown("the newest bucket is more than a day old") }
        var median = 0.0
        var square = 0.0
        var added: (home: RegionID, load: Double)?
        for (home, part) in parts where part > 0 {
            let forecaster = home == region ? self.present[home] : self.blind[home] ?? self.present[home]
            switch self.part(forecaster, index, slot) {
            case .unknown(let reason): return .unknown("\(home): \(reason)")
            case .known(let load, let spread):
                median += part * load
                square += (part * load * spread) * (part * load * spread)
                if home != region, part * load > added?.load ?? 0 { added = (home, part * load) }
            }
        }
        let spread = square.squareRoot() / max(median, 1e-9)
        guard let row = self.row(into: region, of: added?.home) else {
            let upper = median * Natural.exp(max(0, Thresholds().value(risk: risk)) * spread)
            return .known(DemandForecast(median: median, upper: upper, risk: risk, instances: nil))
        }
        let column = self.nearest(row, slot - now)
        guard index < self.calibrations[row][column].services.count else {
            return .unknown("it was first seen less than an hour ago")
        }
        return .known(self.answer(row, column, index, slot, median, spread, risk: risk))
    }

    /// The same where the mix of clients is known, and with it what each kind of client asks of the service there.
    public func demand(
        _ service: ServiceID,
        mix: ClientMix,
        in region: RegionID,
        serving parts: SortedMap<RegionID, Double>,
        at target: WallTime,
        risk: Double = 0.1
    ) -> DemandAnswer {
        let usual = self.demand(service, in: region, serving: parts, at: target, risk: risk)
        return self.mixed(usual, of: service, in: region, mix, risk: risk) {
            self.demand($0, in: region, serving: parts, at: target, risk: risk)
        }
    }

    /// The evacuation whose errors tell most about a sum in that region: of that evacuee, or else of anybody.
    private func row(into region: RegionID, of evacuee: RegionID?) -> Int? {
        let own = self.cases.indices.filter { self.cases[$0].savior == region }
        return own.first { self.cases[$0].evacuee == evacuee } ?? own.first
    }
}
