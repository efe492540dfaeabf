import LeewardDetection
import LeewardModel

// What edges and probes counted within the last seconds.
extension Controller {
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

    func edgeWindows(_ now: Timestamp) -> SortedMap<RegionID, EdgeWindow> {
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

    func probeWindows(_ now: Timestamp) -> [ProbeWindow] {
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
}
