import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardRuntime
import LeewardSafety
import LeewardStore
import Synchronization

@testable import LeewardCommands
@testable import LeewardEngine

/// A terminal and a daemon that remember what happened; a test runs whole command lines against them.
final class Terminal: Sendable {
    private struct Seen {
        var out: [String] = []
        var err: [String] = []
        var sent: [Command] = []
        var answers: [String]
    }

    private let seen: Mutex<Seen>
    private let isInteractive: Bool
    let daemon: ScriptedDaemon

    /// `answers` are what the person types, one line after the other; nil means that nobody is there.
    init(_ daemon: ScriptedDaemon = ScriptedDaemon(), answers: [String]? = nil) {
        self.daemon = daemon
        self.isInteractive = answers != nil
        self.seen = Mutex(Seen(answers: answers ?? []))
    }

    var out: [String] { self.seen.withLock { $0.out } }
    var err: [String] { self.seen.withLock { $0.err } }
    var sent: [Command] { self.seen.withLock { $0.sent } }

    /// Runs one command line, split at spaces.
    func run(_ line: String) async -> Exit {
        let surroundings = Surroundings(
            out: { text in self.seen.withLock { $0.out.append(text) } },
            err: { text in self.seen.withLock { $0.err.append(text) } },
            ask: { self.seen.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() } },
            isInteractive: self.isInteractive,
            hasColour: false,
            variables: [:],
            principal: "operator",
            connect: { _ in
                Connection(daemon: self.daemon) { command in self.seen.withLock { $0.sent.append(command) } }
            }
        )
        return await Surroundings.$current.withValue(surroundings) {
            await LeewardProgram.run(line.split(separator: " ").map(String.init))
        }
    }
}

/// What the daemon would answer.
struct ScriptedDaemon: Sendable {
    var status = StatusAnswer(status: Stories.status(), notices: [], wall: Stories.wall)
    var metrics = "leeward_ready 1\n"
    var readiness: [Readiness] = []
    var plan = PlanAnswer.plan(Stories.preview())
    var reply = Reply.accepted("e1", "e1: us-east-1 is being evacuated")
    var entries: [JournalEntry] = []
    var verification = JournalVerification(intact: 7, head: "abc", damage: nil, quarantined: 0)
    /// What every request fails with.
    var error: APIError?
}

private struct Connection: DaemonAPI {
    let daemon: ScriptedDaemon
    let sent: @Sendable (Command) -> Void

    private func check() throws(APIError) { if let error = self.daemon.error { throw error } }

    func status() async throws(APIError) -> StatusAnswer {
        try self.check()
        return self.daemon.status
    }
    func metrics() async throws(APIError) -> String {
        try self.check()
        return self.daemon.metrics
    }
    func readiness() async throws(APIError) -> [Readiness] {
        try self.check()
        return self.daemon.readiness
    }
    func plan(_ region: RegionID) async throws(APIError) -> PlanAnswer {
        try self.check()
        return self.daemon.plan
    }
    func send(_ command: Command, by principal: Principal) async throws(APIError) -> Reply {
        try self.check()
        self.sent(command)
        return principal == "operator" ? self.daemon.reply : .refused(["an unknown principal asked: \(principal)"])
    }
    func history(_ id: EvacuationID?) async throws(APIError) -> [JournalEntry] {
        try self.check()
        return id.map { id in self.daemon.entries.filter { $0.record.evacuation == id } } ?? self.daemon.entries
    }
    func verifyJournal() async throws(APIError) -> JournalVerification {
        try self.check()
        return self.daemon.verification
    }
    func events(after sequence: Int64) async throws(APIError) -> [JournalEntry] {
        try self.check()
        return []
    }
}
