import ArgumentParser
import LeewardEngine
import LeewardModel

struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Return to the shares from before the evacuation.",
        discussion: "Refused while the evacuee is still sick: nobody is sent back there (S03)."
    )

    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var follow: FollowOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (evacuation, intention) = try await self.daemon.active()
        try Confirm.ask(intention, typing: evacuation.evacuee.text, self.confirm)
        let id = try await self.daemon.command(.rollback, self.output.output)
        if self.follow.follow, let id { try await Follow.run(id, self.daemon) }
    }
}
