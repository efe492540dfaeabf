import LeewardFleetFile
import LeewardModel
import LeewardStore
import Logging
import ServiceLifecycle

@testable import LeewardRuntime

/// A daemon in this process, ended either as `kill` ends it or as SIGTERM does.
struct Running: Sendable {
    let task: Task<Void, any Error>
    let group: ServiceGroup
    let journal: Journal
    let client: APIClient
    let log: LineLog.Lines
    let time: ManualTime
    /// Kept for as long as the daemon is.
    let folder: Folder

    /// No word to anybody, no waiting; the journal's lock is released as by the kernel.
    func crash() async {
        self.task.cancel()
        _ = await self.task.result
        try? self.journal.close()
    }

    /// As SIGTERM; returns when the daemon has ended.
    func stop() async throws {
        await self.group.triggerGracefulShutdown()
        try await self.task.value
        try self.journal.close()
    }

    static func start(
        _ folder: Folder,
        _ fleet: Fleet,
        _ ports: Ports,
        _ time: ManualTime,
        prepare: (Journal) throws -> Void = { _ in },
        readFleet: (@Sendable () -> Result<Fleet, FleetFileError>)? = nil,
        reloads: AsyncStream<Void>? = nil
    ) throws -> Running {
        let journal = try Journal.open(folder.journal)
        try prepare(journal)
        var paces = Paces()
        // Every step is published, so that a test need not let time pass to see it.
        paces.publish = .zero
        let lines = LineLog.Lines()
        let logger = LineLog.logger(lines)
        let daemon = Daemon(
            fleet: fleet,
            ports: ports,
            journal: journal,
            socket: folder.socket,
            clock: time.clock,
            paces: paces,
            logger: logger,
            readFleet: readFleet,
            reloads: reloads
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger
            )
        )
        return Running(
            task: Task { try await group.run() },
            group: group,
            journal: journal,
            client: APIClient(socket: folder.socket),
            log: lines,
            time: time,
            folder: folder
        )
    }
}
