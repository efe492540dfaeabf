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

/// Predicts who carries what, and how many instances that takes (S06).
public enum CapacityPlanner {
    /// Loads of every critical cluster of `regions` under `shares`.
    ///
    /// A region's load is the sum over geographies of their arrivals times the region's share times the service mix of the
    /// geography's home. `mix` is requests to a service per user request, infinite where nothing is known.
    public static func loads(
        under shares: ShareTable,
        regions: [RegionID],
        fleet: Fleet,
        arrivals: SortedMap<GeographyID, Double>,
        mix: (RegionID, ServiceID) -> Double,
        ready: (ClusterID) -> Int
    ) -> [ClusterLoad] {
        var loads: [ClusterLoad] = []
        for region in regions {
            for (service, spec) in fleet.services where spec.isCritical && spec.clusters[region] != nil {
                var predicted = 0.0
                for (geography, vector) in shares {
                    guard let home = fleet.geographies[geography]?.home else { continue }
                    let part = Double(vector[region]) / 10_000
                    predicted += (arrivals[geography] ?? 0) * part * mix(home, service)
                }
                let cluster = ClusterID(region, service)
                loads.append(
                    ClusterLoad(
                        cluster: cluster,
                        predicted: predicted,
                        ready: ready(cluster),
                        needed: self.instances(
                            for: predicted,
                            of: spec.instanceCapacity,
                            limit: fleet.limits.saviorLimit
                        ),
                        instanceCapacity: spec.instanceCapacity
                    )
                )
            }
        }
        return loads
    }

    /// Instances so that `load` stays within `limit` basis points of their capacity; at least one.
    public static func instances(for load: Double, of capacity: Int, limit: Int) -> Int {
        let usable = Double(capacity) * Double(limit) / 10_000
        guard usable > 0, load.isFinite else { return Int.max / 2 }
        var count = max(1, Int(load / usable))
        while Double(count) * usable < load { count += 1 }
        return count
    }
}
