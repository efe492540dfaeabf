public import LeewardModel

/// What one cluster will carry and what it can, in requests per second.
public struct ClusterLoad: Hashable, Sendable, Codable {
    public var cluster: ClusterID
    /// Predicted load under the shares in question.
    public var predicted: Double
    /// Instances observed live, ready and loaded as endpoints.
    public var ready: Int
    /// Instances that the limit asks for.
    public var needed: Int
    /// Requests per second of one instance.
    public var instanceCapacity: Int

    public var isCovered: Bool { self.ready >= self.needed }
    public var missing: Int { max(0, self.needed - self.ready) }
}

/// What a forecast asks for.
public struct ForetoldLoad: Hashable, Sendable {
    /// Requests per second that all but the chosen risk of the outcomes stay under.
    public var load: Double
    /// Ready instances that carry it within the limit.
    public var instances: Int
    public init(load: Double, instances: Int) {
        self.load = load
        self.instances = instances
    }
}

/// Predicts who carries what, and how many instances that takes (S06).
public enum CapacityPlanner {
    /// Loads of every critical cluster of `regions` under `shares`.
    ///
    /// A region's load is the sum over geographies of their arrivals times the region's share times the service mix of the
    /// geography's home. `mix` is requests to a service per user request, infinite where nothing is known. Where a forecast
    /// asks for more than what arrives now, the forecast counts.
    ///
    /// - Parameter foretold: What a region will need of a service while it serves these parts, 0...1, of the home regions'
    ///   users; nil where unknown.
    public static func loads(
        under shares: ShareTable,
        regions: [RegionID],
        fleet: Fleet,
        arrivals: SortedMap<GeographyID, Double>,
        mix: (RegionID, ServiceID) -> Double,
        ready: (ClusterID) -> Int,
        foretold: ((ClusterID, SortedMap<RegionID, Double>) -> ForetoldLoad?)? = nil
    ) -> [ClusterLoad] {
        var mixes = SortedMap<RegionID, [Double]>()
        for spec in fleet.geographies.values where mixes[spec.home] == nil {
            mixes[spec.home] = fleet.services.keys.map { mix(spec.home, $0) }
        }
        var counts = SortedMap<RegionID, [Int]>()
        for region in regions { counts[region] = fleet.services.keys.map { ready(ClusterID(region, $0)) } }
        return self.loads(
            under: shares,
            regions: regions,
            fleet: fleet,
            arrivals: arrivals,
            mixes: mixes,
            ready: counts,
            foretold: foretold
        )
    }

    /// The same from tables, for who asks several times a second.
    ///
    /// - Parameters:
    ///   - mixes: By home region, one for each of the fleet's services in their order; infinite where a home is missing.
    ///   - ready: By region, one count of ready instances for each of the fleet's services in their order.
    ///   - onlyShort: Leaves out what is covered, which at most looks is everything.
    ///   - foretold: As above.
    public static func loads(
        under shares: ShareTable,
        regions: [RegionID],
        fleet: Fleet,
        arrivals: SortedMap<GeographyID, Double>,
        mixes: SortedMap<RegionID, [Double]>,
        ready: SortedMap<RegionID, [Int]>,
        onlyShort: Bool = false,
        foretold: ((ClusterID, SortedMap<RegionID, Double>) -> ForetoldLoad?)? = nil
    ) -> [ClusterLoad] {
        var loads: [ClusterLoad] = []
        let (names, specs, limit) = (fleet.services.keys, fleet.services.values, fleet.limits.saviorLimit)
        if !onlyShort { loads.reserveCapacity(regions.count * specs.count) }
        for region in regions {
            let parts =
                foretold == nil ? [:] : self.parts(of: region, under: shares, fleet: fleet, arrivals: arrivals)
            let flows = self.flows(into: region, under: shares, fleet: fleet, arrivals: arrivals, mixes: mixes)
            let counts = ready[region] ?? []
            // Services mostly have their clusters in the same regions.
            var last: (regions: [RegionID], hasThis: Bool) = ([], false)
            for index in specs.indices where specs[index].isCritical {
                let own = specs[index].clusters.keys
                if own != last.regions { last = (own, own.contains(region)) }
                guard last.hasThis else { continue }
                var predicted = 0.0
                for flow in flows.indices {
                    predicted += flows[flow].rate * (index < flows[flow].mix.count ? flows[flow].mix[index] : .infinity)
                }
                let capacity = specs[index].instanceCapacity
                var needed = self.instances(for: predicted, of: capacity, limit: limit)
                if let answer = foretold?(ClusterID(region, names[index]), parts) {
                    predicted = max(predicted, answer.load)
                    needed = max(needed, answer.instances)
                }
                let present = index < counts.count ? counts[index] : 0
                if onlyShort, present >= needed { continue }
                loads.append(
                    ClusterLoad(
                        cluster: ClusterID(region, names[index]),
                        predicted: predicted,
                        ready: present,
                        needed: needed,
                        instanceCapacity: capacity
                    )
                )
            }
        }
        return loads
    }

    /// Requests per second that each geography sends into a region, with the mix of its home.
    private static func flows(
        into region: RegionID,
        under shares: ShareTable,
        fleet: Fleet,
        arrivals: SortedMap<GeographyID, Double>,
        mixes: SortedMap<RegionID, [Double]>
    ) -> [(rate: Double, mix: [Double])] {
        var flows: [(rate: Double, mix: [Double])] = []
        flows.reserveCapacity(shares.count)
        shares.forEach(beside: fleet.geographies) { geography, vector, spec in
            let part = Double(vector[region]) / 10_000
            // Nothing of it arrives here, so it does not matter that its mix is unknown.
            guard part > 0, let home = spec?.home else { return }
            flows.append(((arrivals[geography] ?? 0) * part, mixes[home] ?? []))
        }
        return flows
    }

    /// The part of each home region's users, 0...1, that a region serves under these shares.
    ///
    /// A home's geographies weigh as much as arrives from each, and alike where nothing arrives.
    public static func parts(
        of region: RegionID,
        under shares: ShareTable,
        fleet: Fleet,
        arrivals: SortedMap<GeographyID, Double>
    ) -> SortedMap<RegionID, Double> {
        var own = SortedMap<RegionID, (all: Double, here: Double)>()
        let isKnown = shares.keys.allSatisfy { arrivals[$0].map { $0 > 0 && $0.isFinite } ?? false }
        for (geography, vector) in shares {
            guard let home = fleet.geographies[geography]?.home else { continue }
            let weight = isKnown ? arrivals[geography] ?? 0 : 1
            let before = own[home] ?? (0, 0)
            own[home] = (before.all + weight, before.here + weight * Double(vector[region]) / 10_000)
        }
        return own.mapValues { $0.all > 0 ? $0.here / $0.all : 0 }
    }

    /// Instances so that `load` stays within `limit` basis points of their capacity; at least one.
    public static func instances(for load: Double, of capacity: Int, limit: Int) -> Int {
        let usable = Double(capacity) * Double(limit) / 10_000
        guard usable > 0, load.isFinite, load / usable < 1e9 else { return Int.max / 2 }
        var count = max(1, Int(load / usable))
        while Double(count) * usable < load { count += 1 }
        return count
    }
}
