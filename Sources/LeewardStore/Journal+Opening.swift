import Foundation
import GRDB
public import LeewardEngine

extension Journal {
    static let damageRemedy =
        "nothing is done with a history that cannot be trusted: copy the folder, restore the file from a backup, "
        + "check it with `leeward journal verify`, and use `leeward break-glass` until then"

    /// Reads a journal without taking its lock: for `history` and `journal verify` while no daemon answers.
    public static func inspect(
        _ path: String
    ) throws(JournalError) -> (entries: [JournalEntry], verification: JournalVerification) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw JournalError(
                .unreadable,
                path: path,
                reason: "there is no such file",
                remedy: "name the daemon's state folder with --state"
            )
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read { database in
                try Self.checkVersion(database, path: path)
                let walk = JournalWalk.over(database, keeping: true)
                return (walk.entries, Self.verification(of: walk, database))
            }
        } catch let error as JournalError {
            throw error
        } catch {
            throw Self.unreadable(path, error)
        }
    }

    static func verification(_ database: Database) throws -> JournalVerification {
        Self.verification(of: JournalWalk.over(database, keeping: false), database)
    }

    private static func verification(of walk: JournalWalk, _ database: Database) -> JournalVerification {
        // A damaged quarantine table must not hide what the walk found.
        let quarantined = (try? Int.fetchOne(database, sql: "SELECT count(*) FROM quarantine")) ?? 0
        return JournalVerification(
            intact: walk.intact,
            head: walk.head.hexadecimal,
            damage: walk.damage,
            quarantined: quarantined
        )
    }

    static func makeFolder(of path: String) throws(JournalError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw JournalError(
                .unreadable,
                path: path,
                reason: "cannot create the folder \(folder): \(error.localizedDescription)",
                remedy: "create it for this user, or choose another one with --state"
            )
        }
    }

    /// Creates the file for its owner alone, so that SQLite's files beside it are private from the start too.
    static func makeFile(_ path: String) throws(JournalError) {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalError(
                .unreadable,
                path: path,
                reason: "it cannot be opened: \(String(cString: strerror(errno)))",
                remedy: "give this user write permission, or choose another folder with --state"
            )
        }
        Foundation.close(descriptor)
    }

    /// Creates the tables in an empty database; refuses a file of a later version.
    static func prepare(_ pool: DatabasePool, path: String) throws {
        try pool.write { database in
            try Self.checkVersion(database, path: path)
            guard try Int.fetchOne(database, sql: "PRAGMA user_version") == 0 else { return }
            try JournalSchema.create(database)
        }
        Self.syncFolder(of: path)
    }

    private static func checkVersion(_ database: Database, path: String) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version >= 0 else {
            throw JournalError(
                .unreadable,
                path: path,
                reason: "its format is version \(version), which no leeward writes",
                remedy: "restore it from a backup, or name the daemon's state folder with --state"
            )
        }
        guard version > JournalSchema.version else { return }
        throw JournalError(
            .tooNew,
            path: path,
            reason: "its format is version \(version), this program knows \(JournalSchema.version)",
            remedy: "run the leeward that wrote it, or a later one"
        )
    }

    static func setAside(_ torn: JournalDamage, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO quarantine (sequence, payload, hash, reason)
                SELECT sequence, payload, hash, ? FROM entry WHERE sequence = ?
                """,
            arguments: [torn.what, torn.sequence]
        )
        try database.execute(sql: "DELETE FROM entry WHERE sequence = ?", arguments: [torn.sequence])
    }

    static func unreadable(_ path: String, _ error: any Error) -> JournalError {
        JournalError(
            .unreadable,
            path: path,
            reason: "it cannot be opened or read: \(error)",
            remedy: "check its permissions and the disk; restore it from a backup if the file is no database any more"
        )
    }

    static func writeFailed(_ path: String, _ reason: String) -> JournalError {
        JournalError(
            .writeFailed,
            path: path,
            reason: "a write failed and is never tried again on the same handle: \(reason)",
            remedy: "free space or repair the disk, then start the daemon again; it resumes from what is on the disk"
        )
    }

    /// A new file is durable only when its folder is.
    private static func syncFolder(of path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = Foundation.open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        Foundation.close(descriptor)
    }
}
