import Foundation
import GRDB
import LeewardEngine
import LeewardModel
import LeewardStore

/// A journal file in a folder of its own, removed with the value.
final class JournalFile: Sendable {
    let folder: String
    var path: String { self.folder + "/journal.sqlite" }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.path + "/leeward-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    /// Changes the file behind the journal's back, as a bad disk would: the triggers are out of the way.
    func tamper(_ sql: String, _ arguments: StatementArguments = []) throws {
        let queue = try DatabaseQueue(path: self.path)
        try queue.write { database in
            for trigger in ["entry_is_gapless", "entry_is_final", "entry_stays"] {
                try database.execute(sql: "DROP TRIGGER IF EXISTS \(trigger)")
            }
            try database.execute(sql: sql, arguments: arguments)
        }
        try queue.close()
    }

    func count(_ table: String) throws -> Int {
        let queue = try DatabaseQueue(path: self.path)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}

extension Journal {
    /// Appends with fixed times; what the tests check does not depend on them.
    @discardableResult
    func add(_ records: LeewardEngine.Record...) throws -> [JournalEntry] {
        try self.append(
            records,
            at: Timestamp(milliseconds: 1000),
            boot: "boot-a",
            wall: WallTime(milliseconds: 1_700_000_000_000)
        )
    }
}

let started = LeewardEngine.Record.started(Epoch(1), fleet: "three-regions")
let paged = LeewardEngine.Record.paged("e1 is held: savior \"eu-west-1\" breached / ≥ 1 %")
let resumed = LeewardEngine.Record.resumed("e1", by: "alice")
let intent = LeewardEngine.Record.intent(
    Fence(epoch: Epoch(1), key: "e1/edge/us-east-1/g2"),
    .publishEdge("us-east-1", Generation(2), ["us-east": ShareVector(all: "eu-west-1")])
)
