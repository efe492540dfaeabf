import ArgumentParser
import LeewardStore

struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Work with the journal.",
        subcommands: [Verify.self]
    )

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every entry: no gap, an unbroken chain, readable contents (S43).",
            discussion: "Ends with 0 when it is whole, with 1 when it is damaged."
        )

        @OptionGroup var journal: JournalOptions
        @OptionGroup var daemon: SocketOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let found = try await self.journal.verification(self.daemon)
            var facts = [["entries", String(found.intact)], ["head", found.head]]
            if found.quarantined > 0 { facts.append(["set aside", "\(found.quarantined) torn last entries"]) }
            facts.append(["state", found.damage?.description ?? "whole"])
            try Output.render(found, [.table(title: nil, Table([], facts))], as: self.output.output)
            if let damage = found.damage {
                throw Failure(.failed, "the journal is \(damage); nothing is done with it until it is restored (S43)")
            }
        }
    }
}
