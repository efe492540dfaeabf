import Foundation
import LeewardDNS
import LeewardHTTP
import LeewardModel
import LeewardProviders

/// What the receivers themselves say that they did: nothing may have landed twice (S13).
struct Receivers: Sendable {
    let lab: Lab

    /// How often agents and providers have carried each key out; a key belongs to one receiver.
    func counts() async throws -> SortedMap<EffectKey, Int> {
        var counts = SortedMap<EffectKey, Int>()
        for region in self.lab.fleet.regions.keys {
            for socket in [self.lab.layout.agentSocket(region), self.lab.layout.providerSocket(region)] {
                for applied in try await self.log(socket) { counts[applied.fence.key, default: 0] += 1 }
            }
        }
        return counts
    }

    /// The zone's serial: it rises by one with each update that lands.
    func serial() async throws -> UInt32 {
        let hosts = self.lab.fleet.geographies.values.map { HostName($0.host) }
        let report = await (try DNSZone(self.lab.fleet.zone, hosts: hosts)).report()
        guard let server = report.servers.first else { throw LabError("the name server does not answer") }
        return server.serial
    }

    private func log(_ socket: String) async throws -> [AppliedEffect] {
        let response = try await HTTPClient().send(
            HTTPRequest("GET", "/v1/log"),
            to: .unix(path: socket),
            within: .seconds(5)
        )
        guard response.status == 200 else { throw LabError("\(socket) shows no log") }
        return try JSONDecoder().decode([AppliedEffect].self, from: Data(response.body))
    }
}
