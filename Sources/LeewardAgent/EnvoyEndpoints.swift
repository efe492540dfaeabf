import Foundation
import LeewardModel

/// One instance that users may reach.
struct LiveEndpoint: Hashable, Comparable, Sendable {
    var id: InstanceID
    var host: String
    var port: Int

    init(id: InstanceID, host: String, port: Int) {
        self.id = id
        self.host = host
        self.port = port
    }

    /// Nil where the address is not "address:port".
    init?(_ instance: InstanceReport) {
        let parts = instance.address.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let port = Int(parts[1]), (1...65_535).contains(port) else {
            return nil
        }
        self.init(id: instance.id, host: String(parts[0]), port: port)
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.id, left.host, left.port) < (right.id, right.host, right.port)
    }
}

/// `endpoints-<service>.json`, written and read back.
enum EnvoyEndpoints {
    static func document(_ endpoints: [LiveEndpoint], of service: ServiceID) -> JSONValue {
        var hash = StableHash()
        for endpoint in endpoints { hash.combine("\(endpoint.id) \(endpoint.host):\(endpoint.port)") }
        let members = endpoints.map { endpoint -> JSONValue in
            [
                "endpoint": [
                    "hostname": .text(endpoint.id.text),
                    "address": EnvoyBootstrap.address(endpoint.host, endpoint.port),
                ]
            ]
        }
        return EnvoyClusters.response(
            version: hash.short,
            [
                .resource(
                    "envoy.config.endpoint.v3.ClusterLoadAssignment",
                    [
                        "cluster_name": .text(service.text),
                        "endpoints": [["lb_endpoints": .array(members)]],
                    ]
                )
            ]
        )
    }

    /// What the file says; throws where it is damaged.
    static func read(_ bytes: [UInt8]) throws -> [LiveEndpoint] {
        try JSONDecoder().decode(Response.self, from: Data(bytes)).resources.flatMap(\.endpoints).flatMap {
            ($0.members ?? []).map {
                let place = $0.endpoint.address.socket
                return LiveEndpoint(id: InstanceID($0.endpoint.hostname), host: place.address, port: place.port)
            }
        }
    }

    private struct Response: Decodable {
        struct Assignment: Decodable { var endpoints: [Locality] }
        struct Locality: Decodable {
            var members: [Member]?
            enum CodingKeys: String, CodingKey { case members = "lb_endpoints" }
        }
        struct Member: Decodable { var endpoint: Place }
        struct Place: Decodable {
            var hostname: String
            var address: Address
        }
        struct Address: Decodable {
            var socket: Socket
            enum CodingKeys: String, CodingKey { case socket = "socket_address" }
        }
        struct Socket: Decodable {
            var address: String
            var port: Int
            enum CodingKeys: String, CodingKey {
                case address
                case port = "port_value"
            }
        }
        var resources: [Assignment]
    }
}
