import Foundation
import LeewardModel

/// The proxy's static configuration: two listeners, an admin socket, and where the files are that feed it.
///
/// The user listener checks tokens and takes its routes from `routes.json`. The tunnel listener has static routes that
/// name this region's own clusters only, so what arrives there can never leave again.
public struct EnvoyBootstrap: Sendable {
    private let settings: AgentSettings

    public init(_ settings: AgentSettings) { self.settings = settings }

    /// Arguments to start the proxy with; one worker, because counters of one process must be read as a whole.
    public static func arguments(bootstrap path: String) -> [String] {
        ["-c", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]
    }

    /// Makes the folder, writes the bootstrap and every feeding file that is missing, and returns the bootstrap's path.
    ///
    /// The proxy refuses to start when a feeding file does not exist. Files that are there stay as they are: they are
    /// the last good snapshot. Throws `AgentError`.
    @discardableResult
    public func write() throws -> String {
        let folder = EdgeFolder(self.settings)
        try folder.make()
        try folder.writeMissing()
        try DurableFile(self.settings.bootstrapFile).replace(with: try self.document().bytes)
        return self.settings.bootstrapFile
    }

    func document() throws -> JSONValue {
        let settings = self.settings
        return [
            "node": [
                "id": .text("edge-\(settings.region)"), "cluster": "leeward",
                "locality": ["region": .text(settings.region.text)],
            ],
            "admin": [
                "address": ["pipe": ["path": .text(settings.adminSocket), "mode": 0o600]],
                "allow_paths": [
                    ["exact": "/stats"], ["prefix": "/stats?"], ["prefix": "/config_dump?"], ["prefix": "/clusters?"],
                    ["exact": "/clusters"], ["exact": "/ready"], ["exact": "/server_info"],
                ],
            ],
            "stats_config": [
                "stats_matcher": ["inclusion_list": ["patterns": .array(EnvoyStats.kept.map(Self.regex))]]
            ],
            "static_resources": ["listeners": [try self.users(), self.tunnel()]],
            "dynamic_resources": ["cds_config": EnvoyClusters.file(settings.clustersFile)],
            "overload_manager": [
                "resource_monitors": [
                    .typed(
                        "envoy.resource_monitors.global_downstream_max_connections",
                        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                        ["max_active_downstream_connections": .number(settings.connectionLimit)]
                    )
                ]
            ],
        ]
    }

    private static func regex(_ pattern: String) -> JSONValue { ["safe_regex": ["regex": .text(pattern)]] }

    private func users() throws -> JSONValue {
        var filters: [JSONValue] = []
        if let authentication = try self.authentication() { filters.append(authentication) }
        filters += [EnvoyRoutes.counting, Self.router]
        return self.listener(
            EnvoyRoutes.users,
            port: self.settings.spec.edge.port,
            [
                "use_remote_address": true,
                // Nobody outside may claim to be a probe or another edge.
                "early_header_mutation_extensions": [
                    .typed(
                        "envoy.http.early_header_mutation.header_mutation",
                        "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
                        ["mutations": [["remove_on_match": ["key_matcher": ["prefix": "x-leeward-"]]]]]
                    )
                ],
                "rds": [
                    "route_config_name": .text(EnvoyRoutes.users),
                    "config_source": EnvoyClusters.file(self.settings.routesFile),
                ],
                "http_filters": .array(filters),
            ]
        )
    }

    private func tunnel() -> JSONValue {
        self.listener(
            "tunnel",
            port: self.settings.spec.edge.tunnelPort,
            [
                "route_config": EnvoyRoutes.tunnel(self.settings),
                "http_filters": [Self.router],
            ]
        )
    }

    private static let router: JSONValue = .typed(
        "envoy.filters.http.router",
        "envoy.extensions.filters.http.router.v3.Router"
    )

    /// HS256 tokens against the keys in the file; no file, no check.
    private func authentication() throws -> JSONValue? {
        guard let path = self.settings.jwks else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AgentError(
                "\(path): cannot be read; it must hold the JSON Web Key Set that users' tokens are signed with"
            )
        }
        guard let set = try? JSONDecoder().decode(KeySet.self, from: data), !set.keys.isEmpty else {
            throw AgentError("\(path): is no JSON Web Key Set with at least one key")
        }
        return .typed(
            "envoy.filters.http.jwt_authn",
            "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
            [
                "providers": [
                    "users": [
                        "local_jwks": ["inline_string": .text(String(decoding: data, as: UTF8.self))],
                        "forward": true, "jwt_cache_config": ["jwt_cache_size": 1000],
                    ]
                ],
                "rules": [["match": ["prefix": "/"], "requires": ["provider_name": "users"]]],
            ]
        )
    }

    private struct KeySet: Decodable {
        struct Key: Decodable { var kty: String }
        var keys: [Key]
    }

    private func listener(_ name: String, port: Int, _ more: JSONValue) -> JSONValue {
        var connection: [JSONValue.Member] = [
            .init(name: "stat_prefix", value: .text(name)),
            .init(name: "generate_request_id", value: false),
            .init(name: "normalize_path", value: true),
            .init(name: "merge_slashes", value: true),
            .init(name: "path_with_escaped_slashes_action", value: "REJECT_REQUEST"),
            .init(name: "common_http_protocol_options", value: ["headers_with_underscores_action": "REJECT_REQUEST"]),
        ]
        if case .object(let members) = more { connection += members }
        return [
            "name": .text(name),
            // A second proxy on the same port is a mistake that must be seen, not a share of the traffic.
            "enable_reuse_port": false,
            "address": Self.address(self.settings.spec.edge.address, port),
            "filter_chains": [
                [
                    "filters": [
                        .typed(
                            "envoy.filters.network.http_connection_manager",
                            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                            .object(connection)
                        )
                    ]
                ]
            ],
        ]
    }

    static func address(_ host: String, _ port: Int) -> JSONValue {
        ["socket_address": ["address": .text(host), "port_value": .number(port)]]
    }
}
