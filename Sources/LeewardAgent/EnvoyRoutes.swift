import Foundation
import LeewardModel

/// Shares as Envoy's routes, and back: what the proxy has loaded as shares.
enum EnvoyRoutes {
    /// Name of the listener for users, of its RouteConfiguration and of its statistics.
    static let users = "users"

    /// `routes.json`: one RouteConfiguration whose version is the generation.
    static func document(_ shares: ShareTable, generation: Generation, _ settings: AgentSettings) -> JSONValue {
        let hosts = settings.fleet.geographies.compactMap { geography, spec -> JSONValue? in
            guard let vector = shares[geography] else { return nil }
            return [
                "name": .text(geography.text),
                "domains": [.text(spec.host)],
                "routes": .array(
                    Self.services(settings).map { Self.route($0.0, $0.1, vector, of: geography, settings) }
                ),
                "typed_per_filter_config": [Self.countingName: Self.arrivals(of: geography)],
            ]
        }
        return EnvoyClusters.response(
            version: generation.description,
            [
                .resource(
                    "envoy.config.route.v3.RouteConfiguration",
                    [
                        "name": .text(Self.users),
                        "ignore_port_in_host_matching": true,
                        // A weight to a cluster that does not exist would be accepted without this.
                        "validate_clusters": true,
                        // Envoy keeps the old version where the content is the same, so the generation is part of it.
                        "metadata": ["filter_metadata": ["leeward": ["generation": .text(generation.description)]]],
                        "virtual_hosts": .array(hosts),
                    ]
                )
            ]
        )
    }

    private static func route(
        _ service: ServiceID,
        _ spec: ServiceSpec,
        _ vector: ShareVector,
        of geography: GeographyID,
        _ settings: AgentSettings
    ) -> JSONValue {
        let clusters = vector.shares.map { region, share -> JSONValue in
            if region == settings.region {
                return ["name": .text(EnvoyClusters.live(service)), "weight": .number(share.basisPoints)]
            }
            return [
                "name": .text(EnvoyClusters.to(geography, region)), "weight": .number(share.basisPoints),
                "request_headers_to_add": [
                    [
                        "header": ["key": "x-leeward-from", "value": .text(settings.region.text)],
                        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                    ]
                ],
            ]
        }
        return [
            "name": .text(service.text),
            "match": Self.match(spec.path),
            "stat_prefix": .text(geography.text),
            "route": Self.action(["weighted_clusters": ["clusters": .array(clusters)]]),
        ]
    }

    /// The tunnel's routes: every host, own clusters only, probes counted apart from users.
    static func tunnel(_ settings: AgentSettings) -> JSONValue {
        let routes = Self.services(settings).flatMap { service, spec -> [JSONValue] in
            let probe = Self.match(spec.path)
                .with("headers", [["name": "x-leeward-probe", "present_match": true]])
            return [
                ["match": probe, "route": Self.action(["cluster": .text(EnvoyClusters.probe(service))])],
                [
                    "match": Self.match(spec.path),
                    "route": Self.action(["cluster": .text(EnvoyClusters.live(service))]),
                ],
            ]
        }
        return [
            "name": "tunnel",
            // Its clusters arrive after the listener.
            "validate_clusters": false,
            "virtual_hosts": [["name": "tunnel", "domains": ["*"], "routes": .array(routes)]],
        ]
    }

    /// Longest path first: "/play/next" must not be taken by "/play".
    private static func services(_ settings: AgentSettings) -> [(ServiceID, ServiceSpec)] {
        settings.fleet.services.sorted { ($1.1.path.utf8.count, $0.0) < ($0.1.path.utf8.count, $1.0) }
    }

    private static func match(_ path: String) -> JSONValue {
        path == "/" || path.hasSuffix("/") ? ["prefix": .text(path)] : ["path_separated_prefix": .text(path)]
    }

    /// Retries stay inside the chosen cluster; the timeout is far beyond the second after which users give up, so a
    /// backend that hangs shows as users who left and not as an error that the proxy made.
    private static func action(_ target: JSONValue) -> JSONValue {
        target
            .with("timeout", "15s")
            .with(
                "retry_policy",
                [
                    "retry_on": "connect-failure,refused-stream,reset-before-request", "num_retries": 2,
                    "host_selection_retry_max_attempts": "3",
                    "retry_host_predicate": [
                        .typed(
                            "envoy.retry_host_predicates.previous_hosts",
                            "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
                        )
                    ],
                ]
            )
    }

    // MARK: - Counting arrivals

    private static let countingName = "envoy.filters.http.local_ratelimit"
    private static let countingType = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"

    /// The statistic that counts every request of a geography when it arrives.
    ///
    /// Envoy's route counters leave out requests that never reached an instance. A rate limit that is watched and never
    /// enforced counts them all.
    static func arrivalsCounter(_ geography: GeographyID) -> String {
        "entered/\(geography).http_local_rate_limit.enabled"
    }

    static let counting: JSONValue = .typed(Self.countingName, Self.countingType, ["stat_prefix": "entered/none"])

    private static func arrivals(of geography: GeographyID) -> JSONValue {
        .resource(
            Self.countingType,
            [
                "stat_prefix": .text("entered/\(geography)"),
                "token_bucket": [
                    "max_tokens": 4_000_000_000, "tokens_per_fill": 4_000_000_000, "fill_interval": "1s",
                ],
                "filter_enabled": ["default_value": ["numerator": 100, "denominator": "HUNDRED"]],
                "filter_enforced": ["default_value": ["numerator": 0, "denominator": "HUNDRED"]],
            ]
        )
    }
}
