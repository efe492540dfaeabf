import ArgumentParser
import Foundation
import LeewardEngine
import LeewardFleetFile
import LeewardModel
import LeewardPlanning
import LeewardProviders
import LeewardRuntime
import LeewardStore
import Logging
import ServiceLifecycle

/// What `break-glass` works with: the fleet file and the state folder, without a daemon.
struct HandOptions: ParsableArguments {
    @Option(help: "The fleet file.", completion: .file())
    var fleet: String
    @OptionGroup var state: StateOptions
    @OptionGroup var log: LogOptions

    /// What could be read from agents and servers at this moment.
    struct World {
        var edges: SortedMap<RegionID, ShareTable> = [:]
        var records: SortedMap<HostName, [String]> = [:]
        var problems: [String] = []

        var table: Table {
            var rows: [[String]] = []
            for (region, shares) in self.edges {
                for (geography, vector) in shares { rows.append([region.text, geography.text, Words.shares(vector)]) }
            }
            return Table(["edge", "geography", "shares"], rows)
        }
    }

    /// Every intact entry of the journal, read without its lock; a journal that is not there has none.
    func history() throws(Failure) -> [JournalEntry] {
        do throws(JournalError) {
            return try Journal.inspect(Daemon.journalPath(state: self.state.path)).entries
        } catch { throw Failure(.failed, error.description) }
    }

    /// Asks every agent and every server once.
    func world() async throws(Failure) -> World {
        let fleet = try self.loaded()
        let ports = try self.ports(fleet)
        var world = World()
        for region in fleet.regions.keys {
            guard let port = ports.edges[region] else { continue }
            do throws(ProviderError) {
                let report = try await port.report()
                if let loaded = report.loaded {
                    world.edges[region] = loaded.shares
                } else {
                    world.problems.append("edge \(region): its agent answers, its proxy does not")
                }
            } catch {
                world.problems.append(error.description)
            }
        }
        let servers = await ports.zone.report().servers
        for server in servers {
            for (host, addresses) in server.records { world.records[host] = addresses }
        }
        for server in fleet.zone.servers where !servers.contains(where: { $0.server == server }) {
            world.problems.append("zone \(fleet.zone.name) at \(server): no answer")
        }
        return world
    }

    /// Runs the engine by hand: waits until it knows the world, gives it one command at most, and follows to the rest.
    func run(
        _ confirm: ConfirmOptions,
        region: RegionID? = nil,
        _ choose: (Evacuation?) throws(Failure) -> Command?
    ) async throws {
        var fleet = try self.loaded()
        // Only the person who is here begins something, and what they carry on they have approved.
        fleet.policy = Policy(relief: .observe, evacuation: .act)
        let last = (try? self.history())?.reversed().lazy.compactMap { entry in
            if case .opened(let evacuation, _) = entry.record { evacuation.evacuee } else { nil }
        }.first
        let name = region ?? last
        try Confirm.ask(
            [
                "This takes the journal in \(self.state.path) and acts on the fleet \(fleet.name) without a daemon,",
                "under the same rules and a new epoch. It goes on with what the journal has open.",
            ],
            typing: (name ?? RegionID(fleet.name)).text,
            confirm
        )
        let socket = self.state.path + "/break-glass.sock"
        let group = try self.group(fleet, socket: socket)
        var options = SocketOptions()
        options.socket = socket
        options.state = self.state
        let running = Task { try await group.run() }
        do {
            try await self.command(options, choose)
        } catch {
            await group.triggerGracefulShutdown()
            _ = await running.result
            throw error
        }
        await group.triggerGracefulShutdown()
        try await Failure.from { try await running.value }
    }

    private func command(
        _ daemon: SocketOptions,
        _ choose: (Evacuation?) throws(Failure) -> Command?
    ) async throws {
        let active = try await self.ready(daemon)
        var id = active?.id
        if let command = try choose(active) { id = try await daemon.command(command, .table) ?? id }
        if let id { try await Follow.run(id, daemon) }
    }

    /// Waits half a minute at most until the engine has read the world.
    private func ready(_ daemon: SocketOptions) async throws -> Evacuation? {
        let deadline = ContinuousClock.now + .seconds(30)
        var reason = "it did not start"
        while ContinuousClock.now < deadline {
            do throws(Failure) {
                let answer = try await daemon.ask { api throws(APIError) in try await api.status() }
                if let problem = answer.problem { throw Failure(.failed, problem) }
                // Without a verdict a sick region would be left as slowly as on a drill; ten seconds are enough for one.
                let isJudged = answer.status.verdict != .unknown || ContinuousClock.now > deadline - .seconds(20)
                if answer.status.knowsWorld, isJudged { return answer.status.evacuation }
                reason = answer.status.waiting ?? "edges, capacity or zone have not been read"
            } catch {
                guard error.exit == .unreachable else { throw error }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw Failure(.unreachable, "the engine does not know the world after 30 s: \(reason)")
    }

    private func loaded() throws(Failure) -> Fleet {
        do throws(FleetFileError) { return try FleetFile.load(path: self.fleet) } catch {
            throw Failure(.failed, error.description)
        }
    }

    private func ports(_ fleet: Fleet) throws(Failure) -> Ports {
        do throws(ProviderError) { return try Ports.live(fleet) } catch { throw Failure(.failed, error.description) }
    }

    private func group(_ fleet: Fleet, socket: String) throws(Failure) -> ServiceGroup {
        let logger = self.log.logger("leeward.break-glass")
        let journal: Journal
        do throws(JournalError) { journal = try Journal.open(Daemon.journalPath(state: self.state.path)) } catch {
            throw Failure(error.kind == .inUse ? .usage : .failed, error.description)
        }
        var daemon = Daemon(
            fleet: fleet,
            ports: try self.ports(fleet),
            journal: journal,
            socket: socket,
            logger: logger
        )
        daemon.isByHand = true
        return ServiceGroup(
            configuration: .init(
                services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger
            )
        )
    }
}
