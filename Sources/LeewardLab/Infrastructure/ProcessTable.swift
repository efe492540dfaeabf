import Foundation
import LeewardProcesses

/// Finds a run's processes in the process table, whatever the lab itself believes to have started.
package enum ProcessTable {
    /// One process that carries the run's mark in its environment.
    package struct Entry: Hashable, Sendable {
        package var handle: ProcessHandle
        package var arguments: [String]
        /// Name of the program without its folder.
        package var program: String { (self.arguments.first ?? "").split(separator: "/").last.map(String.init) ?? "" }
        /// The value after an option such as `--id`.
        package func option(_ name: String) -> String? {
            guard let index = self.arguments.firstIndex(of: name), index + 1 < self.arguments.count else { return nil }
            return self.arguments[index + 1]
        }
    }

    /// Every living process of the run but this one.
    package static func processes(ofRun run: String) -> [Entry] {
        let mark = Data("\(LabLayout.runVariable)=\(run)\0".utf8)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).filter { $0 != getpid() }.compactMap { pid in
            guard let environment = self.read("/proc/\(pid)/environ"), environment.range(of: mark) != nil,
                let handle = ProcessHandle(pid: pid), let command = self.read("/proc/\(pid)/cmdline")
            else { return nil }
            let arguments = command.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return Entry(handle: handle, arguments: arguments)
        }
    }

    /// Files in /proc have no size, so they are read to their end.
    private static func read(_ path: String) -> Data? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        return try? file.readToEnd()
    }
}
