import Foundation
import Glibc

/// Why a program could not be started.
public struct SpawnError: Error, Sendable, Hashable, CustomStringConvertible {
    public var executable: String
    public var reason: String
    public var description: String { "could not start \(self.executable): \(self.reason)" }
}

/// Starts, watches and stops programs without a shell in between.
public enum Spawn {
    /// Starts a program: a path, or a name that is looked up in PATH.
    ///
    /// The child gets default signal handling, no file descriptor of ours but stdout and stderr (appended to `log`, or dropped),
    /// and by default a session of its own, so that Ctrl-C in our terminal does not reach it.
    /// `environment` nil hands on ours. Throws `SpawnError` when the program does not exist or cannot run.
    public static func start(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        log: String? = nil,
        ownSession: Bool = true,
        workingDirectory: String? = nil
    ) throws -> ProcessHandle {
        func check(_ code: Int32, _ what: String) throws {
            guard code == 0 else { throw SpawnError(executable: executable, reason: "\(what): \(errorText(code))") }
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let sink = log ?? "/dev/null"
        try check(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0), "stdin")
        let append = O_WRONLY | O_CREAT | O_APPEND
        try check(posix_spawn_file_actions_addopen(&actions, 1, sink, append, 0o644), "log \(sink)")
        try check(posix_spawn_file_actions_adddup2(&actions, 1, 2), "log \(sink)")
        try check(GlibcExtras.closeFrom(&actions, 3), "closing descriptors")
        if let workingDirectory {
            try check(GlibcExtras.changeFolder(&actions, workingDirectory), "folder \(workingDirectory)")
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        if ownSession { flags |= GlibcExtras.setSession }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let words = CStrings([executable] + arguments)
        let variables = CStrings(
            (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" }.sorted()
        )
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, executable, &actions, &attributes, words.pointers, variables.pointers)
        try check(code, "the program, its log \(sink) or its folder")
        // Nobody but us can reap our child, so its entry is there even if it has already ended.
        guard let stat = ProcessStat.read(pid) else {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw SpawnError(executable: executable, reason: "/proc/\(pid)/stat cannot be read; mount /proc")
        }
        return .init(pid: pid, startTicks: stat.startTicks)
    }

    /// Whether that very process still runs; an ended child of ours is reaped on the way.
    public static func isAlive(_ handle: ProcessHandle) -> Bool {
        guard handle.pid > 0, let stat = ProcessStat.read(handle.pid), stat.startTicks == handle.startTicks else {
            return false
        }
        if stat.hasEnded {
            waitpid(handle.pid, nil, WNOHANG)
            return false
        }
        return true
    }

    /// Sends a signal to that very process; false when it has ended or is not ours to signal.
    @discardableResult
    public static func signal(_ handle: ProcessHandle, _ signal: Int32) -> Bool {
        self.isAlive(handle) && kill(handle.pid, signal) == 0
    }

    /// Asks the process to end (SIGTERM), kills it when `graceful` has passed, and returns when it is gone.
    public static func stop(_ handle: ProcessHandle, graceful: Duration = .seconds(2)) async {
        // A task of its own: stopping goes on although the caller was cancelled.
        await Task.detached {
            self.signal(handle, SIGTERM)
            if await self.ended(handle, within: graceful) { return }
            self.signal(handle, SIGKILL)
            _ = await self.ended(handle, within: .seconds(5))
        }.value
    }

    /// Waits until the process has ended; false when it still runs after `limit`.
    public static func ended(_ handle: ProcessHandle, within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while self.isAlive(handle) {
            guard ContinuousClock.now < deadline else { return false }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return !self.isAlive(handle) }
        }
        return true
    }

    private static func errorText(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}

/// A null-terminated array of C strings that frees itself.
private final class CStrings {
    private(set) var pointers: [UnsafeMutablePointer<CChar>?]
    init(_ texts: [String]) { self.pointers = texts.map { strdup($0) } + [nil] }
    deinit { for pointer in self.pointers { free(pointer) } }
}

/// What <spawn.h> hides behind _GNU_SOURCE, which Swift's import of Glibc does not define.
private enum GlibcExtras {
    static let setSession: Int32 = 0x80

    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    private typealias ChangeFolder =
        @convention(c) (
            UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>
        ) -> Int32

    /// Needs glibc 2.34.
    static func closeFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ first: Int32) -> Int32 {
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return ENOSYS }
        return unsafeBitCast(symbol, to: CloseFrom.self)(actions, first)
    }

    /// Needs glibc 2.29.
    static func changeFolder(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ path: String) -> Int32 {
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else { return ENOSYS }
        return path.withCString { unsafeBitCast(symbol, to: ChangeFolder.self)(actions, $0) }
    }
}
