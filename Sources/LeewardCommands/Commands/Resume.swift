import ArgumentParser
import LeewardEngine
import LeewardModel

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with a held evacuation.",
        discussion: "It goes on where it stopped."
    )

    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var follow: FollowOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (evacuation, intention) = try await self.daemon.active()
        try Confirm.ask(intention, typing: evacuation.evacuee.text, self.confirm)
        let id = try await self.daemon.command(.resume, self.output.output)
        if self.follow.follow, let id { try await Follow.run(id, self.daemon) }
    }
}
