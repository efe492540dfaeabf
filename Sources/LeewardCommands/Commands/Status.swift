import ArgumentParser
import LeewardRuntime

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the fleet, its verdict and what is going on.")

    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await self.daemon.ask { api throws(APIError) in try await api.status() }
        try Output.render(StatusPayload(answer), StatusSections.make(answer), as: self.output.output)
    }
}
