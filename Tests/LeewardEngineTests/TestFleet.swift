import LeewardModel
import LeewardTestModel

/// The fleet of the example file with the lab's limits.
enum TestFleet {
    static let regions: [RegionID] = ["us-east-1", "us-west-2", "eu-west-1"]
    static let services: [ServiceID] = ["browse", "play"]

    static func make(
        relief: Autonomy = .act,
        evacuation: Autonomy = .act,
        change: (inout Limits) -> Void = { _ in }
    ) -> Fleet {
        let groups: SortedMap<RegionID, FailureGroup> = [
            "us-east-1": "us-east", "us-west-2": "us-west", "eu-west-1": "europe",
        ]
        return Fleet(
            name: "test",
            zone: ZoneSpec(name: "lab.test", servers: ["127.0.0.1:53"], keyName: "leeward", keyFile: "/key"),
            regions: SortedMap(
                regions.enumerated().map { index, region in
                    let group = groups[region].map { [$0] } ?? []
                    return (
                        region,
                        RegionSpec(
                            failureGroups: group,
                            edge: EdgeSpec(
                                address: address(region),
                                port: 8080,
                                tunnelPort: 8081,
                                agent: .unix(path: "/agent\(index)")
                            ),
                            provider: .unix(path: "/provider\(index)")
                        )
                    )
                }
            ),
            geographies: [
                "us-east": geography("us-east", "us-east-1", ["eu-west-1": 10_000]),
                "south-america": geography("south-america", "us-east-1", ["us-west-2": 10_000]),
                "us-west": geography("us-west", "us-west-2", ["us-east-1": 10_000]),
                "europe": geography("europe", "eu-west-1", ["us-east-1": 5000, "us-west-2": 5000]),
            ],
            services: SortedMap(
                services.map { service in
                    (
                        service,
                        ServiceSpec(
                            path: "/\(service)",
                            instanceCapacity: 100,
                            isCritical: true,
                            clusters: SortedMap(
                                regions.map { ($0, ClusterSpec(live: "\(service)-live", shadow: "\(service)-shadow")) }
                            )
                        )
                    )
                }
            ),
            signals: SignalsSpec(
                prometheus: .tcp(host: "127.0.0.1", port: 8428),
                served: "served",
                entered: "entered",
                load: "load"
            ),
            policy: Policy(relief: relief, evacuation: evacuation),
            limits: .test(change)
        )
    }

    static func address(_ region: RegionID) -> String {
        "127.0.1.\((regions.firstIndex(of: region) ?? 0) + 1)"
    }

    private static func geography(
        _ name: String,
        _ home: RegionID,
        _ saviors: SortedMap<RegionID, Int>
    ) -> GeographySpec {
        GeographySpec(host: "\(name).lab.test", home: home, allowed: regions, saviors: saviors)
    }
}
