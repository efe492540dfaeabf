import ArgumentParser
import LeewardRuntime

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon until SIGTERM or SIGINT; SIGHUP reads the fleet file again.",
        discussion: "Stopping it, however roughly, changes no traffic."
    )

    @Option(help: "The fleet file.", completion: .file())
    var fleet: String
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var log: LogOptions

    func run() async throws {
        let logger = self.log.logger("leeward")
        try await Failure.from {
            try await Daemon.serve(
                fleetFile: self.fleet,
                state: self.daemon.state.path,
                socket: self.daemon.path,
                logger: logger
            )
        }
    }
}
