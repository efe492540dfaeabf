import Foundation
import Synchronization

/// Appends finished seconds to a file, one JSON object a line, away from the load's event loop.
final class TimelineFile: Sendable {
    private let queue = DispatchQueue(label: "timeline")
    private let handle: Mutex<FileHandle>

    /// Replaces what is at `path`.
    init(path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            let reason = String(cString: strerror(errno))
            throw ClientSettingsError(problems: ["timelineFile: \(path) cannot be written: \(reason)"])
        }
        self.handle = Mutex(FileHandle(fileDescriptor: file, closeOnDealloc: true))
    }

    func append(_ second: ClientSecond) {
        self.queue.async {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            guard var line = try? encoder.encode(second) else { return }
            line.append(0x0a)
            // A full disk must not stop the load; the timeline in memory stays whole.
            self.handle.withLock { [line] in try? $0.write(contentsOf: line) }
        }
    }

    /// Returns when everything is written.
    func close() {
        self.queue.sync { self.handle.withLock { try? $0.close() } }
    }
}
