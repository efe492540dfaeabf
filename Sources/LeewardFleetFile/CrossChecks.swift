import LeewardModel

// What no single value shows: names that must exist elsewhere, and things that must differ.
extension FleetReader {
    mutating func crossCheck(
        zone: ZoneSpec?,
        regions: SortedMap<RegionID, RegionSpec>?,
        geographies: SortedMap<GeographyID, GeographySpec>?,
        services: SortedMap<ServiceID, ServiceSpec>?,
        limits: Limits?
    ) {
        if let regions { self.checkAddresses(regions) }
        if let geographies { self.checkHosts(geographies, zone: zone) }
        if let geographies, let regions { self.checkSaviors(geographies, regions: regions) }
        if let services { self.checkServices(services) }
        if let regions, let limits { self.checkRoom(limits, regions: regions.count) }
    }

    private mutating func checkAddresses(_ regions: SortedMap<RegionID, RegionSpec>) {
        var addresses: [String: RegionID] = [:]
        var endpoints: [Endpoint: String] = [:]
        for (id, region) in regions {
            let path = "regions.\(id)"
            if let other = addresses[region.edge.address] {
                self.problem(
                    "\(path).edge.address",
                    found: "\(region.edge.address), the address of \(other)",
                    allowed: "an address of its own: DNS hands out addresses without ports"
                )
            }
            addresses[region.edge.address] = id
            for (name, endpoint) in [("edge.agent", region.edge.agent), ("provider", region.provider)] {
                if let other = endpoints[endpoint] {
                    self.problem(
                        "\(path).\(name)",
                        found: "\(endpoint), the same as \(other)",
                        allowed: "an endpoint of its own"
                    )
                }
                endpoints[endpoint] = "\(path).\(name)"
            }
        }
    }

    private mutating func checkHosts(_ geographies: SortedMap<GeographyID, GeographySpec>, zone: ZoneSpec?) {
        var hosts: [String: GeographyID] = [:]
        for (id, geography) in geographies {
            let path = "geographies.\(id).host"
            if let other = hosts[geography.host] {
                self.problem(path, found: "\(geography.host), the host of \(other)", allowed: "a host of its own")
            }
            hosts[geography.host] = id
            if let zone, !geography.host.hasSuffix(".\(zone.name)") {
                self.problem(path, found: geography.host, allowed: "a name inside the zone, something.\(zone.name)")
            }
        }
    }

    private mutating func checkSaviors(
        _ geographies: SortedMap<GeographyID, GeographySpec>,
        regions: SortedMap<RegionID, RegionSpec>
    ) {
        let known = regions.keys.map(\.text).joined(separator: ", ")
        // A region that could not be read is no unknown name; its own problems are already noted.
        func isUnknown(_ region: RegionID) -> Bool { regions[region] == nil && !self.hasSeen("regions.\(region)") }
        for (id, geography) in geographies {
            let path = "geographies.\(id)"
            let home = geography.home
            if isUnknown(home) {
                self.problem("\(path).home", found: "\(home), no region of this file", allowed: known)
            } else if !geography.allowed.contains(home) {
                self.problem(
                    "\(path).allowed",
                    found: "without the home region \(home)",
                    allowed: "a list with it (S40)"
                )
            }
            for (index, region) in geography.allowed.enumerated() where isUnknown(region) {
                self.problem("\(path).allowed[\(index)]", found: "\(region), no region of this file", allowed: known)
            }
            for savior in geography.saviors.keys {
                let place = "\(path).saviors.\(savior)"
                if savior == home {
                    self.problem(place, found: "the home region", allowed: "another region")
                } else if isUnknown(savior) {
                    self.problem(place, found: "no region of this file", allowed: known)
                } else if !geography.allowed.contains(savior) {
                    let list = geography.allowed.map(\.text).joined(separator: ", ")
                    self.problem(place, found: "not in allowed", allowed: "a region of \(list) (S40)")
                } else if let one = regions[home], let two = regions[savior],
                    let group = one.failureGroups.first(where: two.failureGroups.contains)
                {
                    self.problem(
                        place,
                        found: "in the failure group \(group) of the home region \(home)",
                        allowed: "a region that does not fail together with it (S02)"
                    )
                }
            }
        }
    }

    private mutating func checkServices(_ services: SortedMap<ServiceID, ServiceSpec>) {
        // In this order, every path stands directly after its own prefixes.
        let sorted = services.map { (id: $0.0, path: $0.1.path) }.sorted { ($0.path, $0.id) < ($1.path, $1.id) }
        var open: [(id: ServiceID, path: String)] = []
        for entry in sorted {
            while let last = open.last, !entry.path.utf8.starts(with: last.path.utf8) { open.removeLast() }
            if let last = open.last {
                let found =
                    last.path == entry.path ? "the path of \(last.id)" : "which begins with \(last.path) of \(last.id)"
                self.problem(
                    "services.\(entry.id).path",
                    found: "\(entry.path), \(found)",
                    allowed: "a path that no other service's path begins with"
                )
            }
            open.append(entry)
        }
        if !services.isEmpty, !services.values.contains(where: \.isCritical) {
            self.problem(
                "services",
                found: "without a critical one",
                allowed: "at least one with critical: true, for the capacity gate (S06)"
            )
        }
        var clusters: [String: ServiceID] = [:]
        for (id, service) in services {
            for (region, cluster) in service.clusters {
                for name in [cluster.live, cluster.shadow] {
                    let key = "\(region)/\(name)"
                    if let other = clusters[key] {
                        self.problem(
                            "services.\(id).clusters.\(region)",
                            found:
                                "\(name), a cluster that \(other == id ? "is both live and shadow" : "\(other) has")",
                            allowed: "two names of its own (S10)"
                        )
                    }
                    clusters[key] = id
                }
            }
        }
    }

    /// After an evacuation the other regions carry everything; a ceiling below their even share forbids every one.
    private mutating func checkRoom(_ limits: Limits, regions: Int) {
        guard regions >= 2 else { return }
        let even = (10_000 + regions - 2) / (regions - 1)
        if limits.maxRegionShare < even {
            self.problem(
                "limits.maxRegionShare",
                found: String(limits.maxRegionShare),
                allowed: "at least \(even): with one of \(regions) regions empty the others carry that much on average"
            )
        }
    }
}
