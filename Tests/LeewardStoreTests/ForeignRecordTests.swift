import Foundation
import GRDB
import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardStore

/// What another version wrote is refused with its place and what to do, however well its chain fits.
@Suite struct ForeignRecordTests {
    /// The content of the third of four entries, as another program would have chained it.
    private static func damage(_ change: (String) -> String) throws -> JournalDamage? {
        let file = try JournalFile()
        let first = try Journal.open(file.path)
        try first.add(started, intent, paged, resumed)
        let payloads = try first.entries().map { try JournalChain.payload(of: $0) }
        try first.close()
        var head = JournalChain.origin
        for (index, payload) in payloads.enumerated() {
            let text = index == 2 ? change(payload) : payload
            if index == 2 { #expect(text != payload, "the change found nothing to change") }
            head = JournalChain.hash(text, after: head)
            try file.tamper(
                "UPDATE entry SET payload = ?, hash = ? WHERE sequence = ?",
                [text, head, index + 1]
            )
        }
        let second = try Journal.open(file.path)
        #expect(second.refusesToAct == (second.damage != nil))
        if second.damage != nil {
            #expect(try second.entries().map(\.sequence) == [1, 2])
            #expect(#expect(throws: JournalError.self) { try second.add(paged) }?.kind == .damaged)
            #expect(try file.count("entry") == 4, "nothing is thrown away")
        }
        let seen = try Journal.inspect(file.path).verification.damage
        #expect(seen == second.damage)
        return second.damage
    }

    @Test func aChainThatWasMadeAnewWithTheSameContentIsWhole() throws {
        #expect(try Self.damage { $0.replacingOccurrences(of: #""boot":"boot-a""#, with: #""boot":"boot-b""#) } == nil)
    }

    @Test func aRecordOfAnUnknownKindIsRefusedByItsName() throws {
        let damage = try Self.damage { $0.replacingOccurrences(of: #"{"paged":"#, with: #"{"teleported":"#) }
        #expect(
            damage?.description
                == "damaged at entry 3: its record is of the kind teleported, which this version does not know; "
                + "run the leeward that wrote it, or a later one"
        )
    }

    @Test func aMissingFieldIsNamedWithItsPlace() throws {
        let damage = try Self.damage { $0.replacingOccurrences(of: #","wall":1700000000000"#, with: "") }
        #expect(damage?.sequence == 3)
        #expect(damage?.what.hasPrefix("its field wall is missing; run the leeward that wrote it") == true)
    }

    @Test func aFieldThatWouldBeLeftOutIsRefused() throws {
        let damage = try Self.damage {
            $0.replacingOccurrences(of: #"{"_0":"e1 is"#, with: #"{"to":"carol","_0":"e1 is"#)
        }
        #expect(damage?.what.hasPrefix("its field record.paged.to is not known to this version; run") == true)
    }

    @Test func aFieldOfTheWrongTypeIsNamedWithItsPlace() throws {
        let damage = try Self.damage { $0.replacingOccurrences(of: #""boot":"boot-a""#, with: #""boot":7"#) }
        #expect(damage?.what.hasPrefix("its field boot is not understood by this version: ") == true)
    }

    @Test func anEntryThatIsNoEntryIsRefused() throws {
        #expect(try Self.damage { _ in "[]" }?.what.hasPrefix("its content is no entry: ") == true)
        #expect(try Self.damage { _ in "{}" }?.what.contains(" is missing; run") == true)
        #expect(try Self.damage { _ in "not JSON" }?.what.hasPrefix("its content is no entry: ") == true)
    }

    @Test func anExplicitNullIsNoContent() throws {
        #expect(
            try Self.damage { $0.replacingOccurrences(of: #"{"_0":"e1 is"#, with: #"{"to":null,"_0":"e1 is"#) } == nil
        )
    }

    /// The very last entry has a hash that fits: it is foreign, not torn, and must not be set aside.
    @Test func aForeignLastEntryIsNotTakenForATornOne() throws {
        let file = try JournalFile()
        let first = try Journal.open(file.path)
        try first.add(started)
        try first.close()
        let head = JournalChain.hash(
            try JournalChain.payload(of: try Journal.inspect(file.path).entries[0]),
            after: JournalChain.origin
        )
        let text = #"{"at":1,"boot":"b","record":{"teleported":{}},"sequence":2,"wall":1}"#
        try file.tamper(
            "INSERT INTO entry (sequence, payload, hash) VALUES (2, ?, ?)",
            [text, JournalChain.hash(text, after: head)]
        )
        let second = try Journal.open(file.path)
        #expect(second.damage?.sequence == 2)
        #expect(second.notices == [])
        #expect(try file.count("quarantine") == 0)
    }

    @Test(arguments: [(-1, JournalError.Kind.unreadable), (2, .tooNew)])
    func aFormatThatThisVersionDoesNotWriteIsLeftAlone(_ version: Int, _ kind: JournalError.Kind) throws {
        let file = try JournalFile()
        try Journal.open(file.path).close()
        try file.tamper("PRAGMA user_version = \(version)")
        let error = #expect(throws: JournalError.self) { try Journal.open(file.path) }
        #expect(error?.kind == kind)
        #expect(error?.description.contains("\(file.path): its format is version \(version)") == true)
        #expect(#expect(throws: JournalError.self) { try Journal.inspect(file.path) }?.kind == kind)
    }
}
