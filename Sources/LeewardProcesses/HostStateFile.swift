import Foundation
import Glibc

/// A host cannot read or write its own files.
public struct HostFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public var path: String
    public var reason: String
    public var description: String { "\(self.path): \(self.reason)" }
}

/// The host's state on disk, replaced as a whole.
struct HostStateFile: Sendable {
    let path: String

    /// Nil when there is none yet; damage is an error and never an empty state.
    func load() throws -> HostState? {
        guard FileManager.default.fileExists(atPath: self.path) else { return nil }
        do {
            return try JSONDecoder().decode(HostState.self, from: Data(contentsOf: URL(fileURLWithPath: self.path)))
        } catch {
            throw HostFileError(path: self.path, reason: "cannot be read (\(error)); move it away to start afresh")
        }
    }

    /// On disk when it returns: a new file, synced, moved over the old one, and the folder synced.
    func save(_ state: HostState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let bytes = try [UInt8](encoder.encode(state))
        let temporary = self.path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw self.failure("opening \(temporary)") }
        do {
            var offset = 0
            while offset < bytes.count {
                let count = bytes[offset...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
                guard count > 0 else { throw self.failure("writing \(temporary)") }
                offset += count
            }
            guard fsync(file) == 0 else { throw self.failure("syncing \(temporary)") }
        } catch {
            close(file)
            throw error
        }
        close(file)
        guard rename(temporary, self.path) == 0 else { throw self.failure("moving \(temporary) into place") }
        let folder = open(URL(fileURLWithPath: self.path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw self.failure("opening its folder") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw self.failure("syncing its folder") }
    }

    private func failure(_ what: String) -> HostFileError {
        .init(path: self.path, reason: "\(what) failed: \(String(cString: strerror(errno)))")
    }
}

/// Held as long as the value lives: two hosts on one folder would undo each other's work.
final class FolderLock: Sendable {
    private let file: Int32

    init(_ path: String) throws {
        self.file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard self.file >= 0 else {
            throw HostFileError(path: path, reason: "cannot be opened: \(String(cString: strerror(errno)))")
        }
        // The end of this object closes the file, also when it is refused here: closing it twice would close a stranger's.
        guard flock(self.file, LOCK_EX | LOCK_NB) == 0 else {
            throw HostFileError(path: path, reason: "another host runs in this folder; stop it first")
        }
    }

    deinit {
        // Said outright: a child that is just being spawned still has a copy of the descriptor, and with it the lock.
        flock(self.file, LOCK_UN)
        close(self.file)
    }
}
