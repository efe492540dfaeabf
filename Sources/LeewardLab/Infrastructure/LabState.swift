import Foundation
import LeewardProcesses

/// One process of the lab: how it is started, and which one it is now.
package struct LabProcess: Hashable, Sendable, Codable {
    /// "envoy/us-east-1", "metrics-store"; unique within the run.
    package var role: String
    package var executable: String
    package var arguments: [String]
    package var log: String
    /// Set beside what every process of the run has; nil: nothing.
    package var environment: [String: String]?
    /// Nil between being written down and being started, and after it was stopped.
    package var handle: ProcessHandle?

    package var isAlive: Bool { self.handle.map(Spawn.isAlive) ?? false }
}

/// Everything that must be known to end a run, or to break and heal it from another process.
package struct LabState: Sendable, Codable {
    package var layout: LabLayout
    package var options: LabOptions
    /// Who stops the run when it ends; nil while the run stands by itself.
    package var owner: ProcessHandle?
    package var processes: [LabProcess]

    package var alive: [LabProcess] { self.processes.filter(\.isAlive) }
}

/// state.json of a run: several processes read and change it, so every change holds a lock and replaces the file.
struct LabStateFile: Sendable {
    let path: String

    /// Nil when there is none; throws when it cannot be understood.
    func read() throws -> LabState? {
        guard let data = FileManager.default.contents(atPath: self.path) else { return nil }
        do { return try JSONDecoder().decode(LabState.self, from: data) } catch {
            throw LabError(
                "\(self.path) cannot be understood (\(error)); end its processes by hand and remove the file"
            )
        }
    }

    func write(_ state: LabState) throws { try self.locked { try self.replace(state) } }

    /// Reads, changes and writes as one step.
    @discardableResult
    func update<Result>(_ change: (inout LabState) throws -> Result) throws -> Result {
        try self.locked {
            guard var state = try self.read() else { throw LabError("no lab is running in \(self.folder)") }
            let result = try change(&state)
            try self.replace(state)
            return result
        }
    }

    func remove() {
        for file in [self.path, self.path + ".lock"] { try? FileManager.default.removeItem(atPath: file) }
    }

    private var folder: String { URL(fileURLWithPath: self.path).deletingLastPathComponent().path }

    private func replace(_ state: LabState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(state).write(to: URL(fileURLWithPath: self.path), options: .atomic)
    }

    private func locked<Result>(_ body: () throws -> Result) throws -> Result {
        let lock = open(self.path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw LabError("cannot open \(self.path).lock: \(String(cString: strerror(errno)))") }
        // Closing the descriptor gives the lock back.
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { throw LabError("cannot lock \(self.path).lock") }
        return try body()
    }
}
