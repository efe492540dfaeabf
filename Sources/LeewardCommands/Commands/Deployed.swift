import ArgumentParser
import LeewardEngine
import LeewardModel

struct Deployed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Say that a deploy goes out: a dip right after it is explained, and rolling back is weighed against leaving."
    )

    @Argument(help: "The service.")
    var service: String
    @Option(help: "The version, as people know it.")
    var version: String
    @Option(name: .customLong("region"), help: "A region that it goes to; repeat it for each.")
    var regions: [String]
    @Option(help: "Seconds until the version before would serve again after a rollback.")
    var rollbackSeconds: Int = 600
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let deploy = Deploy(
            service: ServiceID(self.service),
            regions: self.regions.map { RegionID($0) },
            version: self.version,
            rollback: .seconds(Int64(self.rollbackSeconds))
        )
        _ = try await self.daemon.command(.deployed(deploy), self.output.output)
    }
}
