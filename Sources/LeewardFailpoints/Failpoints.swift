import Foundation

/// Lets a process die at a named point, once for each time that somebody asks for it; without the variable it does nothing.
///
/// `LEEWARD_FAILPOINTS` names a folder. A file `armed/NAME` there is taken away by who passes the point NAME first, and
/// the process dies by SIGKILL: no handler runs, nothing is flushed, as when the machine loses its power.
public enum Failpoints {
    /// The variable that names the folder; only the lab sets it.
    public static let variable = "LEEWARD_FAILPOINTS"

    private static let folder = ProcessInfo.processInfo.environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }

    /// The folder, where the points are on.
    public static var activeFolder: String? { self.folder }

    /// Notes that the process comes by, and dies here when the point is armed.
    public static func pass(_ point: Failpoint) {
        guard let folder = self.folder else { return }
        FailpointFolder(path: folder).pass(point)
    }
}

/// The files by which a lab arms points and learns which were passed.
public struct FailpointFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// Creates the folder with nothing armed and nothing passed.
    public func prepare() throws {
        try? FileManager.default.removeItem(atPath: self.path)
        try FileManager.default.createDirectory(atPath: self.path + "/armed", withIntermediateDirectories: true)
    }

    /// Whoever passes the point next dies there.
    public func arm(_ point: Failpoint) throws {
        guard FileManager.default.createFile(atPath: self.armed(point), contents: nil) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: self.armed(point)])
        }
    }

    /// True when it was armed and nobody has died there since.
    public func disarm(_ point: Failpoint) -> Bool { unlink(self.armed(point)) == 0 }

    /// The points that are armed, in the order of the list.
    public var armed: [Failpoint] {
        Failpoint.allCases.filter { FileManager.default.fileExists(atPath: self.armed($0)) }
    }

    /// How often each point was passed by all processes so far, deaths included.
    public var passed: [Failpoint: Int] { self.count("passed") }

    /// Where processes died, in the order of their deaths.
    public var deaths: [Failpoint] { self.lines("died").compactMap { Failpoint(name: $0) } }

    /// Notes the passing; when the point is armed, notes the death and kills the process.
    func pass(_ point: Failpoint) {
        self.append(point.name, to: "passed")
        // Taking the file away is one step of the kernel's: of two threads and two processes one dies for it.
        guard self.disarm(point) else { return }
        self.append(point.name, to: "died")
        kill(getpid(), SIGKILL)
    }

    private func armed(_ point: Failpoint) -> String { "\(self.path)/armed/\(point.name)" }

    private func append(_ line: String, to file: String) {
        let descriptor = open("\(self.path)/\(file)", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private func lines(_ file: String) -> [String] {
        let text = (try? String(contentsOfFile: "\(self.path)/\(file)", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private func count(_ file: String) -> [Failpoint: Int] {
        var counts: [Failpoint: Int] = [:]
        for name in self.lines(file) { if let point = Failpoint(name: name) { counts[point, default: 0] += 1 } }
        return counts
    }
}
