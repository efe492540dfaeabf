import Foundation
import LeewardModel

/// Routes as Envoy shows them, in its configuration dump or in the file that feeds it, read back as shares.
struct EnvoyReadBack {
    var generation: Generation
    var shares: ShareTable

    /// From `/config_dump?resource=dynamic_route_configs`: what the proxy has in memory.
    ///
    /// Throws where there is none, where a geography is missing or unknown, where a geography's services disagree or
    /// where its weights do not sum to 10,000 (S04).
    init(dump: [UInt8], _ settings: AgentSettings) throws {
        let dump = try JSONDecoder().decode(Dump.self, from: Data(dump))
        guard let entry = dump.configs?.first(where: { $0.routeConfig?.name == EnvoyRoutes.users }),
            let routes = entry.routeConfig
        else { throw AgentError("the proxy has loaded no routes") }
        try self.init(version: entry.versionInfo ?? "", routes, settings)
    }

    /// From `routes.json`: what the proxy will have after its next start.
    init(file: [UInt8], _ settings: AgentSettings) throws {
        let response = try JSONDecoder().decode(Response.self, from: Data(file))
        guard let routes = response.resources.first(where: { $0.name == EnvoyRoutes.users }) else {
            throw AgentError("it has no routes for users")
        }
        try self.init(version: response.versionInfo, routes, settings)
    }

    private init(version: String, _ routes: RouteConfiguration, _ settings: AgentSettings) throws {
        guard let generation = Int64(version) else { throw AgentError("version \(version) is no generation") }
        self.generation = Generation(generation)
        self.shares = [:]
        for host in routes.virtualHosts ?? [] {
            let geography = GeographyID(host.name)
            var found: SortedMap<RegionID, Int>?
            for route in host.routes ?? [] {
                var parts = SortedMap<RegionID, Int>()
                for cluster in route.route?.weightedClusters?.clusters ?? [] {
                    let region = try Self.region(of: cluster.name, geography, settings)
                    parts[region, default: 0] += cluster.weight ?? 0
                }
                guard found == nil || found == parts else {
                    throw AgentError("the services of \(geography) have different shares")
                }
                found = parts
            }
            self.shares[geography] = try ShareVector(found ?? [:])
        }
        guard self.shares.keys == settings.fleet.geographies.keys else {
            throw AgentError("the routes have \(self.shares.keys), the fleet has \(settings.fleet.geographies.keys)")
        }
    }

    private static func region(
        of cluster: String,
        _ geography: GeographyID,
        _ settings: AgentSettings
    ) throws -> RegionID {
        if cluster.hasPrefix(EnvoyClusters.livePrefix) { return settings.region }
        for region in settings.others where EnvoyClusters.to(geography, region) == cluster { return region }
        throw AgentError("\(geography) is routed to \(cluster), which the fleet does not know")
    }

    // MARK: - Envoy's words

    private struct Dump: Decodable {
        struct Entry: Decodable {
            var versionInfo: String?
            var routeConfig: RouteConfiguration?
            enum CodingKeys: String, CodingKey {
                case versionInfo = "version_info"
                case routeConfig = "route_config"
            }
        }
        var configs: [Entry]?
    }

    private struct Response: Decodable {
        var versionInfo: String
        var resources: [RouteConfiguration]
        enum CodingKeys: String, CodingKey {
            case versionInfo = "version_info"
            case resources
        }
    }

    private struct RouteConfiguration: Decodable {
        struct VirtualHost: Decodable {
            var name: String
            var routes: [Route]?
        }
        struct Route: Decodable { var route: Action? }
        struct Action: Decodable {
            var weightedClusters: Weighted?
            enum CodingKeys: String, CodingKey { case weightedClusters = "weighted_clusters" }
        }
        struct Weighted: Decodable { var clusters: [Cluster] }
        struct Cluster: Decodable {
            var name: String
            var weight: Int?
        }
        var name: String?
        var virtualHosts: [VirtualHost]?
        enum CodingKeys: String, CodingKey {
            case name
            case virtualHosts = "virtual_hosts"
        }
    }
}
