import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardPlanning

struct BreakGlass: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break-glass",
        abstract: "With the daemon dead: read the journal and the agents directly, and finish or undo by hand.",
        discussion: """
            Takes the journal's lock, so it never works beside a daemon. The same engine decides under the same \
            rules and a new epoch, but begins nothing by itself. It ends when the evacuation rests.
            """,
        subcommands: [Look.self, Finish.self, Undo.self, Empty.self]
    )

    struct Look: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show what the journal says and what agents, servers and providers really have."
        )

        @OptionGroup var hand: HandOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            // No engine runs for a look: nobody is claimed and nothing is moved.
            let entries = try self.hand.history()
            let summaries = History.summaries(entries)
            let world = try await self.hand.world()
            let rows = summaries.suffix(5).map { [$0.id.text, $0.evacuee.text, $0.opened, $0.phase.rawValue] }
            try Output.render(
                Seen(evacuations: summaries, edges: world.edges, records: world.records, problems: world.problems),
                [
                    .table(title: "Journal", Table(["id", "evacuee", "opened", "phase"], rows)),
                    .table(title: "Edges, as their proxies have them loaded", world.table),
                ] + world.problems.map { .line($0) },
                as: self.output.output
            )
        }
    }

    /// What was read for a look.
    struct Seen: Encodable {
        var evacuations: [History.Summary]
        var edges: SortedMap<RegionID, ShareTable>
        var records: SortedMap<HostName, [String]>
        var problems: [String]
    }

    struct Finish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carry the active evacuation to its next rest; what is held or proposed goes on first."
        )

        @OptionGroup var hand: HandOptions
        @OptionGroup var confirm: ConfirmOptions

        func run() async throws {
            try await self.hand.run(self.confirm) { (active) throws(Failure) in
                guard let active else { throw Failure(.refused, "refused: nothing is active, so nothing is to finish") }
                return active.commandToFinish
            }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Return to the shares from before: failback where the region is evacuated, rollback elsewhere."
        )

        @OptionGroup var hand: HandOptions
        @OptionGroup var confirm: ConfirmOptions

        func run() async throws {
            try await self.hand.run(self.confirm) { (active) throws(Failure) in
                guard let active else { throw Failure(.refused, "refused: nothing is active, so nothing is to undo") }
                return active.phase == .evacuated ? .failback : .rollback
            }
        }
    }

    struct Empty: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evacuate",
            abstract: "Empty a region without a daemon."
        )

        @Argument(help: "The region to empty.")
        var region: String
        @OptionGroup var hand: HandOptions
        @OptionGroup var confirm: ConfirmOptions

        func run() async throws {
            try await self.hand.run(self.confirm, region: RegionID(self.region)) { _ in
                .evacuate(RegionID(self.region), planHash: nil)
            }
        }
    }
}
