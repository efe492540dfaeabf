import Foundation
import Glibc
public import LeewardModel

/// The processes behind the registry: how they are started, and how they are found again.
public enum InstanceProcesses {
    /// Every instance process whose files are in this run folder, read from the process table and from nothing else.
    public static func running(inRunFolder runFolder: String) -> SortedMap<InstanceID, ProcessHandle> {
        let folder = Array((HostSettings.instanceFolder(runFolder) + "/").utf8)
        let suffix = Array(".ready".utf8)
        var found: SortedMap<InstanceID, ProcessHandle> = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int32(name), let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
                continue
            }
            let words = [UInt8](line).split(separator: 0, omittingEmptySubsequences: false)
            guard let option = words.firstIndex(where: { $0.elementsEqual("--ready-file".utf8) }),
                option + 1 < words.count, words[option + 1].starts(with: folder), words[option + 1].ends(with: suffix),
                let handle = ProcessHandle(pid: pid)
            else { continue }
            let id = words[option + 1].dropFirst(folder.count).dropLast(suffix.count)
            found[InstanceID(String(decoding: id, as: UTF8.self))] = handle
        }
        return found
    }

    /// Ends every instance process of this run folder, whether a host still knows it or not; returns how many there were.
    @discardableResult
    public static func stopAll(inRunFolder runFolder: String, graceful: Duration = .seconds(2)) async -> Int {
        let handles = self.running(inRunFolder: runFolder).values
        await self.stop(handles, graceful: graceful)
        return handles.count
    }

    static func stop(_ handles: [ProcessHandle], graceful: Duration) async {
        await withDiscardingTaskGroup { group in
            for handle in handles { group.addTask { await Spawn.stop(handle, graceful: graceful) } }
        }
    }

    static func start(_ instance: HostInstance, settings: HostSettings) throws -> ProcessHandle {
        guard let service = settings.services[instance.service] else {
            throw SpawnError(executable: instance.id.text, reason: "service \(instance.service) is not in the settings")
        }
        // One left by an earlier process of the same instance would make a cold one look warm.
        unlink(settings.readyFile(instance.id))
        var arguments = [
            "--listen", instance.address, "--capacity", String(service.capacity), "--warm-after",
            String(instance.warmUp), "--service", instance.service.text, "--region", settings.region.text, "--id",
            instance.id.text, "--ready-file", settings.readyFile(instance.id),
        ]
        if let file = settings.faultFile { arguments += ["--fault-file", file] }
        if let file = settings.parentFile { arguments += ["--parent-file", file] }
        return try Spawn.start(settings.instanceExecutable, arguments, log: settings.logFile(instance.id))
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with suffix: [UInt8]) -> Bool {
        self.count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
    }
}
