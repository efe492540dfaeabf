import Foundation
import Glibc

/// One process of this machine, told from any later process with the same id by when it started.
public struct ProcessHandle: Codable, Sendable, Hashable {
    public var pid: Int32
    /// Start time in clock ticks since boot, field 22 of /proc/<pid>/stat.
    public var startTicks: UInt64
    public init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }

    /// The process with this id as it is now; nil when there is none or it has ended.
    public init?(pid: Int32) {
        guard let stat = ProcessStat.read(pid), !stat.hasEnded else { return nil }
        self.init(pid: pid, startTicks: stat.startTicks)
    }

    /// This very process; nil only where /proc is not mounted.
    public static var current: ProcessHandle? { .init(pid: getpid()) }
}

/// The few fields of /proc/<pid>/stat that identify a process.
struct ProcessStat {
    var state: UInt8
    var startTicks: UInt64

    /// A zombie has ended; only its entry in the table is left.
    var hasEnded: Bool { self.state == UInt8(ascii: "Z") || self.state == UInt8(ascii: "X") }

    static func read(_ pid: Int32) -> ProcessStat? {
        let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        // The program's name stands in parentheses and may itself hold spaces and parentheses: fields begin after the last one.
        guard let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let state = fields[0].first,
            let ticks = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        return .init(state: state, startTicks: ticks)
    }
}
