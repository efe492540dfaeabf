import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProviders

/// Waiting until the parts answer.
extension Lab {
    var storeAddress: HTTPAddress { .tcp(host: self.layout.storeAddress, port: self.layout.storePort) }
    /// The load clients' control socket; `ClientControl` speaks to it.
    package var clientsEndpoint: Endpoint { .unix(path: self.layout.clientsSocket) }

    func awaitStore() async throws {
        try await self.until("the metrics store", by: [LabParts.store], within: .seconds(10)) {
            let health = HTTPRequest("GET", "/health")
            return try await HTTPClient().send(health, to: self.storeAddress, within: .seconds(1)).status == 200
        }
    }

    func awaitNames() async throws {
        for geography in self.fleet.geographies.values {
            let expected = self.fleet.entryAddresses([geography.home])
            try await self.until(
                "the name \(geography.host)",
                by: [LabParts.dns, LabParts.resolver],
                within: .seconds(10)
            ) {
                Probe.addresses(of: geography.host, at: self.layout.resolverAddress, port: self.layout.dnsPort)
                    == expected
            }
        }
    }

    /// Every instance of the sizing is ready, in the cluster where it belongs.
    func awaitHosts() async throws {
        for region in LabLayout.regions {
            let expected = self.sizing.regions[region]?.values.reduce(0) { $0 + $1.live + $1.shadow } ?? 0
            try await self.until("the instances of \(region)", by: [LabParts.host(region)], within: .seconds(20)) {
                let report = try await self.capacity(region)
                return report.instances.count { $0.state == .ready } == expected
            }
        }
    }

    /// What one region's process host says.
    package func capacity(_ region: RegionID) async throws -> CapacityReport {
        try await self.report(from: self.layout.providerSocket(region))
    }

    /// What one region's agent says.
    package func edge(_ region: RegionID) async throws -> EdgeReport {
        try await self.report(from: self.layout.agentSocket(region))
    }

    private func report<Report: Decodable>(from socket: String) async throws -> Report {
        let response = try await HTTPClient().send(
            HTTPRequest("GET", "/v1/report"),
            to: .unix(path: socket),
            within: .seconds(2)
        )
        guard response.status == 200 else { throw LabError("\(socket) answered \(response.status): \(response.text)") }
        return try JSONDecoder().decode(Report.self, from: Data(response.body))
    }

    /// Every geography gets 200 for every service at its home edge.
    func awaitEdges() async throws {
        let token = try String(contentsOfFile: self.layout.tokenFile, encoding: .utf8)
        for geography in self.fleet.geographies.values {
            for service in self.fleet.services.values {
                let request = HTTPRequest(
                    "GET",
                    service.path,
                    headers: [("host", geography.host), ("authorization", "Bearer \(token)")]
                )
                let address = HTTPAddress.tcp(
                    host: self.layout.edgeAddress(geography.home),
                    port: self.layout.edgePort
                )
                try await self.until(
                    "\(geography.host)\(service.path)",
                    by: [LabParts.agent(geography.home), LabParts.proxy(geography.home)],
                    within: .seconds(15)
                ) {
                    let response = try await HTTPClient().send(request, to: address, within: .seconds(1))
                    guard response.status == 200 else { throw LabError("status \(response.status) \(response.text)") }
                    return true
                }
            }
        }
    }

    func awaitClients() async throws {
        let control = ClientControl(self.clientsEndpoint)
        try await self.until("the load clients", by: [LabParts.clients], within: .seconds(10)) {
            _ = try await control.status()
            return true
        }
    }

    func awaitDaemon() async throws {
        try await self.until("the controller", by: [LabParts.daemon], within: .seconds(10)) {
            let address = HTTPAddress.unix(path: self.layout.daemonSocket)
            _ = try await HTTPClient().send(HTTPRequest("GET", "/v1/status"), to: address, within: .seconds(1))
            return true
        }
    }

    /// Asks again until `isMet` says yes; throws at once when a process that is needed for it has ended.
    private func until(
        _ what: String,
        by roles: [String],
        within limit: Duration,
        isMet: () async throws -> Bool
    ) async throws {
        try await Probe.until(what, within: limit) {
            for role in roles {
                guard try self.processes.find(role)?.isAlive == true else {
                    throw Probe.Hopeless(reason: "\(role) has ended; its last words are in \(self.layout.log(role))")
                }
            }
            return try await isMet()
        }
    }
}
