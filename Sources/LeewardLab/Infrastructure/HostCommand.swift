public import ArgumentParser
import LeewardModel
import LeewardProcesses

/// `leeward-lab host`: one region's capacity provider; started by `up`.
public struct HostCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "Run one region's instances.",
        shouldDisplay: false
    )

    @Option(help: "Run folder of the lab.")
    var dir: String

    @Option(help: "Region.")
    var region: String

    public init() {}

    public func run() async throws {
        let lab = try Lab.open(self.dir)
        let host = try ProcessHost(try lab.hostSettings(RegionID(self.region)))
        try await Interruption.cancelling { try await host.run() }
    }
}

extension Lab {
    /// What the region's process host is told.
    func hostSettings(_ region: RegionID) throws -> HostSettings {
        var services = SortedMap<ServiceID, HostedService>()
        for (service, count) in self.sizing.regions[region] ?? [:] {
            services[service] = HostedService(
                capacity: self.fleet.services[service]?.instanceCapacity ?? 0,
                live: count.live,
                shadow: count.shadow
            )
        }
        return HostSettings(
            region: region,
            socket: self.layout.providerSocket(region),
            runFolder: self.layout.hostFolder(region),
            instanceExecutable: try LabTools.own("leeward-lab-instance"),
            addressPrefix: self.layout.instanceBlock(region),
            port: self.layout.instancePort,
            parentFile: self.layout.marker,
            faultFile: self.layout.faultFile(region),
            coldStart: Int64(self.options.coldStartSeconds) * 1000,
            services: services,
            // Without users every cluster is idle, and would be shrunk away.
            autoscaler: .init(isOn: self.options.withClients, sustained: .seconds(30)),
            stopInstancesOnExit: true
        )
    }
}
