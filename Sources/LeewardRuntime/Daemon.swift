import LeewardEngine
import LeewardFailpoints
public import LeewardFleetFile
import LeewardHTTP
public import LeewardModel
import LeewardProviders
public import LeewardStore
public import Logging
public import ServiceLifecycle

/// The controller's shell as one service: engine loop, outbox, collectors and API.
///
/// Ends on graceful shutdown after the call in flight per lane has ended and its outcome is journaled; throws when the
/// journal fails (the process must exit then, S43) or the socket cannot be opened.
public struct Daemon: Service {
    private let fleet: Fleet
    private let ports: Ports
    let journal: Journal
    private let socket: String
    private let clock: RuntimeClock
    private let paces: Paces
    private let logger: Logger
    private let readFleet: (@Sendable () -> Result<Fleet, FleetFileError>)?
    private let reloads: AsyncStream<Void>?
    /// True under break-glass, where a person vouches for regions that nothing is known of.
    public var isByHand = false

    /// `readFleet` reads the fleet file again whenever `reloads` yields, by default on SIGHUP; nil switches reloading off.
    public init(
        fleet: Fleet,
        ports: Ports,
        journal: Journal,
        socket: String,
        clock: RuntimeClock = .machine,
        paces: Paces = Paces(),
        logger: Logger,
        readFleet: (@Sendable () -> Result<Fleet, FleetFileError>)? = nil,
        reloads: AsyncStream<Void>? = nil
    ) {
        self.fleet = fleet
        self.ports = ports
        self.journal = journal
        self.socket = socket
        self.clock = clock
        self.paces = paces
        self.logger = logger
        self.readFleet = readFleet
        self.reloads = reloads
    }

    public func run() async throws {
        var controller = Controller(
            fleet: self.fleet,
            journal: try self.journal.entries(),
            boot: self.clock.boot,
            at: self.clock.now()
        )
        controller.isByHand = self.isByHand
        if let folder = Failpoints.activeFolder {
            self.logger.warning("\(Failpoints.variable) is set: this process dies where \(folder) says; for labs only")
        }
        Failpoints.pass(.at(.startRead))
        let problem = self.journal.damage.map {
            "the journal \(self.journal.path) is \($0); nothing is done with a history that cannot be trusted, only "
                + "readers are served (S43): restore it from a backup, use `leeward break-glass` until then"
        }
        let board = Board(controller, lastSequence: self.journal.lastSequence, problem: problem)
        let mailbox = Mailbox()
        let desk = CommandDesk(mailbox)
        let pages = PageBoard()
        let routes = APIRoutes(
            board: board,
            pages: pages,
            desk: desk,
            journal: self.journal,
            clock: self.clock,
            paces: self.paces
        )
        let server = try await HTTPServer.start(on: .unix(path: self.socket)) { await routes.answer($0) }
        let teller = Teller(logger: self.logger, clock: self.clock) { board.add($0) }
        for notice in self.journal.notices { teller.tell(Notice(.warning, notice), [:]) }
        self.logger.info("serving \(self.fleet.name) on \(self.socket)")
        let result: Result<Void, any Error>
        do {
            if let problem {
                try await self.serveReaders(problem, teller, pages, mailbox)
            } else {
                try await self.act(controller, board, pages, mailbox, desk, teller)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await server.stop()
        try result.get()
        self.logger.info("stopped; the data plane stays as it is")
    }

    private func act(
        _ controller: Controller,
        _ board: Board,
        _ pages: PageBoard,
        _ mailbox: Mailbox,
        _ desk: CommandDesk,
        _ teller: Teller
    ) async throws {
        let collectors = Collectors(
            ports: self.ports,
            mailbox: mailbox,
            clock: self.clock,
            paces: self.paces,
            logger: self.logger,
            isActive: { board.isEvacuating },
            isMoving: { board.isMoving }
        )
        let loop = EngineLoop<Controller>(
            mailbox: mailbox,
            journal: self.journal,
            outbox: Outbox(ports: self.ports, clock: self.clock) { collectors.callEnded($0, $1) },
            desk: desk,
            teller: teller,
            pages: pages,
            clock: self.clock,
            paces: self.paces,
            publish: { board.publish($0) },
            appended: { board.appended(upTo: $0) }
        )
        let caller = self.caller(pages)
        let openPages = controller.state.evacuation.flatMap { evacuation in
            evacuation.phase == .held
                ? ["\(evacuation.id) is held: \(evacuation.heldBecause ?? "no reason is known")"] : nil
        }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                collectors.start(in: &group)
                if let caller { group.addTask { await caller.run() } }
                if let readFleet = self.readFleet {
                    let reloader = Reloader(read: readFleet, mailbox: mailbox, teller: teller)
                    let requests = self.reloads ?? Reloader.hangups()
                    group.addTask { await reloader.run(requests, from: self.fleet) }
                }
                // Whichever way the loop ends, the collectors end with it.
                defer { group.cancelAll() }
                try await loop.run(controller, openPages: openPages ?? [])
            }
        } onGracefulShutdown: {
            mailbox.close()
        }
    }

    private func caller(_ pages: PageBoard) -> PageCaller? {
        self.ports.pages.map {
            PageCaller(port: $0, board: pages, clock: self.clock, paces: self.paces, logger: self.logger)
        }
    }

    /// Damaged journal: no input reaches an engine, no call leaves, and a person is called until the daemon is stopped.
    private func serveReaders(
        _ problem: String,
        _ teller: Teller,
        _ pages: PageBoard,
        _ mailbox: Mailbox
    ) async throws {
        teller.tell(Notice(.page, problem), [:])
        pages.publish([OpenPage(text: problem, since: self.clock.wall())])
        let caller = self.caller(pages)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while (try? await self.clock.sleep(self.paces.pageAgain)) != nil { teller.tellAgain(problem, [:]) }
                }
                if let caller { group.addTask { await caller.run() } }
                defer { group.cancelAll() }
                for await _ in mailbox {}
                try Task.checkCancellation()
            }
        } onGracefulShutdown: {
            mailbox.close()
        }
    }
}
