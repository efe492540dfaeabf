import Foundation
import LeewardProcesses

extension Lab {
    /// Ends every process of the run, those too that the lab does not know of, and removes its sockets and state.json.
    ///
    /// Logs and data stay in the folder until the next start. Goes on although the calling task was cancelled.
    package func stop() async {
        guard let state = try? self.state.read() else { return }
        await Self.end(state)
    }

    /// Ends the run in a folder, whoever started it; false when there is none.
    package static func end(folder: String) async throws -> Bool {
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        guard let state = try LabStateFile(path: folder + "/state.json").read() else { return false }
        // The owner would end the run as well: let it, where it still can.
        if let owner = state.owner, owner != ProcessHandle.current, Spawn.isAlive(owner) {
            Spawn.signal(owner, SIGTERM)
            if await Spawn.ended(owner, within: .seconds(15)) { return true }
        }
        await Self.end(state)
        return true
    }

    static func end(_ state: LabState) async {
        await Task.detached {
            let file = LabStateFile(path: state.layout.stateFile)
            // Instances end themselves when this is gone.
            try? FileManager.default.removeItem(atPath: state.layout.marker)
            await LabProcesses(state: file, run: state.layout.run).stopAll()
            await Self.endStrays(of: state.layout.run)
            try? FileManager.default.removeItem(atPath: state.layout.sockets)
            file.remove()
        }.value
    }

    /// What carries the run's mark and is still alive: given a moment, then killed.
    private static func endStrays(of run: String) async {
        for entry in ProcessTable.processes(ofRun: run) where !(await Spawn.ended(entry.handle, within: .seconds(2))) {
            await Spawn.stop(entry.handle, graceful: .zero)
        }
    }

    /// Makes the folder ready for a new run; throws when a living run or something else is in it.
    static func clearFolder(_ folder: String, say: @Sendable (String) -> Void) async throws {
        let files = FileManager.default
        let path = folder + "/state.json"
        if let state = try LabStateFile(path: path).read() {
            let isOwned = state.owner.map(Spawn.isAlive) ?? !state.alive.isEmpty
            if isOwned {
                let alive = state.alive.map { "\($0.role) (\($0.handle?.pid ?? 0))" }.joined(separator: ", ")
                throw LabError("a lab is already running in \(folder): \(alive). End it with `leeward-lab down`.")
            }
            say("an earlier run in \(folder) ended without cleaning up; ending what is left of it")
            await Self.end(state)
        }
        let known: Set = [
            "state.json.lock", "logs", "faults", "knot", "metrics", "daemon", "host", "agent", "fleet.yaml", "tsig.key",
            "jwks.json", "token", "clients.json", "timeline.jsonl", "unbound.conf", "scrape.yaml",
        ]
        let found = (try? files.contentsOfDirectory(atPath: folder)) ?? []
        if let stranger = found.first(where: { !known.contains($0) }) {
            throw LabError("\(folder) holds \(stranger), which is none of the lab's files; choose another --dir")
        }
        for name in found { try files.removeItem(atPath: folder + "/" + name) }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
}
