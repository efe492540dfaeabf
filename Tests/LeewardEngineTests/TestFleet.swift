import LeewardModel

/// The fleet of the example file with the lab's limits.
enum TestFleet {
    static let regions: [RegionID] = ["us-east-1", "us-west-2", "eu-west-1"]
    static let services: [ServiceID] = ["browse", "play"]

    static func make(
        relief: Autonomy = .act,
        evacuation: Autonomy = .act,
        change: (inout Limits) -> Void = { _ in }
    ) -> Fleet {
        var limits = Limits(
            bucket: .seconds(5),
            staleAfter: .seconds(15),
            dipBelow: 7000,
            reliefAfter: 2,
            reliefReturnAfter: .seconds(10),
            maxReliefs: 3,
            reliefWindow: .hours(1),
            hardenAfter: .seconds(60),
            hardenAfterRelieved: .seconds(150),
            emergencyLadder: [100, 1000, 5000, 10_000],
            gentleLadder: [100, 500, 1000, 2500, 5000, 7500, 10_000],
            soakMin: .seconds(2),
            soakMax: .seconds(15),
            saviorLimit: 8000,
            maxRegionShare: 8000,
            residual: 10,
            residualFor: .seconds(20),
            stableFor: .seconds(20),
            blockWindow: .hours(1),
            maxAutomaticPerDay: 1,
            dnsTTL: .seconds(5),
            dnsMaxChange: 5000,
            freezeCheck: .seconds(5),
            callTimeout: .seconds(2),
            maxAttempts: 5,
            callsPerSecond: 20
        )
        change(&limits)
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
            limits: limits
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
