import Foundation
import LeewardFleetFile
import LeewardHTTP
import LeewardModel
import LeewardProcesses

extension Lab {
    /// Starts a run and returns when every part answers.
    ///
    /// `say` gets one line per step. Ends what a crashed run left in the same folder; throws when a living run is there. When anything fails, or
    /// the task is cancelled, everything that was started is ended before the error is thrown.
    package static func start(
        _ options: LabOptions,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Lab {
        try await Self.clearFolder(options.folder, say: say)
        let layout = try LabLayout(folder: options.folder)
        let owner = options.isDetached ? nil : ProcessHandle.current
        let state = LabState(layout: layout, options: options, owner: owner, processes: [])
        try LabStateFile(path: layout.stateFile).write(state)
        do {
            try LabFleetFile.text(layout).write(toFile: layout.fleetFile, atomically: true, encoding: .utf8)
            let lab = Lab(state, fleet: try FleetFile.load(path: layout.fleetFile))
            try await lab.startParts(say: say)
            return lab
        } catch {
            await Self.end(state)
            throw error
        }
    }

    private func startParts(say: @Sendable (String) -> Void) async throws {
        say("folder \(self.layout.folder), sockets \(self.layout.sockets), addresses \(self.layout.block).0/24")
        try self.touch(self.layout.marker)
        let tsig = try LabSecrets.write(self.layout)
        try ServerFiles.write(self.layout, fleet: self.fleet, tsig: tsig)
        try FileManager.default.createDirectory(atPath: self.layout.file("knot/db"), withIntermediateDirectories: true)
        if self.options.isDetached == false { try self.processes.start(try LabParts.guardProcess(self.layout)) }

        try self.processes.start(try LabParts.dnsProcess(self.layout))
        try self.processes.start(try LabParts.resolverProcess(self.layout))
        try self.processes.start(try LabParts.storeProcess(self.layout))
        for region in LabLayout.regions { try self.processes.start(try LabParts.hostProcess(region, self.layout)) }
        try await self.awaitStore()
        let past = try await self.importHistory()
        say("four weeks of history end now, which is \(self.options.at) for us-east users")
        try await self.awaitNames()
        say("name server, resolver and metrics store answer")
        try await self.awaitHosts()
        say("\(self.instancesInProcessTable().count) instances run in \(LabLayout.regions.count) regions")
        for region in LabLayout.regions {
            // Before the agent, which writes the same files.
            try self.writeBootstrap(region)
            try self.processes.start(try LabParts.agentProcess(region, self.layout))
            try self.processes.start(try LabParts.proxyProcess(region, self.layout))
        }
        try await self.awaitEdges()
        say("every edge serves every service")
        if self.options.withClients { try await self.startClients(say: say) }
        try await self.beginPresent(after: past)
        if self.options.withDaemon {
            try await self.startDaemon()
            say("the controller answers on unix:\(self.layout.daemonSocket)")
        }
    }

    private func startClients(say: @Sendable (String) -> Void) async throws {
        let token = try String(contentsOfFile: self.layout.tokenFile, encoding: .utf8)
        let settings = ClientSettings(
            control: .unix(path: self.layout.clientsSocket),
            metrics: .tcp(host: self.layout.clientsAddress, port: self.layout.clientsMetricsPort),
            resolver: "\(self.layout.resolverAddress):\(self.layout.dnsPort)",
            token: token,
            entries: LabLayout.regions.map {
                .init(region: $0, address: self.layout.edgeAddress($0), port: self.layout.edgePort)
            },
            geographies: Traffic.users.map { users in
                .init(
                    id: users.id,
                    host: self.fleet.geographies[users.id]?.host ?? users.id.text,
                    requestsPerSecond: self.traffic.clientRate(of: users)
                )
            },
            services: self.fleet.services.map { id, spec in
                .init(id: id, path: spec.path, weight: self.traffic.mix()[id] ?? 1)
            },
            timelineFile: self.layout.timelineFile,
            seed: self.options.seed
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(settings).write(to: URL(fileURLWithPath: self.layout.clientSettingsFile), options: .atomic)
        try self.processes.start(try LabParts.clientsProcess(self.layout))
        try await self.awaitClients()
        let rate = settings.geographies.reduce(0) { $0 + $1.requestsPerSecond }
        say("clients send \(rate) requests/s")
    }

    private func touch(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw LabError("cannot write \(path)")
        }
    }
}
