import Foundation
import LeewardAgent
import LeewardHTTP
import LeewardModel

extension Lab {
    func agentSettings(_ region: RegionID) throws -> AgentSettings {
        try AgentSettings(
            fleet: self.fleet,
            region: region,
            directory: self.layout.agentFolder(region),
            adminSocket: self.layout.proxySocket(region),
            metrics: .tcp(host: self.layout.edgeAddress(region), port: self.layout.agentMetricsPort),
            jwks: self.layout.jwksFile
        )
    }

    /// What the proxy starts from; must exist before it is started.
    func writeBootstrap(_ region: RegionID) throws { try EnvoyBootstrap(self.agentSettings(region)).write() }
}
