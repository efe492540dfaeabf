import LeewardDetection
import LeewardModel

// Where traffic should be, and how much there usually is.
extension Controller {
    mutating func remember(_ now: Timestamp) {
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
    mutating func placed() -> Placed {
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
