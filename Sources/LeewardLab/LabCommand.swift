public import ArgumentParser

/// `leeward-lab`: three regions on one machine, to look at, to break and to practise on.
public struct LabCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "leeward-lab",
        abstract: "Three regions on loopback with real proxies, DNS, metrics, processes and users.",
        subcommands: [
            UpCommand.self, DownCommand.self, StatusCommand.self, BreakCommand.self, HealCommand.self,
            ClientsCommand.self, HostCommand.self, DrillCommand.self, ChaosCommand.self,
            GuardCommand.self,
        ]
    )

    public init() {}

    /// Parses the command line, runs the command and exits with its code.
    public static func start() async { await Self.main() }
}
