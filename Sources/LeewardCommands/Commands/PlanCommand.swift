import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime
import LeewardSafety

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show how a region would be evacuated now, and what every gate says.",
        discussion: "Changes nothing. Ends with 3 when a gate would refuse."
    )

    @Argument(help: "The region that would be emptied.")
    var region: String
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let preview = try await Self.preview(self.region, self.daemon)
        try Output.render(preview, PlanSections.make(preview), as: self.output.output)
        if !preview.findings.ruling.isPermitted {
            throw Failure(.refused, preview.findings.refusals.map { "refused: \($0)" }.joined(separator: "\n"))
        }
    }

    /// The plan of a region, or the end of the program where there is none.
    static func preview(_ region: String, _ daemon: SocketOptions) async throws(Failure) -> PlanPreview {
        let answer = try await daemon.ask { api throws(APIError) in try await api.plan(RegionID(region)) }
        switch answer {
        case .plan(let preview): return preview
        case .refused(let sentence): throw Failure(.refused, "refused: \(sentence)")
        }
    }
}
