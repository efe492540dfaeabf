public import LeewardModel

extension WorldShape {
    /// The fleet file that such a world would have; its addresses lie on loopback and are never spoken to.
    public var fleet: Fleet {
        let names = self.regions.map(\.name)
        let places = SortedMap(names.map { ($0, true) })
        return Fleet(
            name: "simulated",
            zone: ZoneSpec(
                name: "sim.test",
                servers: (0..<self.zoneServers).map(Self.server),
                keyName: "leeward",
                keyFile: "/key"
            ),
            regions: SortedMap(
                self.regions.enumerated().map { index, region in
                    let edge = EdgeSpec(
                        address: "127.0.1.\(index + 1)",
                        port: 8080,
                        tunnelPort: 8081,
                        agent: .unix(path: "/agent\(index)")
                    )
                    let spec = RegionSpec(
                        failureGroups: [region.group],
                        edge: edge,
                        provider: .unix(path: "/provider\(index)")
                    )
                    return (region.name, spec)
                }
            ),
            geographies: SortedMap(
                self.geographies.map {
                    let host = "\($0.name).sim.test"
                    return (
                        $0.name,
                        GeographySpec(host: host, home: $0.home, allowed: $0.allowed ?? names, saviors: $0.saviors)
                    )
                }
            ),
            services: SortedMap(self.services.map { ($0.name, Self.spec($0, places)) }),
            signals: SignalsSpec(
                prometheus: .tcp(host: "127.0.0.1", port: 8428),
                served: "served",
                entered: "entered",
                load: "load"
            ),
            policy: self.policy,
            limits: self.limits,
            people: self.people
        )
    }

    /// The name of an authoritative server.
    static func server(_ index: Int) -> String { "127.0.2.\(index + 1):53" }

    private static func spec(_ service: Service, _ regions: SortedMap<RegionID, Bool>) -> ServiceSpec {
        let cluster = ClusterSpec(live: "\(service.name)-live", shadow: "\(service.name)-shadow")
        return ServiceSpec(
            path: "/\(service.name)",
            instanceCapacity: service.instanceCapacity,
            isCritical: true,
            clusters: regions.mapValues { _ in cluster }
        )
    }
}
