import ArgumentParser
import LeewardEngine

struct Hold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the evacuation where it is safe, and call a person.",
        discussion: "Stopping is always safe, so it is not asked twice."
    )

    @Option(help: "Why; it stands in the journal.")
    var reason = "on request"
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        _ = try await self.daemon.command(.hold(reason: self.reason), self.output.output)
    }
}
