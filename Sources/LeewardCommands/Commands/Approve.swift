import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardPlanning

struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approve a proposed evacuation.",
        discussion: "The approval binds the plan that is shown; if it has changed meanwhile, nothing is approved (S35)."
    )

    @Argument(help: "The evacuation's id; without it, the active one.")
    var id: String?
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var follow: FollowOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (evacuation, intention) = try await self.daemon.active()
        if let id, id != evacuation.id.text {
            throw Failure(.refused, "refused: \(id) is not active; \(evacuation.id) is")
        }
        try Confirm.ask(intention, typing: evacuation.evacuee.text, self.confirm)
        let command = Command.approve(evacuation.id, planHash: evacuation.plan.hash)
        let followed = try await self.daemon.command(command, self.output.output)
        if self.follow.follow, let followed { try await Follow.run(followed, self.daemon) }
    }
}
