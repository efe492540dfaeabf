import ArgumentParser
import LeewardEngine
import LeewardModel

struct Pin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fix a geography where it is: automation leaves it alone until it is released (S30)."
    )

    @Argument(help: "The geography.")
    var geography: String
    @Flag(help: "Release it.")
    var off = false
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let intention =
            self.off
            ? "\(self.geography) is released: automation may move it again."
            : "\(self.geography) is pinned: automation will not move it, even when its region falls ill."
        try Confirm.ask([intention], typing: self.geography, self.confirm)
        _ = try await self.daemon.command(.pin(GeographyID(self.geography), !self.off), self.output.output)
    }
}
