import Foundation
import LeewardEngine
import LeewardModel
import LeewardRuntime
import LeewardStore

/// The daemon as commands see it.
protocol DaemonAPI: Sendable {
    func status() async throws(APIError) -> StatusAnswer
    func metrics() async throws(APIError) -> String
    func readiness() async throws(APIError) -> [Readiness]
    func plan(_ region: RegionID) async throws(APIError) -> PlanAnswer
    func send(_ command: Command, by principal: Principal) async throws(APIError) -> Reply
    func history(_ id: EvacuationID?) async throws(APIError) -> [JournalEntry]
    func verifyJournal() async throws(APIError) -> JournalVerification
    func events(after sequence: Int64) async throws(APIError) -> [JournalEntry]
}

extension APIClient: DaemonAPI {}

/// Where results go, where messages go, who answers questions and how the daemon is reached.
///
/// Commands take it from the task, so that a test can stand in for terminal and daemon.
struct Surroundings: Sendable {
    /// Results: what a program reads.
    var out: @Sendable (String) -> Void
    /// Progress, questions and reasons: what a person reads.
    var err: @Sendable (String) -> Void
    /// One line from the person; nil at the end of the input.
    var ask: @Sendable () -> String?
    /// True where a person can be asked.
    var isInteractive: Bool
    /// True where stdout is a terminal that shows colour.
    var hasColour: Bool
    var variables: [String: String]
    /// The operating system's name of who runs the program; it stands in the journal.
    var principal: Principal
    var connect: @Sendable (String) -> any DaemonAPI

    @TaskLocal static var current = Surroundings.process

    /// The process's own terminal, environment and user.
    static var process: Surroundings {
        let variables = ProcessInfo.processInfo.environment
        let isPlain = !(variables["NO_COLOR"] ?? "").isEmpty || variables["TERM"] == "dumb"
        return Surroundings(
            out: { try? FileHandle.standardOutput.write(contentsOf: Data(($0 + "\n").utf8)) },
            err: { try? FileHandle.standardError.write(contentsOf: Data(($0 + "\n").utf8)) },
            ask: { readLine() },
            isInteractive: isatty(STDIN_FILENO) == 1,
            hasColour: isatty(STDOUT_FILENO) == 1 && !isPlain,
            variables: variables,
            principal: Self.login,
            connect: { APIClient(socket: $0) }
        )
    }

    private static var login: Principal {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(geteuid(), &record, &buffer, buffer.count, &found) == 0, found != nil,
            let name = record.pw_name.map({ String(cString: $0) }), !name.isEmpty
        else { return Principal("uid-\(geteuid())") }
        return Principal(name)
    }
}
