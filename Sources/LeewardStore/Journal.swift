import Foundation
import GRDB
public import LeewardEngine
import LeewardFailpoints
public import LeewardModel
import Synchronization

/// The write-ahead history on disk: appended in whole batches, each durable before `append` returns (S12, S43).
///
/// One process at a time, enforced by a lock file beside the database. Reads go on while a batch is written.
public final class Journal: Sendable {
    public let path: String
    /// Damage other than a torn last entry: the journal serves what lies before it and appends nothing.
    public let damage: JournalDamage?
    /// What a person should know about this opening: an entry that was set aside; empty when all is well.
    public let notices: [String]

    private let pool: DatabasePool
    private let lock: JournalLock
    private let tail: Mutex<Tail>

    private struct Tail {
        var sequence: Int64
        var hash: Data
        var failure: String?
    }

    /// True when nothing may be done because the history cannot be trusted (S43); `damage` says why.
    public var refusesToAct: Bool { self.damage != nil }

    /// Sequence of the last entry; 0 when empty.
    public var lastSequence: Int64 { self.tail.withLock { $0.sequence } }

    /// Opens or creates the journal, takes the lock and checks every entry.
    ///
    /// A torn last entry is moved to the quarantine table and told in `notices`; other damage sets `damage`.
    public static func open(_ path: String) throws(JournalError) -> Journal {
        try Self.makeFolder(of: path)
        let lock = try JournalLock(beside: path)
        try Self.makeFile(path)
        do {
            return try Journal(path: path, lock: lock)
        } catch let error as JournalError {
            throw error
        } catch {
            throw Self.unreadable(path, error)
        }
    }

    private init(path: String, lock: JournalLock) throws {
        self.path = path
        self.lock = lock
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(2)
        self.pool = try DatabasePool(path: path, configuration: configuration)
        // The pool sets NORMAL on its writer after opening; FULL is what makes a commit reach the disk.
        try self.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try Self.prepare(self.pool, path: path)
        var walk = try self.pool.read { JournalWalk.over($0, keeping: false) }
        var notices: [String] = []
        if walk.isTorn, let torn = walk.damage {
            try self.pool.write { try Self.setAside(torn, in: $0) }
            notices.append(
                "entry \(torn.sequence) of \(path) was torn (\(torn.what)) and was moved to the table quarantine (S43)"
            )
            walk = try self.pool.read { JournalWalk.over($0, keeping: false) }
        }
        self.damage = walk.damage
        self.notices = notices
        self.tail = Mutex(Tail(sequence: walk.intact, hash: walk.head))
    }

    /// Appends the records as one transaction; they are on the disk when this returns.
    ///
    /// A failure is final: every later call fails as well, and the process must end and start again (S43).
    public func append(
        _ records: [LeewardEngine.Record],
        at now: Timestamp,
        boot: String,
        wall: WallTime
    ) throws(JournalError) -> [JournalEntry] {
        guard !records.isEmpty else { return [] }
        if let damage = self.damage {
            throw JournalError(.damaged, path: self.path, reason: damage.description, remedy: Self.damageRemedy)
        }
        do {
            return try self.tail.withLock { tail in
                if let failure = tail.failure { throw Self.writeFailed(self.path, failure) }
                do {
                    return try self.write(records, at: now, boot: boot, wall: wall, onto: &tail)
                } catch {
                    tail.failure = "\(error)"
                    throw Self.writeFailed(self.path, "\(error)")
                }
            }
        } catch let error as JournalError {
            throw error
        } catch {
            throw Self.writeFailed(self.path, "\(error)")
        }
    }

    private func write(
        _ records: [LeewardEngine.Record],
        at now: Timestamp,
        boot: String,
        wall: WallTime,
        onto tail: inout Tail
    ) throws -> [JournalEntry] {
        Failpoints.pass(.at(.journalBatch))
        var next = tail
        var rows: [(entry: JournalEntry, payload: String, hash: Data)] = []
        for record in records {
            let entry = JournalEntry(sequence: next.sequence + 1, at: now, boot: boot, wall: wall, record: record)
            let payload = try JournalChain.payload(of: entry)
            next.sequence = entry.sequence
            next.hash = JournalChain.hash(payload, after: next.hash)
            rows.append((entry, payload, next.hash))
        }
        try self.pool.write { database in
            let statement = try database.cachedStatement(
                sql: "INSERT INTO entry (sequence, evacuation, payload, hash) VALUES (?, ?, ?, ?)"
            )
            for (index, row) in rows.enumerated() {
                if index == 1 { Failpoints.pass(.at(.journalRow)) }
                try statement.execute(
                    arguments: [row.entry.sequence, row.entry.record.evacuation?.text, row.payload, row.hash]
                )
            }
            Failpoints.pass(.at(.journalCommit))
        }
        Failpoints.pass(.at(.journalSynced))
        tail = next
        return rows.map(\.entry)
    }

    /// Every intact entry from the first, in order.
    public func entries() throws(JournalError) -> [JournalEntry] {
        try self.reading { JournalWalk.over($0, keeping: true).entries }
    }

    /// Entries after `sequence`, at most `limit`, in order.
    public func entries(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalEntry] {
        try self.select(
            "SELECT payload FROM entry WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
            [sequence, self.lastSequence, limit]
        )
    }

    /// The entries that belong to one evacuation, in order.
    public func entries(of evacuation: EvacuationID) throws(JournalError) -> [JournalEntry] {
        try self.select(
            "SELECT payload FROM entry WHERE evacuation = ? AND sequence <= ? ORDER BY sequence",
            [evacuation.text, self.lastSequence]
        )
    }

    /// Checks the whole journal again: sequence, chain, contents and the file itself.
    public func verify() throws(JournalError) -> JournalVerification {
        try self.reading { try Self.verification($0) }
    }

    /// Closes the database and releases the lock; nothing may be called afterwards.
    public func close() throws(JournalError) {
        defer { self.lock.release() }
        do { try self.pool.close() } catch { throw Self.unreadable(self.path, error) }
    }

    /// The writer's `PRAGMA synchronous`: 2 is FULL.
    func writerSynchronous() throws -> Int? {
        try self.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    /// Moves everything from the write-ahead file beside the database into the database.
    func mergeLog() throws { _ = try self.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }

    /// Runs one statement on the writer, for tests of what the database itself refuses.
    func execute(_ sql: String) throws { try self.pool.write { try $0.execute(sql: sql) } }

    private func select(_ sql: String, _ arguments: StatementArguments) throws(JournalError) -> [JournalEntry] {
        try self.reading { database in
            try String.fetchAll(database, sql: sql, arguments: arguments).map { try JournalChain.entry(from: $0) }
        }
    }

    private func reading<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        do { return try self.pool.read(body) } catch { throw Self.unreadable(self.path, error) }
    }
}
