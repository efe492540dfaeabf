import LeewardEngine
import LeewardModel
import LeewardStore
import Testing

/// S43: only a torn last entry may be set aside; damage elsewhere stops everything but reading.
@Suite struct DamageTests {
    @Test func aTornLastEntryIsSetAsideAndTheJournalGoesOn() throws {
        let file = try Self.fileWithFour()
        try file.tamper("UPDATE entry SET payload = substr(payload, 1, 40) WHERE sequence = 4")
        let journal = try Journal.open(file.path)
        #expect(!journal.refusesToAct)
        #expect(journal.notices.count == 1)
        #expect(journal.notices.first?.contains("entry 4") == true)
        #expect(try journal.entries().map(\.sequence) == [1, 2, 3])
        #expect(try file.count("quarantine") == 1)
        #expect(try journal.add(paged).map(\.sequence) == [4])
        let verification = try journal.verify()
        #expect(verification.intact == 4)
        #expect(verification.quarantined == 1)
        try journal.close()
        #expect(try Journal.open(file.path).notices.isEmpty)
    }

    @Test func damageInTheMiddleRefusesToActAndServesWhatLiesBefore() throws {
        let file = try Self.fileWithFour()
        try file.tamper("UPDATE entry SET payload = replace(payload, 'us-east-1', 'us-west-2') WHERE sequence = 2")
        let journal = try Journal.open(file.path)
        #expect(journal.refusesToAct)
        #expect(journal.damage?.sequence == 2)
        #expect(try journal.entries().map(\.sequence) == [1])
        #expect(#expect(throws: JournalError.self) { try journal.add(paged) }?.kind == .damaged)
        #expect(try file.count("quarantine") == 0)
        #expect(try file.count("entry") == 4)
    }

    @Test func aMissingEntryIsDamage() throws {
        let file = try Self.fileWithFour()
        try file.tamper("DELETE FROM entry WHERE sequence = 3")
        let journal = try Journal.open(file.path)
        #expect(journal.damage?.sequence == 3)
        #expect(journal.damage?.what.contains("expected entry 3") == true)
    }

    @Test func anOldEntryWithAForgedHashBreaksTheChainBehindIt() throws {
        let file = try Self.fileWithFour()
        try file.tamper("UPDATE entry SET hash = zeroblob(32) WHERE sequence = 1")
        #expect(try Journal.open(file.path).damage?.sequence == 1)
    }

    @Test func inspectingNeedsNoLockAndChangesNothing() throws {
        let file = try Self.fileWithFour()
        try file.tamper("UPDATE entry SET payload = '{}' WHERE sequence = 4")
        let seen = try Journal.inspect(file.path)
        #expect(seen.entries.map(\.sequence) == [1, 2, 3])
        #expect(seen.verification.damage?.sequence == 4)
        #expect(try file.count("entry") == 4)
        let held = try JournalFile()
        let journal = try Journal.open(held.path)
        try journal.add(started)
        #expect(try Journal.inspect(held.path).entries.count == 1)
    }

    @Test func theHeadNamesTheWholeHistory() throws {
        let left = try Journal.open(try JournalFile().path)
        let right = try Journal.open(try JournalFile().path)
        try left.add(started, paged)
        try right.add(started)
        #expect(try left.verify().head != right.verify().head)
        try right.add(paged)
        #expect(try left.verify().head == right.verify().head)
    }

    private static func fileWithFour() throws -> JournalFile {
        let file = try JournalFile()
        let journal = try Journal.open(file.path)
        try journal.add(started, intent)
        try journal.add(paged, resumed)
        try journal.close()
        return file
    }
}
