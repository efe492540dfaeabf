import Foundation
import GRDB
public import LeewardEngine

extension Journal {
    /// Writes a history that was lived elsewhere into a new file, in the batches in which it was lived.
    ///
    /// It is one file afterwards, as a backup would be, to be kept for tests of later versions. One that exists already is
    /// never changed.
    public static func record(_ entries: [JournalEntry], to path: String) throws(JournalError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw JournalError(
                .unreadable,
                path: path,
                reason: "it is there already and is kept as it is",
                remedy: "name a new file"
            )
        }
        let journal = try Journal.open(path)
        var rest = entries[...]
        while let first = rest.first {
            let batch = rest.prefix { ($0.at, $0.boot, $0.wall) == (first.at, first.boot, first.wall) }
            rest = rest.dropFirst(batch.count)
            _ = try journal.append(batch.map(\.record), at: first.at, boot: first.boot, wall: first.wall)
        }
        do { try journal.mergeLog() } catch { throw Self.writeFailed(path, "\(error)") }
        try journal.close()
        for ending in ["-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }
}
