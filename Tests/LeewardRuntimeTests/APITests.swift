import Foundation
import LeewardEngine
import LeewardFleetFile
import LeewardHTTP
import LeewardModel
import LeewardStore
import Synchronization
import Testing

@testable import LeewardRuntime

/// The API over its real Unix socket.
@Suite struct APITests {
    @Test func theSocketBelongsToItsOwnerAlone() async throws {
        let daemon = try await Self.started()
        let attributes = try FileManager.default.attributesOfItem(atPath: daemon.folder.socket)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        try await daemon.stop()
        #expect(!FileManager.default.fileExists(atPath: daemon.folder.socket))
    }

    @Test func aCommandIsJournaledBeforeItsReplyAndSeenAfterIt() async throws {
        let daemon = try await Self.started()
        guard case .accepted = try await daemon.client.send(.pin("us-east", true), by: "alice") else {
            Issue.record("the pin was refused")
            return
        }
        #expect(try await daemon.client.status().status.pinned == ["us-east"])
        let entries = try await daemon.client.history()
        #expect(entries.last?.record == .pinned("us-east", true, by: "alice"))
        #expect(try await daemon.client.verifyJournal().isIntact)
        try await daemon.stop()
    }

    @Test func aDeployToolPostsWhatItDeploys() async throws {
        let daemon = try await Self.started()
        let body = """
            {"service": "play", "regions": ["us-east-1"], "version": "4.2", "rollbackSeconds": 300, "principal": "ci"}
            """
        let answer = try await HTTPClient().send(
            HTTPRequest("POST", "/v1/deploys", body: Array(body.utf8)),
            to: .unix(path: daemon.folder.socket),
            within: .seconds(10)
        )
        #expect(answer.status == 200)
        let deploy = Deploy(service: "play", regions: ["us-east-1"], version: "4.2", rollback: .minutes(5))
        #expect(try await daemon.client.history().last?.record == .deployed(deploy, by: "ci"))
        try await daemon.stop()
    }

    @Test func plansAndReadinessAreAnsweredWithoutTheEngine() async throws {
        let daemon = try await Self.started()
        guard case .refused(let reason) = try await daemon.client.plan("mars-1") else {
            Issue.record("there is a plan for a region that does not exist")
            return
        }
        #expect(reason.contains("mars-1"))
        #expect(try await daemon.client.readiness().map(\.region) == allRegions)
        try await daemon.stop()
    }

    @Test func waitingReadersGetTheNextEntry() async throws {
        let daemon = try await Self.started()
        let last = daemon.journal.lastSequence
        async let events = daemon.client.events(after: last)
        _ = try await daemon.client.send(.kill(true), by: "alice")
        let first = try await events.first
        #expect(first?.sequence == last + 1)
        #expect(first?.record == .killed(true, by: "alice"))
        #expect(daemon.log.all.contains { $0.hasPrefix("critical PAGE the kill switch is on") })
        try await daemon.stop()
    }

    @Test func waitingReadersGoHomeWhenNothingComes() async throws {
        let daemon = try await Self.started()
        let last = daemon.journal.lastSequence
        async let events = daemon.client.events(after: last)
        try await eventually("the reader waits") { daemon.time.sleepers(for: Paces().longPoll) == 1 }
        daemon.time.pass(Paces().longPoll)
        #expect(try await events.isEmpty)
        try await daemon.stop()
    }

    @Test func badRequestsAreToldWhatIsWrong() async throws {
        let daemon = try await Self.started()
        let http = HTTPClient()
        func ask(_ method: String, _ path: String, _ body: String = "") async throws -> (Int, String) {
            let answer = try await http.send(
                HTTPRequest(method, path, body: Array(body.utf8)),
                to: .unix(path: daemon.folder.socket),
                within: .seconds(10)
            )
            return (answer.status, String(decoding: answer.body, as: UTF8.self))
        }
        #expect(try await ask("GET", "/v1/nothing").0 == 404)
        #expect(try await ask("GET", "/v1/plan").0 == 400)
        #expect(try await ask("GET", "/v1/events?after=x").0 == 400)
        #expect(try await ask("POST", "/v1/command", "{").0 == 400)
        #expect(try await ask("POST", "/v1/deploys", "{\"service\": \"play\"}").0 == 400)
        let automation = try APIJSON.encode(CommandRequest(command: .resume, principal: .automation))
        let (status, text) = try await ask("POST", "/v1/command", String(decoding: automation, as: UTF8.self))
        #expect(status == 400)
        #expect(text.contains("automation"))
        #expect(daemon.journal.lastSequence == 1)
        try await daemon.stop()
    }

    @Test func withoutADaemonTheClientSaysHowToStartOne() async throws {
        let folder = try Folder()
        let error = await #expect(throws: APIError.self) { try await APIClient(socket: folder.socket).status() }
        #expect(error?.kind == .notRunning)
        #expect(error?.description.contains("leeward serve") == true)
    }

    @Test func aBadFleetFileKeepsTheOldOneAndATighterOneIsTaken() async throws {
        let fleet = try makeFleet()
        var tighter = fleet
        tighter.limits.saviorLimit = 7000
        var looser = fleet
        looser.limits.saviorLimit = 9000
        let problem = FleetProblem(file: "fleet.yaml", path: "limits", line: 3, found: "missing", allowed: "a mapping")
        let readings = Mutex<[Result<Fleet, FleetFileError>]>([
            .failure(FleetFileError(problems: [problem])), .success(looser), .success(tighter),
        ])
        let (reloads, reload) = AsyncStream.makeStream(of: Void.self)
        let daemon = try await Self.started(fleet, reloads: reloads) {
            readings.withLock { $0.removeFirst() }
        }
        reload.yield()
        try await eventually("every problem is told") { daemon.log.all.contains("warning \(problem)") }
        reload.yield()
        try await eventually("a looser limit is refused") {
            daemon.log.all.contains { $0.hasPrefix("warning limits.saviorLimit") }
        }
        #expect(!daemon.log.all.contains { $0.contains("is in force") })
        reload.yield()
        try await eventually("a tighter one is taken") { daemon.log.all.contains { $0.contains("is in force") } }
        try await daemon.stop()
    }

    private static func started(
        _ fleet: Fleet? = nil,
        reloads: AsyncStream<Void>? = nil,
        readFleet: (@Sendable () -> Result<Fleet, FleetFileError>)? = nil
    ) async throws -> Running {
        let folder = try Folder()
        let fleet = try fleet ?? makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        let daemon = try Running.start(folder, fleet, world.ports, time, readFleet: readFleet, reloads: reloads)
        try await eventually("the daemon has begun") { daemon.journal.lastSequence == 1 }
        return daemon
    }
}
