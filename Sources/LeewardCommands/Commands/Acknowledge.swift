import ArgumentParser
import LeewardEngine

struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Say that a person has seen it: pages stop, and the block window is lifted (S24)."
    )

    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Confirm.ask(
            ["Automatic evacuations are possible again at once, also within the block window."],
            typing: "ack",
            self.confirm
        )
        _ = try await self.daemon.command(.acknowledge, self.output.output)
    }
}
