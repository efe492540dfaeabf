import Foundation
import LeewardModel

/// The files that feed the proxy.
struct EdgeFolder: Sendable {
    let settings: AgentSettings

    init(_ settings: AgentSettings) { self.settings = settings }

    /// Makes the folder, readable by its owner only.
    func make() throws(AgentError) {
        do {
            try FileManager.default.createDirectory(
                atPath: self.settings.directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw AgentError("\(self.settings.directory): cannot be made: \(error.localizedDescription)")
        }
    }

    /// Gives a proxy that never ran before something to start with; never touches a file that exists.
    func writeMissing() throws(AgentError) {
        let settings = self.settings
        for service in settings.fleet.services.keys where try self.isMissing(settings.endpointsFile(service)) {
            try self.writeEndpoints([], of: service)
        }
        if try self.isMissing(settings.clustersFile) { try self.writeClusters() }
        if try self.isMissing(settings.routesFile) {
            let snapshot = try SnapshotFile(settings).load() ?? .initial(settings.fleet)
            try self.writeRoutes(snapshot.shares, generation: snapshot.mark.generation)
        }
    }

    private func isMissing(_ path: String) throws(AgentError) -> Bool { try DurableFile(path).read() == nil }

    func writeClusters() throws(AgentError) {
        try DurableFile(self.settings.clustersFile).update(to: EnvoyClusters.document(self.settings).bytes)
    }

    func writeRoutes(_ shares: ShareTable, generation: Generation) throws(AgentError) {
        let document = EnvoyRoutes.document(shares, generation: generation, self.settings)
        try DurableFile(self.settings.routesFile).update(to: document.bytes)
    }

    func writeEndpoints(_ endpoints: [LiveEndpoint], of service: ServiceID) throws(AgentError) {
        let document = EnvoyEndpoints.document(endpoints, of: service)
        try DurableFile(self.settings.endpointsFile(service)).update(to: document.bytes)
    }

    /// The endpoints that the proxy was last given; a damaged or missing file is nil, and the next listing replaces it.
    func endpoints(of service: ServiceID) -> [LiveEndpoint]? {
        guard let bytes = try? DurableFile(self.settings.endpointsFile(service)).read() else { return nil }
        return try? EnvoyEndpoints.read(bytes)
    }

    /// What `routes.json` says; nil where there is none or it is damaged.
    func routes() -> EnvoyReadBack? {
        guard let bytes = try? DurableFile(self.settings.routesFile).read() else { return nil }
        return try? EnvoyReadBack(file: bytes, self.settings)
    }
}
