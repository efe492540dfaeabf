import ArgumentParser
import LeewardEngine
import LeewardModel

struct Failback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the users of an evacuated region back.",
        discussion: "Refused until the region was stable for long enough (S25)."
    )

    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var follow: FollowOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (evacuation, intention) = try await self.daemon.active()
        try Confirm.ask(intention, typing: evacuation.evacuee.text, self.confirm)
        let id = try await self.daemon.command(.failback, self.output.output)
        if self.follow.follow, let id { try await Follow.run(id, self.daemon) }
    }
}
