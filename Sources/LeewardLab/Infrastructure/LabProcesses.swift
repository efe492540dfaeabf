import Foundation
import LeewardProcesses

/// Starts and ends the processes of one run, each written down before it exists.
struct LabProcesses: Sendable {
    let state: LabStateFile
    let run: String

    /// Writes the process down, starts it and notes which one it is; replaces an entry of the same role.
    func start(_ process: LabProcess) throws {
        var process = process
        process.handle = nil
        let planned = process
        try self.state.update { state in
            state.processes.removeAll { $0.role == planned.role }
            state.processes.append(planned)
        }
        let handle = try Spawn.start(
            process.executable,
            process.arguments,
            environment: ProcessInfo.processInfo.environment
                .merging(planned.environment ?? [:]) { $1 }
                .merging([LabLayout.runVariable: self.run]) { $1 },
            log: process.log
        )
        try self.state.update { state in
            for index in state.processes.indices where state.processes[index].role == planned.role {
                state.processes[index].handle = handle
            }
        }
    }

    /// Starts a process again as it was started before; does nothing while it runs.
    func restart(_ role: String) throws {
        guard let process = try self.find(role) else { throw LabError("the lab has no process \(role)") }
        if !process.isAlive { try self.start(process) }
    }

    func find(_ role: String) throws -> LabProcess? { try self.state.read()?.processes.first { $0.role == role } }

    /// Ends it and returns when it is gone; does nothing when it does not run.
    func stop(_ role: String, kill: Bool = false) async throws {
        guard let handle = try self.find(role)?.handle else { return }
        if kill {
            Spawn.signal(handle, SIGKILL)
            _ = await Spawn.ended(handle, within: .seconds(5))
        } else {
            await Spawn.stop(handle, graceful: .seconds(4))
        }
    }

    /// Ends all of them, those first that act on others.
    func stopAll() async {
        // The guard ends the run too, and must not begin with itself.
        let processes = ((try? self.state.read())?.processes ?? []).filter { $0.handle != ProcessHandle.current }
        let first = ["guard", "daemon", "clients"]
        for role in first {
            if let handle = processes.first(where: { $0.role == role })?.handle { await Spawn.stop(handle) }
        }
        await withTaskGroup(of: Void.self) { group in
            for handle in processes.filter({ !first.contains($0.role) }).compactMap(\.handle) {
                group.addTask { await Spawn.stop(handle, graceful: .seconds(4)) }
            }
        }
    }
}
