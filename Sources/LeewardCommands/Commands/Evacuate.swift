import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardSafety

struct Evacuate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Empty a region: shows the plan, asks for the region's name, then begins.",
        discussion:
            "What is begun is exactly the plan that was shown; if it has changed meanwhile, nothing begins (S35)."
    )

    @Argument(help: "The region to empty.")
    var region: String
    @Option(help: "Begin only if the plan has this hash, as `leeward plan` showed it.")
    var plan: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var follow: FollowOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let preview = try await PlanCommand.preview(self.region, self.daemon)
        let lines = PlanSections.make(preview).flatMap(\.lines)
        guard preview.findings.ruling.isPermitted else {
            for line in lines { Surroundings.current.err(line) }
            throw Failure(.refused, preview.findings.refusals.map { "refused: \($0)" }.joined(separator: "\n"))
        }
        try Confirm.ask(lines, typing: self.region, self.confirm)
        let command = Command.evacuate(RegionID(self.region), planHash: self.plan ?? preview.hash)
        let id = try await self.daemon.command(command, self.output.output)
        if self.follow.follow, let id { try await Follow.run(id, self.daemon) }
    }
}
