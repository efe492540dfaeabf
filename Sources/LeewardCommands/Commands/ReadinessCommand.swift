import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime

struct ReadinessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readiness",
        abstract: "Show for every region whether it could be evacuated now, and what blocks it.",
        discussion: "Ends with 3 when a region could not be evacuated now."
    )

    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let regions = try await self.daemon.ask { api throws(APIError) in try await api.readiness() }
        let rows = regions.map { region in
            [
                region.region.text, Words.yesNo(region.isReady), region.isWarm ? "stock covers all" : "cold starts",
                region.blocks.isEmpty ? "-" : region.blocks.joined(separator: "; "),
            ]
        }
        try Output.render(
            regions,
            [.table(title: nil, Table(["region", "ready", "capacity", "blocked by"], rows))],
            as: self.output.output
        )
        if !regions.allSatisfy(\.isReady) { throw Exit.refused }
    }
}
