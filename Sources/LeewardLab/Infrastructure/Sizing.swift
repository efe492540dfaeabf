import LeewardModel

/// How many instances each region runs, from the load of this moment.
package struct Sizing: Hashable, Sendable, Codable {
    /// Instances of one cluster pair.
    package struct Count: Hashable, Sendable, Codable {
        package var live: Int
        package var shadow: Int
        package init(live: Int, shadow: Int) {
            self.live = live
            self.shadow = shadow
        }
    }

    package var regions: SortedMap<RegionID, SortedMap<ServiceID, Count>>

    /// Live clusters run at 60 % at most; with their shadow cluster they carry the worst single evacuation at 75 %.
    package init(fleet: Fleet, traffic: Traffic, withShadow: Bool) {
        let load = traffic.load()
        self.regions = [:]
        for region in fleet.regions.keys {
            for (service, spec) in fleet.services {
                let own = load[region]?[service] ?? 0
                let capacity = Double(spec.instanceCapacity)
                let live = max(1, Int((own / (capacity * 0.60)).rounded(.up)))
                let worst =
                    fleet.regions.keys.filter { $0 != region }.map { evacuee in
                        Self.received(by: region, from: evacuee, service: service, fleet: fleet, traffic: traffic)
                    }.max() ?? 0
                let needed = Int(((own + worst) / (capacity * 0.75)).rounded(.up))
                let shadow = withShadow && worst > 0 ? max(0, needed - live) : 0
                self.regions[region, default: [:]][service] = Count(live: live, shadow: shadow)
            }
        }
    }

    /// Requests per second that `savior` gets when `evacuee` is empty.
    private static func received(
        by savior: RegionID,
        from evacuee: RegionID,
        service: ServiceID,
        fleet: Fleet,
        traffic: Traffic
    ) -> Double {
        let part = Double(traffic.mix()[service] ?? 0) / 10_000
        return Traffic.users.reduce(0) { sum, users in
            guard users.home == evacuee, let weights = fleet.geographies[users.id]?.saviors else { return sum }
            return sum + Double(traffic.clientRate(of: users)) * part * Double(weights[savior] ?? 0) / 10_000
        }
    }
}
