import Foundation
import Synchronization

/// An exclusive lock on a file beside the database, held until `release` or the end of the process.
///
/// The kernel releases it with the process, so a crash leaves nothing to clean up. The file stays: deleting it would
/// let two processes lock two files of the same name.
final class JournalLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Fails with `.inUse` and the holder's process id when another holds it.
    init(beside path: String) throws(JournalError) {
        let file = path + ".lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw JournalError(
                .unreadable,
                path: path,
                reason: "cannot open the lock file \(file): \(String(cString: strerror(errno)))",
                remedy: "give this user write permission on the folder, or choose another one with --state"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw JournalError(
                .inUse,
                path: path,
                reason: "another leeward\(holder.map { " (pid \($0))" } ?? "") already uses it",
                remedy: "one daemon per state folder: stop the other one first, or choose another folder with --state"
            )
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { self.release() }

    /// Lets the next one in; calling it again does nothing.
    func release() {
        let descriptor = self.descriptor.withLock { held in
            defer { held = nil }
            return held
        }
        if let descriptor { close(descriptor) }
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer[..<count], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
