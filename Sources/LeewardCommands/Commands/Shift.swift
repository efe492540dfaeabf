import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime

struct Shift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Move a part of one geography to another region, at the edges alone."
    )

    @Argument(help: "The geography.")
    var geography: String
    @Option(help: "The region that receives.")
    var to: String
    @Option(help: "How much of what its largest region serves now, in percent (1...100).")
    var percent: Int
    @OptionGroup var confirm: ConfirmOptions
    @OptionGroup var follow: FollowOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...100).contains(self.percent) else {
            throw ValidationError("--percent is \(self.percent); allowed is 1...100")
        }
    }

    func run() async throws {
        let answer = try await self.daemon.ask { api throws(APIError) in try await api.status() }
        let geography = GeographyID(self.geography)
        guard let shares = answer.status.shares[geography] else {
            throw Failure(
                .usage,
                "\(self.geography) is no geography of this fleet; it has \(Words.list(answer.status.shares.keys))"
            )
        }
        try Confirm.ask(
            [
                "\(self.geography) is at \(Words.shares(shares)) now.",
                "\(self.percent) % of what its largest region serves will move to \(self.to), rung by rung, at the edges.",
            ],
            typing: self.to,
            self.confirm
        )
        let command = Command.shift(geography, to: RegionID(self.to), points: self.percent * 100)
        let id = try await self.daemon.command(command, self.output.output)
        if self.follow.follow, let id { try await Follow.run(id, self.daemon) }
    }
}
