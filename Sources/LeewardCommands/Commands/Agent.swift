import ArgumentParser
import LeewardAgent
import LeewardFleetFile
import LeewardHTTP
import LeewardModel
import ServiceLifecycle
import UnixSignals

struct Agent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run what stands beside one region's edge proxy.",
        discussion: "The proxy needs it only for changes: without it, traffic goes on with the last good snapshot.",
        subcommands: [Run.self, Bootstrap.self],
        defaultSubcommand: Run.self
    )

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run the agent until SIGTERM or SIGINT.")

        @OptionGroup var agent: AgentOptions
        @OptionGroup var log: LogOptions

        func run() async throws {
            let logger = self.log.logger("leeward.agent")
            let settings = try self.agent.settings()
            try await Failure.from {
                let group = ServiceGroup(
                    configuration: .init(
                        services: [
                            .init(
                                service: EdgeAgent(settings, logger: logger),
                                successTerminationBehavior: .gracefullyShutdownGroup
                            )
                        ],
                        gracefulShutdownSignals: [.sigterm, .sigint],
                        logger: logger
                    )
                )
                try await group.run()
            }
        }
    }

    struct Bootstrap: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the proxy's bootstrap configuration into the agent's folder, and print its path."
        )

        @OptionGroup var agent: AgentOptions

        func run() async throws {
            let settings = try self.agent.settings()
            let path = try await Failure.from { try EnvoyBootstrap(settings).write() }
            Surroundings.current.out(path)
        }
    }
}

struct AgentOptions: ParsableArguments {
    @Option(help: "The fleet file.", completion: .file())
    var fleet: String
    @Option(help: "The region whose edge this is.")
    var region: String
    @Option(help: "The agent's own folder, absolute.", completion: .directory)
    var directory: String
    @Option(help: ArgumentHelp("The proxy's admin socket, absolute.", valueName: "unix:/path"))
    var admin: String
    @Option(help: ArgumentHelp("Where GET /metrics is answered; without it, nowhere.", valueName: "http://host:port"))
    var metrics: String?
    @Option(
        help: "A JSON Web Key Set with the HS256 keys of users' tokens; without it, everybody is let in.",
        completion: .file()
    )
    var jwks: String?

    func settings() throws -> AgentSettings {
        guard case .unix(let admin)? = Endpoint(self.admin) else {
            throw ValidationError("--admin is \(self.admin); allowed is unix:/path")
        }
        var address: HTTPAddress?
        if let metrics {
            guard case .tcp(let host, let port)? = Endpoint(metrics) else {
                throw ValidationError("--metrics is \(metrics); allowed is http://host:port")
            }
            address = .tcp(host: host, port: port)
        }
        let fleet: Fleet
        do throws(FleetFileError) { fleet = try FleetFile.load(path: self.fleet) } catch {
            throw Failure(.failed, error.description)
        }
        do throws(AgentError) {
            return try AgentSettings(
                fleet: fleet,
                region: RegionID(self.region),
                directory: self.directory,
                adminSocket: admin,
                metrics: address,
                jwks: self.jwks
            )
        } catch {
            throw Failure(.usage, error.description)
        }
    }
}
