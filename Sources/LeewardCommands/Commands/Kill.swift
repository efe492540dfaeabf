import ArgumentParser
import LeewardEngine

struct Kill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop every new effect at once (S27).",
        discussion: "Traffic stays exactly as it is. Stopping is not asked twice; releasing is."
    )

    @Flag(help: "Release the switch.")
    var off = false
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if self.off {
            try Confirm.ask(["Leeward may act again from now on."], typing: "release", self.confirm)
        }
        _ = try await self.daemon.command(.kill(!self.off), self.output.output)
    }
}
