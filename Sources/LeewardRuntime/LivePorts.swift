import Foundation
import LeewardAgent
import LeewardDNS
import LeewardFleetFile
public import LeewardModel
import LeewardProcesses
import LeewardPrometheus
public import LeewardProviders
import LeewardStore
public import Logging
import ServiceLifecycle
import UnixSignals

extension Ports {
    /// The real ones: agents, process hosts, the zone's servers and the metrics store that the fleet file names.
    ///
    /// Connects to nothing yet. Throws when the zone's key cannot be read or the zone cannot be used.
    public static func live(_ fleet: Fleet) throws(ProviderError) -> Ports {
        let timeout = Duration.milliseconds(fleet.limits.callTimeout.milliseconds)
        var edges: [RegionID: any EdgePort] = [:]
        var capacity: [RegionID: any CapacityPort] = [:]
        for (region, spec) in fleet.regions {
            edges[region] = AgentEdge(
                region: region,
                at: spec.edge.agent,
                geographies: fleet.geographies.keys,
                timeout: timeout
            )
            capacity[region] = ProcessCapacity(region: region, at: spec.provider, timeout: timeout)
        }
        let zone = try DNSZone(
            fleet.zone,
            hosts: fleet.geographies.values.map { HostName($0.host) },
            callTimeout: fleet.limits.callTimeout
        )
        return Ports(
            edges: edges,
            capacity: capacity,
            zone: zone,
            signals: PrometheusSignals(fleet: fleet),
            pages: fleet.pages.alertmanager.map {
                AlertmanagerPages(fleet: fleet.name, at: $0, timeout: timeout) { MonotonicClock.wall() }
            }
        )
    }
}

extension Daemon {
    /// The journal's file inside a state folder.
    public static func journalPath(state: String) -> String { state + "/journal.sqlite" }

    /// The socket's path where no other is given.
    public static func socketPath(state: String) -> String { state + "/leeward.sock" }

    /// Builds the daemon of a fleet file with its real ports: takes the journal's lock and opens no connection yet.
    ///
    /// Throws `FleetFileError`, `JournalError` or `ProviderError`; each describes itself in sentences with a remedy.
    public static func live(fleetFile: String, state: String, socket: String, logger: Logger) throws -> Daemon {
        let fleet = try FleetFile.load(path: fleetFile)
        for doubt in fleet.doubts { logger.warning("\(fleetFile): \(doubt)") }
        let ports = try Ports.live(fleet)
        let journal = try Journal.open(Self.journalPath(state: state))
        let folder = URL(fileURLWithPath: socket).deletingLastPathComponent().path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return Daemon(
            fleet: fleet,
            ports: ports,
            journal: journal,
            socket: socket,
            logger: logger,
            readFleet: { Result { () throws(FleetFileError) in try FleetFile.load(path: fleetFile) } }
        )
    }

    /// Runs the daemon of a fleet file until SIGTERM or SIGINT, which end it gracefully.
    public static func serve(fleetFile: String, state: String, socket: String, logger: Logger) async throws {
        let daemon = try Self.live(fleetFile: fleetFile, state: state, socket: socket, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
        try daemon.journal.close()
    }
}
