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

    // MARK: - Windows

    /// Without a forecast the mix of all edges together stands in, for each of the fleet's services; it is observed, not
    /// assumed.
    ///
    /// Infinite where too little is seen, so that nobody moves (S06).
    func observedMixes(_ now: Timestamp) -> [Double] {
        let services = self.fleet.services.keys
        var all = 0
        var own = Array(repeating: 0, count: services.count)
        for region in self.fleet.regions.keys {
            guard let (old, new, _) = self.observed.ends(of: region, within: Observations.memory, at: now) else {
                continue
            }
            guard old.served.keys == services, new.served.keys == services else {
                let started = Self.started(old, new)
                all += started.values.reduce(0, +)
                for (index, count) in Self.counts(of: services, started).enumerated() { own[index] += count }
                continue
            }
            let (before, after) = (old.served.values, new.served.values)
            for index in own.indices {
                guard let delta = after[index].since(before[index]) else { continue }
                all += delta.started
                own[index] += delta.started
            }
        }
        return own.map { all >= 200 ? Double($0) / Double(all) * 1.1 : .infinity }
    }

    /// The count of each of these services, 0 where there is none; they are mostly the very ones that were counted.
    static func counts(of services: [ServiceID], _ counts: SortedMap<ServiceID, Int>) -> [Int] {
        counts.keys == services ? counts.values : services.map { counts[$0] ?? 0 }
    }

    /// Requests by service that started between two readings; a service whose counters went back is missing.
    private static func started(_ old: EdgeCounters, _ new: EdgeCounters) -> SortedMap<ServiceID, Int> {
        new.served.compactMapValues(beside: old.served) { _, counts, before in
            counts.since(before ?? RequestCounts())?.started
        }
    }

    func presentArrivals(_ span: Span, _ now: Timestamp) -> SortedMap<GeographyID, Double> {
        var result = SortedMap<GeographyID, Double>()
        for region in self.fleet.regions.keys {
            guard let (old, new, length) = self.observed.ends(of: region, within: span, at: now) else { continue }
            let seconds = length.seconds
            if result.isEmpty {
                result = new.entered.compactMapValues(beside: old.entered) { _, byRegion, earlier in
                    var sum = 0.0
                    return Self.add(byRegion, since: earlier, over: seconds, to: &sum) ? sum : nil
                }
                continue
            }
            new.entered.forEach(beside: old.entered) { geography, byRegion, earlier in
                if result.update(geography, { Self.add(byRegion, since: earlier, over: seconds, to: &$0) }) { return }
                var sum = 0.0
                if Self.add(byRegion, since: earlier, over: seconds, to: &sum) { result[geography] = sum }
            }
        }
        return result
    }

    /// Adds the starts per second of each serving region in turn; false where no counter can be compared.
    @discardableResult
    private static func add(
        _ counts: SortedMap<RegionID, RequestCounts>,
        since earlier: SortedMap<RegionID, RequestCounts>?,
        over seconds: Double,
        to sum: inout Double
    ) -> Bool {
        var isKnown = false
        counts.forEach(beside: earlier ?? [:]) { _, counts, before in
            guard let delta = counts.since(before ?? RequestCounts()) else { return }
            sum += Double(delta.started) / seconds
            isKnown = true
        }
        return isKnown
    }

    /// What entered between two readings from each of these geographies, with the region that served it; what went back is left out.
    static func entered(
        _ old: EdgeCounters,
        _ new: EdgeCounters,
        of geographies: [GeographyID],
        _ body: (RegionID, RequestCounts) -> Void
    ) {
        new.entered.forEach(beside: old.entered) { geography, byRegion, earlier in
            guard geographies.contains(geography) else { return }
            byRegion.forEach(beside: earlier ?? [:]) { target, counts, before in
                if let delta = counts.since(before ?? RequestCounts()) { body(target, delta) }
            }
        }
    }

    static func served(_ old: EdgeCounters, _ new: EdgeCounters) -> RequestCounts {
        var sum = RequestCounts()
        guard old.served.keys == new.served.keys else {
            new.served.forEach(beside: old.served) { _, counts, before in
                if let delta = counts.since(before ?? RequestCounts()) { sum = sum + delta }
            }
            return sum
        }
        // Mostly so, several times a second and for thousands of services: no name is looked at.
        let (before, after) = (old.served.values, new.served.values)
        for index in after.indices {
            if let delta = after[index].since(before[index]) { sum = sum + delta }
        }
        return sum
    }

    private func edgeWindows(_ now: Timestamp) -> SortedMap<RegionID, EdgeWindow> {
        let regions = self.fleet.regions.keys
        let windows = regions.map { region -> EdgeWindow? in
            guard let (old, new, span) = self.observed.ends(of: region, within: .seconds(4), at: now) else {
                return nil
            }
            var entered = RequestCounts()
            new.entered.forEach(beside: old.entered) { _, byRegion, earlier in
                byRegion.forEach(beside: earlier ?? [:]) { _, counts, before in
                    if let delta = counts.since(before ?? RequestCounts()) { entered = entered + delta }
                }
            }
            return EdgeWindow(span: span, served: Self.served(old, new), entered: entered)
        }
        return SortedMap(ordered: regions, windows)
    }

    private func probeWindows(_ now: Timestamp) -> [ProbeWindow] {
        var windows: [ProbeWindow] = []
        windows.reserveCapacity(self.fleet.regions.count * self.fleet.regions.count)
        for vantage in self.fleet.regions.keys {
            for (target, counts) in self.observed.probes(from: vantage, within: .seconds(4), at: now) {
                windows.append(
                    ProbeWindow(vantage: vantage, target: target, attempts: counts.attempts, good: counts.good)
                )
            }
        }
        return windows
    }

    // MARK: - Where traffic should be

    private mutating func remember(_ now: Timestamp) {
        if self.state.evacuation == nil, self.assessment.fleet == .normal || self.observed.usualArrivals.isEmpty {
            let present = self.presentArrivals(.seconds(12), now)
            for geography in self.fleet.geographies.keys {
                guard let rate = present[geography], rate > 0 else { continue }
                let before = self.observed.usualArrivals[geography] ?? rate
                self.observed.usualArrivals[geography] = before + (rate - before) * 0.05
            }
        }
    }

    /// Where traffic should be; the same as at the last look where nothing has changed since.
    private mutating func placed() -> Placed {
        let arrivals = self.observed.usualArrivals
        if let last = self.lastPlaced, last.state == self.revision, last.arrivals == arrivals { return last }
        let weights = self.weights(arrivals)
        // Captured by themselves: a closure that captured the controller would be handed a copy of all of it.
        let (shares, entries) = (self.state.shares, self.state.entries)
        let placed = Placed(
            state: self.revision,
            arrivals: arrivals,
            serving: self.placement(weights) {
                shares[$0]?.shares.mapValues { Double($0.basisPoints) / 10_000 } ?? [:]
            },
            entering: self.placement(weights) { geography in
                let regions = entries[geography] ?? []
                return SortedMap(regions.map { ($0, 1 / Double(regions.count)) })
            }
        )
        self.lastPlaced = placed
        return placed
    }

    /// What of its home's usual traffic a geography makes, and all of that traffic.
    private struct Weight {
        var geography: GeographyID
        var home: RegionID
        var own: Double
        var total: Double
    }

    /// The geographies by home; where one of them was never counted each counts as much as any other of that home.
    private func weights(_ arrivals: SortedMap<GeographyID, Double>) -> [Weight] {
        let homes = self.fleet.geographies.keys.map { (geography: $0, home: self.fleet.geographies[$0]?.home) }
        return self.fleet.regions.keys.flatMap { home -> [Weight] in
            let geographies = homes.filter { $0.home == home }.map(\.geography)
            let known = geographies.map { arrivals[$0] ?? 0 }
            let isKnown = known.allSatisfy { $0 > 0 }
            let total = isKnown ? known.reduce(0, +) : Double(known.count)
            return zip(geographies, known).map {
                Weight(geography: $0, home: home, own: isKnown ? $1 : 1, total: total)
            }
        }
    }

    /// Serving region -> home region -> part of the home's usual traffic.
    private func placement(
        _ weights: [Weight],
        _ parts: (GeographyID) -> SortedMap<RegionID, Double>
    ) -> SortedMap<RegionID, SortedMap<RegionID, Double>> {
        var result = self.fleet.regions.mapValues { _ in SortedMap<RegionID, Double>() }
        for weight in weights {
            for (region, part) in parts(weight.geography) where part > 0 {
                result[region, default: [:]][weight.home, default: 0] += part * weight.own / weight.total
            }
        }
        return result
    }
}

/// Who should serve and let in whose usual traffic, and what that was derived from.
struct Placed: Sendable {
    var state: Int
    var arrivals: SortedMap<GeographyID, Double>
    var serving: SortedMap<RegionID, SortedMap<RegionID, Double>>
    var entering: SortedMap<RegionID, SortedMap<RegionID, Double>>
}
