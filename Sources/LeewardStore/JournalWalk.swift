import Foundation
import GRDB
import LeewardEngine

/// One pass over the stored entries, in order, that stops at the first one that cannot be trusted.
struct JournalWalk {
    var entries: [JournalEntry] = []
    var intact: Int64 = 0
    var head = JournalChain.origin
    var damage: JournalDamage?
    /// True when the damage is the last stored entry and its hash does not cover its payload: it was cut while written.
    var isTorn = false

    /// Reads everything; `keeping` decides whether the decoded entries are kept.
    static func over(_ database: Database, keeping: Bool) -> JournalWalk {
        var walk = JournalWalk()
        do {
            let last = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM entry") ?? 0
            let rows = try Row.fetchCursor(database, sql: "SELECT sequence, payload, hash FROM entry ORDER BY sequence")
            while let row = try rows.next(), walk.damage == nil {
                walk.take(row, last: last, keeping: keeping)
            }
            if walk.damage == nil, let found = try Self.fileDamage(database) {
                walk.damage = JournalDamage(sequence: walk.intact + 1, what: found)
            }
        } catch {
            walk.damage = JournalDamage(
                sequence: walk.intact + 1,
                what: "the database cannot be read further: \(error)"
            )
        }
        return walk
    }

    private mutating func take(_ row: Row, last: Int64, keeping: Bool) {
        let expected = self.intact + 1
        guard let sequence = Int64.fromDatabaseValue(row[0]), sequence == expected else {
            return self.fail("expected entry \(expected), found \(row[0] as DatabaseValue)")
        }
        guard let payload = String.fromDatabaseValue(row[1]), let hash = Data.fromDatabaseValue(row[2]) else {
            return self.fail("its columns have the wrong types")
        }
        let computed = JournalChain.hash(payload, after: self.head)
        guard computed == hash else {
            self.isTorn = sequence == last
            return self.fail(
                "its hash is \(hash.hexadecimal.prefix(12)), its content and history give \(computed.hexadecimal.prefix(12))"
            )
        }
        do throws(JournalForeign) {
            let entry = try JournalForeign.entry(from: payload)
            guard entry.sequence == sequence else { return self.fail("its content says entry \(entry.sequence)") }
            if keeping { self.entries.append(entry) }
        } catch {
            return self.fail(error.description)
        }
        self.intact = sequence
        self.head = hash
    }

    private mutating func fail(_ what: String) { self.damage = JournalDamage(sequence: self.intact + 1, what: what) }

    /// SQLite's own check of the file; nil when it is sound.
    private static func fileDamage(_ database: Database) throws -> String? {
        let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
        return answer == "ok" ? nil : "the database file is damaged: \(answer)"
    }
}
