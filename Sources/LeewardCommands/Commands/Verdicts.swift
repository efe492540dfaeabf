import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime

struct Verdicts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what the evidence says about each region, and why.")

    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    /// What `verdicts` prints for programs.
    struct Result: Encodable {
        var verdict: String
        var sickRegion: RegionID?
        var reason: String
        var classes: [EvidenceClass]
        var regions: [StatusPayload.Region]
    }

    func run() async throws {
        let answer = try await self.daemon.ask { api throws(APIError) in try await api.status() }
        let payload = StatusPayload(answer)
        let regions = answer.status.regions
        try Output.render(
            Result(
                verdict: payload.verdict,
                sickRegion: payload.sickRegion,
                reason: payload.reason,
                classes: payload.classes,
                regions: payload.regions
            ),
            [
                .line("\(answer.status.verdict): \(payload.reason)"),
                .line("classes of evidence that agree: \(Words.list(payload.classes.map(\.rawValue)))"),
                .table(
                    title: "Regions",
                    Table(
                        ["region", "health", "why"],
                        regions.map { [$0.region.text, Words.health($0.health), $0.reason] }
                    )
                ),
            ],
            as: self.output.output
        )
    }
}
