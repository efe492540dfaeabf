import ArgumentParser
import LeewardRuntime

struct Metrics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the daemon's state as metrics in the Prometheus text format.",
        discussion: "For node_exporter's textfile collector; docs/metrics.md lists every metric."
    )

    @OptionGroup var daemon: SocketOptions

    func run() async throws {
        let text = try await self.daemon.ask { api throws(APIError) in try await api.metrics() }
        Surroundings.current.out(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
}
