import Foundation
import LeewardEngine
import LeewardModel
import LeewardPlanning
import Testing

@testable import LeewardStore

/// What is written comes back, whole and in order, after every way of closing.
@Suite struct JournalTests {
    @Test func everyCommitReachesTheDiskBecauseTheWriterIsFull() throws {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        try journal.add(started)
        #expect(try journal.writerSynchronous() == 2)
    }

    @Test func entriesComeBackAsTheyWereWrittenAfterReopening() throws {
        let file = try JournalFile()
        let first = try Journal.open(file.path)
        let written = try first.add(started, intent) + first.add(paged)
        try first.close()
        let second = try Journal.open(file.path)
        #expect(try second.entries() == written)
        #expect(written.map(\.sequence) == [1, 2, 3])
        #expect(try second.add(resumed).map(\.sequence) == [4])
        #expect(second.notices.isEmpty)
        #expect(!second.refusesToAct)
    }

    @Test func aNumberThatJSONDoesNotKnowIsKept() throws {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        let plan = Self.planless(good: .infinity)
        try journal.add(.opened(plan, findings: []))
        guard case .opened(let back, _)? = try journal.entries().first?.record else {
            Issue.record("the entry is no opening")
            return
        }
        #expect(back.evacueeGood == .infinity)
    }

    @Test func readersSeeOnlyWhatTheyAskFor() throws {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        try journal.add(started, intent, paged, resumed)
        #expect(try journal.entries(of: "e1").map(\.sequence) == [2, 4])
        #expect(try journal.entries(after: 1, limit: 2).map(\.sequence) == [2, 3])
        #expect(try journal.entries(after: 4, limit: 2).isEmpty)
        #expect(journal.lastSequence == 4)
    }

    @Test func aHistoryThatWasLivedElsewhereIsRecordedAsOneWholeFile() throws {
        let file = try JournalFile()
        let source = try Journal.open(file.path)
        let entries = try source.add(started, intent) + source.add(paged)
        let copy = file.folder + "/kept.sqlite"
        try Journal.record(entries, to: copy)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: file.folder).filter { $0.hasPrefix("kept") } == [
                "kept.sqlite"
            ]
        )
        let kept = try Journal.open(copy)
        #expect(try kept.entries() == entries)
        #expect(try kept.verify().head == source.verify().head)
        let error = #expect(throws: JournalError.self) { try Journal.record(entries, to: copy) }
        #expect(error?.description.contains("kept as it is; name a new file") == true)
    }

    @Test func anEmptyBatchWritesNothing() throws {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        #expect(try journal.append([], at: .init(milliseconds: 1), boot: "b", wall: .init(milliseconds: 1)).isEmpty)
        #expect(try journal.verify().intact == 0)
    }

    @Test func aSecondOpenerIsToldWhoHoldsTheJournal() throws {
        let file = try JournalFile()
        let first = try Journal.open(file.path)
        let error = #expect(throws: JournalError.self) { try Journal.open(file.path) }
        #expect(error?.kind == .inUse)
        #expect(error?.description.contains("pid \(getpid())") == true)
        try first.close()
        #expect(throws: Never.self) { try Journal.open(file.path) }
    }

    @Test func aFailedWriteIsFinalForTheHandle() throws {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        try journal.add(started)
        try file.tamper("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT raise(ABORT, 'disk full'); END")
        let first = #expect(throws: JournalError.self) { try journal.add(paged) }
        #expect(first?.kind == .writeFailed)
        try file.tamper("DROP TRIGGER full")
        let second = #expect(throws: JournalError.self) { try journal.add(paged) }
        #expect(second?.description.contains("disk full") == true)
        #expect(try journal.entries().count == 1)
    }

    @Test func theDatabaseItselfRefusesGapsAndChanges() throws {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        try journal.add(started, paged)
        for sql in [
            "INSERT INTO entry (sequence, payload, hash) VALUES (9, '{}', zeroblob(32))",
            "UPDATE entry SET payload = '{}' WHERE sequence = 1",
            "DELETE FROM entry WHERE sequence = 2",
        ] {
            #expect(throws: (any Error).self) { try journal.execute(sql) }
        }
        #expect(try journal.verify().isIntact)
    }

    @Test func aFileThatIsNoDatabaseIsNamedWithARemedy() throws {
        let file = try JournalFile()
        try Data("this is a text, long enough to be read as a database header".utf8).write(
            to: URL(fileURLWithPath: file.path)
        )
        let error = #expect(throws: JournalError.self) { try Journal.open(file.path) }
        #expect(error?.kind == .unreadable)
        #expect(error?.description.contains(file.path) == true)
        #expect(error?.remedy.contains("backup") == true)
    }

    @Test func aFileOfALaterVersionIsLeftAlone() throws {
        let file = try JournalFile()
        try Journal.open(file.path).close()
        try file.tamper("PRAGMA user_version = 7")
        #expect(#expect(throws: JournalError.self) { try Journal.open(file.path) }?.kind == .tooNew)
        #expect(#expect(throws: JournalError.self) { try Journal.inspect(file.path) }?.kind == .tooNew)
    }

    @Test func theFilesBelongToTheirOwnerAlone() throws {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        try journal.add(started)
        for name in ["", "-wal", "-shm", ".lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path + name)
            #expect((attributes[.posixPermissions] as? Int) == 0o600, "\(name)")
        }
    }

    @Test func theMonotonicClockDoesNotGoBack() {
        let first = MonotonicClock.now()
        #expect(MonotonicClock.now() >= first)
        #expect(MonotonicClock.boot() == MonotonicClock.boot())
        #expect(!MonotonicClock.boot().isEmpty)
    }

    private static func planless(good: Double) -> Evacuation {
        Evacuation(
            id: "e1",
            origin: .verdict("it dips"),
            isPlanned: false,
            isDNSOnly: false,
            plan: .init(
                evacuee: "us-east-1",
                saviors: [:],
                baseline: [:],
                baselineEntries: [:],
                ladder: [10_000],
                final: 10_000,
                publishes: true,
                arrivals: [:]
            ),
            phase: .relieving,
            openedAt: .init(milliseconds: 1),
            evacueeGood: good,
            floors: [:]
        )
    }
}
