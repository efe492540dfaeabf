import LeewardModel

/// Envoy's clusters: own instances for users, the same for probes, and one per geography and other region.
enum EnvoyClusters {
    static let livePrefix = "live/"
    static func live(_ service: ServiceID) -> String { "live/\(service)" }
    static func probe(_ service: ServiceID) -> String { "probe/\(service)" }
    /// One per geography, so that the counters tell who was sent where.
    static func to(_ geography: GeographyID, _ region: RegionID) -> String { "to/\(geography)/\(region)" }

    /// `clusters.json`; it changes only when the fleet file does.
    static func document(_ settings: AgentSettings) -> JSONValue {
        var clusters: [JSONValue] = []
        for service in settings.fleet.services.keys {
            for name in [Self.live(service), Self.probe(service)] { clusters.append(Self.own(name, service, settings)) }
        }
        for geography in settings.fleet.geographies.keys {
            for (region, spec) in settings.fleet.regions where region != settings.region {
                clusters.append(Self.remote(Self.to(geography, region), spec.edge, settings))
            }
        }
        var hash = StableHash()
        for cluster in clusters { hash.combine(String(decoding: cluster.bytes, as: UTF8.self)) }
        return Self.response(version: hash.short, clusters)
    }

    private static func own(_ name: String, _ service: ServiceID, _ settings: AgentSettings) -> JSONValue {
        .resource(
            "envoy.config.cluster.v3.Cluster",
            [
                "name": .text(name), "type": "EDS", "connect_timeout": "0.25s", "lb_policy": "ROUND_ROBIN",
                // Without health checks and ejection the provider's word is the only one: when all instances look bad
                // they keep what they have (S21).
                "ignore_health_on_host_removal": true,
                "eds_cluster_config": [
                    "service_name": .text(service.text), "eds_config": Self.file(settings.endpointsFile(service)),
                ],
                "circuit_breakers": Self.thresholds(settings), "typed_extension_protocol_options": Self.protocolOptions,
            ]
        )
    }

    private static func remote(_ name: String, _ edge: EdgeSpec, _ settings: AgentSettings) -> JSONValue {
        .resource(
            "envoy.config.cluster.v3.Cluster",
            [
                "name": .text(name), "type": "STATIC", "connect_timeout": "1s",
                "circuit_breakers": Self.thresholds(settings), "typed_extension_protocol_options": Self.protocolOptions,
                "load_assignment": [
                    "cluster_name": .text(name),
                    "endpoints": [
                        [
                            "lb_endpoints": [
                                ["endpoint": ["address": EnvoyBootstrap.address(edge.address, edge.tunnelPort)]]
                            ]
                        ]
                    ],
                ],
            ]
        )
    }

    /// Idle connections end here first: a request on one that the other side is just closing would be lost.
    private static let protocolOptions: JSONValue = [
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": .resource(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            [
                "common_http_protocol_options": ["idle_timeout": "15s"],
                "explicit_http_config": ["http_protocol_options": [:]],
            ]
        )
    ]

    /// Sheds above the in-flight limit and lets at most a fifth of what is in flight be retries.
    private static func thresholds(_ settings: AgentSettings) -> JSONValue {
        let limit = JSONValue.number(settings.inFlightLimit)
        return [
            "thresholds": [
                [
                    "max_connections": limit, "max_pending_requests": limit, "max_requests": limit,
                    "retry_budget": ["budget_percent": ["value": 20], "min_retry_concurrency": 5],
                ]
            ]
        ]
    }

    /// A file that the proxy watches; only a move into its folder is noticed.
    static func file(_ path: String) -> JSONValue {
        [
            "resource_api_version": "V3", "initial_fetch_timeout": "1s",
            "path_config_source": ["path": .text(path)],
        ]
    }

    static func response(version: String, _ resources: [JSONValue]) -> JSONValue {
        ["version_info": .text(version), "resources": .array(resources)]
    }
}
