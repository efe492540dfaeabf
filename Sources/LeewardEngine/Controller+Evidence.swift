import LeewardDetection
import LeewardForecast
import LeewardModel
import LeewardSafety

extension Controller {
    /// Asks the detector, and writes a changed verdict down.
    mutating func assess(_ output: inout Output, _ now: Timestamp) {
        self.remember(now)
        self.rememberFailing(now)
        let placed = self.placed()
        let input = DetectionInput(
            signals: self.observed.signals,
            signalsAge: self.observed.signalsAt.map { now - $0 } ?? .days(1),
            edges: self.edgeWindows(now),
            probes: self.probeWindows(now),
            placement: placed.serving,
            entry: placed.entering
        )
        self.assessment = self.detector.step(input, at: now)
        self.misjudge()
        self.advise(&output, now)
        guard self.assessment.fleet != self.state.verdict else { return }
        self.record(
            .verdict(
                self.assessment.fleet,
                reason: self.assessment.reason,
                classes: self.assessment.classes,
                evidence: self.assessment.evidence
            ),
            &output,
            now
        )
        let text = "verdict \(self.assessment.fleet): \(self.assessment.reason)"
        if self.assessment.fleet == .global || self.assessment.needsPerson {
            self.page(text, &output, now)
        } else {
            self.tell(.info, text, &output)
        }
    }

    func health(_ region: RegionID) -> LeewardModel.Health { self.assessment.regions[region]?.health ?? .unknown }

    /// Good enough to receive traffic: called healthy, and not seen failing.
    func isWell(_ region: RegionID, _ now: Timestamp) -> Bool {
        self.isCalledWell(region) && !(self.stands(.retreat) && self.isSeenFailing(region, now))
    }

    /// True where a region's own edge counts fewer good requests than a dip leaves, or nobody reaches it (S08).
    ///
    /// Without users most of its probes say so. The metric may say nothing at that time, or its clock may be wrong.
    func isSeenFailing(_ region: RegionID, _ now: Timestamp) -> Bool {
        let least = Double(self.fleet.limits.dipBelow) / 10_000
        if let part = self.servedPart(by: region, now) { return part < least }
        let windows = self.fleet.regions.keys.compactMap { vantage in
            self.observed.probes(from: vantage, within: .seconds(4), at: now)[region].flatMap {
                $0.attempts >= Self.enoughProbes ? $0 : nil
            }
        }
        let failing = windows.reduce(0) { $0 + (Double($1.good) < Double($1.attempts) * least ? 1 : 0) }
        return failing >= 2 && failing * 2 > windows.count
    }

    /// A vantage with fewer probes in its window says nothing.
    private static let enoughProbes = 10

    /// Why a region that is called well receives nothing all the same; nil: it may (S08).
    func failing(_ regions: [RegionID], _ now: Timestamp) -> String? {
        guard self.stands(.retreat), let region = regions.first(where: { self.isSeenFailing($0, now) }) else {
            return nil
        }
        let part = self.servedPart(by: region, now).map {
            "serves \(Int(($0 * 100).rounded())) % of its users' requests"
        }
        return "\(region) \(part ?? "fails most of its probes"), whatever the metric says (S08)"
    }

    func isCalledWell(_ region: RegionID) -> Bool {
        self.health(region) == .healthy
            || (self.isByHand || !self.stands(.unknownSavior)) && self.health(region) == .unknown
    }

    var healths: SortedMap<RegionID, LeewardModel.Health> { self.assessment.regions.mapValues(\.health) }

    /// What the gates are asked about a change to these shares; without `capacity` nobody asks for room (S06).
    func shareContext(
        to shares: ShareTable,
        capacity: [ShareContext.CapacityLine] = [],
        isReturn: Bool = false,
        _ now: Timestamp
    ) -> ShareContext {
        ShareContext(
            before: self.state.shares,
            after: shares,
            fleet: self.fleet,
            health: self.healths,
            arrivals: self.arrivals(now),
            capacity: capacity,
            failing: self.fleet.regions.keys.filter { self.isSeenFailing($0, now) },
            isReturn: isReturn
        )
    }

    /// A proxy that neither its agent nor two other regions reach carries nothing (S16).
    func carriesNothing(_ region: RegionID, _ now: Timestamp) -> Bool {
        if self.observed.loaded(region, at: now) != nil { return false }
        var failing = 0
        for vantage in self.fleet.regions.keys where vantage != region {
            guard let counts = self.observed.probes(from: vantage, within: .seconds(4), at: now)[region] else {
                continue
            }
            if counts.attempts >= 3 && counts.good == 0 { failing += 1 }
        }
        return failing >= min(2, self.fleet.regions.count - 1)
    }

    /// Requests per second by geography: what arrives now, or what used to arrive where that is more.
    ///
    /// Where nobody has counted, as in a life that began after an edge died, the metric's other days stand in; missing where
    /// they say nothing either.
    func arrivals(_ now: Timestamp) -> SortedMap<GeographyID, Double> {
        var result = self.observed.usualArrivals
        for (geography, rate) in self.presentArrivals(.seconds(8), now) {
            let isUsed = result.update(geography) { $0 = max(rate, $0) }
            if !isUsed { result[geography] = max(rate, 0) }
        }
        guard self.stands(.arrivalsKnown) else { return result }
        let unknown = self.fleet.geographies.keys.filter { (result[$0] ?? 0) <= 0 && !self.isCounted($0, now) }
        for geography in unknown {
            guard let home = self.fleet.geographies[geography]?.home, let usual = self.detector.usualUsers(of: home)
            else {
                // Other edges count none of them, which says nothing of the one where they enter.
                result[geography] = nil
                continue
            }
            // Which of the home's unknown geographies they come from is not known either: each counts as all of them.
            let others = self.fleet.geographies.filter { $0.1.home == home && !unknown.contains($0.0) }
            result[geography] = max(0, usual - others.reduce(0) { $0 + (result[$1.0] ?? 0) })
        }
        return result
    }

    /// True while an edge where this geography enters is read: then "none" is an answer.
    private func isCounted(_ geography: GeographyID, _ now: Timestamp) -> Bool {
        (self.state.entries[geography] ?? []).contains {
            self.observed.ends(of: $0, within: .seconds(8), at: now) != nil
        }
    }

    /// Part of the user requests that the evacuee's own instances completed well over the last seconds; nil with too few.
    func goodPart(servedBy region: RegionID, within span: Span = .seconds(4), _ now: Timestamp) -> Double? {
        guard let (old, new, _) = self.observed.ends(of: region, within: span, at: now) else { return nil }
        let counts = Self.served(old, new)
        guard counts.started >= 20 else { return nil }
        return min(1, Double(counts.good) / Double(counts.started))
    }

    /// Requests to a service per user request of a home region, by forecast or by history; nil where neither says anything.
    func knownMix(_ home: RegionID, _ service: ServiceID, _ now: Timestamp) -> Double? {
        if let mix = self.foretoldMix(home, service, now) { return mix }
        guard let demand = self.demand, let at = self.observed.signals?.readAt else { return nil }
        let traffic = self.fleet.geographies.filter { $0.1.home == home }
            .reduce(0.0) { $0 + (self.observed.usualArrivals[$1.0] ?? 0) }
        guard traffic > 0, let load = demand.load(of: service, in: home, traffic: traffic, at: at),
            load.p90.isFinite
        else { return nil }
        return load.p90 / traffic
    }
}
