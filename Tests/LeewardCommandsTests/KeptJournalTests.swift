import Foundation
import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

@testable import LeewardCommands
@testable import LeewardStore

/// Journals outlive programs: what an earlier build wrote is read by this one, to the same end.
///
/// `LEEWARD_REWRITE_GOLDEN=1 swift test --filter KeptJournalTests` writes the texts anew, never the journals.
@Suite struct KeptJournalTests {
    @Test(arguments: KeptJournal.all) func aKeptJournalIsReadToTheStateThatItSays(_ kept: KeptJournal) throws {
        let told = try kept.told()
        if KeptJournal.isRewriting {
            try told.write(to: kept.golden, atomically: true, encoding: .utf8)
        } else {
            #expect(told == (try String(contentsOf: kept.golden, encoding: .utf8)), "\(kept.name)")
        }
        #expect(kept.bytes < 100_000, "\(kept.name) has \(kept.bytes) bytes")
    }

    /// A start may find any prefix of it.
    @Test(arguments: KeptJournal.all) func everyPrefixOfAKeptJournalCanBeGoneOnWith(_ kept: KeptJournal) throws {
        let (entries, fleet) = (try kept.entries(), try kept.fleet)
        for count in 0...entries.count {
            let prefix = Array(entries.prefix(count))
            let now = prefix.last?.at ?? Timestamp(milliseconds: 1)
            var controller = Controller(fleet: fleet, journal: prefix, boot: prefix.last?.boot ?? "boot", at: now)
            let open = Array(controller.state.open.keys)
            let output = controller.begin(at: now + .milliseconds(1))
            let closed = output.records.compactMap { if case .outcome(let key, .unknown) = $0 { key } else { nil } }
            #expect(closed == open, "after \(count) entries")
            #expect(output.calls.isEmpty, "nothing leaves before the world was read")
        }
    }

    @Test func thePresentFormatHasAJournalOfEachScenarioThatIsKept() {
        let present = KeptJournal.all.map(\.name).filter { $0.hasPrefix("v\(JournalSchema.version)/") }
        #expect(!KeptJournal.scenarios.isEmpty)
        #expect(present == KeptJournal.scenarios.map { "v\(JournalSchema.version)/\($0)" }, "make journals adds them")
    }

    /// Together they hold every kind of record but those that need luck of their own.
    @Test func theKeptJournalsHoldEveryKindOfRecord() throws {
        var kinds: [String] = []
        for kept in KeptJournal.all { kinds += try kept.entries().map { try Self.kind($0.record) } }
        let missing = Self.allKinds.filter { !kinds.contains($0) }
        #expect(missing == [])
    }

    private static func kind(_ record: Record) throws -> String {
        let tree = try JSONSerialization.jsonObject(with: JSONEncoder().encode(record)) as? [String: Any]
        return tree?.keys.first ?? "-"
    }

    private static let allKinds = [
        "started", "verdict", "refused", "opened", "phase", "held", "resumed", "approved", "turned", "rung", "proven",
        "abandoned", "stock", "startTarget", "entries", "withdrawing", "thawing", "intent", "outcome", "killed",
        "pinned", "acknowledged", "deployed", "advised", "paged",
    ]
}
