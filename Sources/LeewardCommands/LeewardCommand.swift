import ArgumentParser

/// The root of the command tree.
struct LeewardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leeward",
        abstract: "Moves every user out of a sick region in minutes, and brings them back safely.",
        discussion: """
            Results are on stdout, everything else on stderr. Exit codes: 0 done, 1 failed, 2 usage, 3 refused by a \
            safety rule, 4 held, 5 unreachable.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [
                    Status.self, Verdicts.self, ReadinessCommand.self, PlanCommand.self, History.self, Explain.self,
                    Doctor.self, ReplayCommand.self, SimulateCommand.self, Metrics.self,
                ]
            ),
            CommandGroup(name: "Measure", subcommands: [BacktestCommand.self, DarkStockCommand.self]),
            CommandGroup(
                name: "Act",
                subcommands: [
                    Evacuate.self, Shift.self, Approve.self, Hold.self, Resume.self, Rollback.self, Failback.self,
                    Pin.self, Kill.self, Acknowledge.self, Deployed.self,
                ]
            ),
            CommandGroup(
                name: "Run",
                subcommands: [Serve.self, Agent.self, Config.self, JournalCommand.self, BreakGlass.self]
            ),
        ]
    )
}
