import Dispatch
import Foundation
import LeewardEngine
import LeewardHTTP
import LeewardModel
import LeewardPlanning
import LeewardStore

/// Answers the API's requests from published snapshots and from the journal; only a command reaches the engine.
struct APIRoutes: Sendable {
    /// Entries per answer of `/v1/events`.
    static let eventLimit = 500

    let board: Board
    let pages: PageBoard
    let desk: CommandDesk
    let journal: Journal
    let clock: RuntimeClock
    let paces: Paces

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let parts = URLComponents(string: request.path)
        let query = parts?.queryItems ?? []
        func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
        do {
            switch (request.method, parts?.path ?? "") {
            case ("GET", "/v1/status"): return try Self.json(self.status)
            case ("GET", "/v1/readiness"):
                return try Self.json(self.board.controller.readiness(at: self.clock.now()))
            case ("GET", "/v1/plan"): return try self.plan(value("region"))
            case ("GET", "/v1/metrics"), ("GET", "/metrics"): return self.metrics
            case ("POST", "/v1/command"): return try await self.command(request.body)
            case ("POST", "/v1/deploys"): return try await self.deployed(request.body)
            case ("GET", "/v1/history"): return try await self.history(value("id"))
            case ("GET", "/v1/journal/verify"):
                let journal = self.journal
                return try Self.json(try await Self.aside { try journal.verify() })
            case ("GET", "/v1/events"): return try await self.events(value("after"))
            case (_, let path): return try Self.problem(404, "the API has no \(request.method) \(path)")
            }
        } catch {
            return .text(500, "\(error)\n")
        }
    }

    private var status: StatusAnswer {
        StatusAnswer(
            status: self.board.controller.status(at: self.clock.now()),
            notices: self.board.notices,
            wall: self.clock.wall(),
            problem: self.board.problem
        )
    }

    private var metrics: HTTPResponse {
        let now = self.clock.now()
        let controller = self.board.controller
        let metrics = FleetMetrics(
            status: controller.status(at: now),
            readiness: controller.readiness(at: now),
            forecasts: controller.forecasts,
            pages: self.board.pages,
            openPages: self.pages.open.count,
            entries: self.board.lastSequence,
            isActing: self.board.problem == nil
        )
        return HTTPResponse(
            status: 200,
            headers: [("content-type", Exposition.contentType)],
            body: Array(metrics.text.utf8)
        )
    }

    private func plan(_ region: String?) throws -> HTTPResponse {
        guard let region, !region.isEmpty else {
            return try Self.problem(400, "name the region: /v1/plan?region=us-east-1")
        }
        switch self.board.controller.preview(of: RegionID(region), at: self.clock.now()) {
        case .success(let preview): return try Self.json(PlanAnswer.plan(preview))
        case .failure(let problem):
            return try Self.json(PlanAnswer.refused("\(problem.description) (\(problem.rule.rawValue))"))
        }
    }

    private func command(_ body: [UInt8]) async throws -> HTTPResponse {
        do { return try await self.obey(try APIJSON.decode(CommandRequest.self, from: body)) } catch {
            return try Self.problem(400, "the body is no command: \(error)")
        }
    }

    /// What a deploy tool posts when it begins, without knowing anything of Leeward's commands.
    private func deployed(_ body: [UInt8]) async throws -> HTTPResponse {
        let said: DeployAnnouncement
        do { said = try APIJSON.decode(DeployAnnouncement.self, from: body) } catch {
            return try Self.problem(400, "the body is no deploy: \(error)")
        }
        return try await self.obey(said.request)
    }

    private func obey(_ request: CommandRequest) async throws -> HTTPResponse {
        let name = request.principal.text
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return try Self.problem(400, "the principal must be 1 to 64 printable ASCII characters without spaces")
        }
        guard request.principal != .automation else {
            return try Self.problem(400, "the principal `automation` is the controller itself; give your own login")
        }
        if let problem = self.board.problem { return try Self.json(Reply.refused([problem])) }
        let desk = self.desk
        let asked = Attempt<Reply?> { await desk.ask(request.command, by: request.principal) }
        switch await asked.value(within: self.paces.reply, self.clock) {
        case .some(.some(let reply)): return try Self.json(reply)
        case .some(.none): return try Self.problem(503, "the daemon is stopping; ask again when it runs")
        case .none:
            return try Self.problem(
                504,
                "no reply within \(self.paces.reply); look at `leeward status` before you repeat it"
            )
        }
    }

    private func history(_ id: String?) async throws -> HTTPResponse {
        let journal = self.journal
        return try Self.json(
            try await Self.aside {
                if let id, !id.isEmpty { return try journal.entries(of: EvacuationID(id)) }
                return try journal.entries()
            }
        )
    }

    private func events(_ after: String?) async throws -> HTTPResponse {
        guard let after = Int64(after ?? "0"), after >= 0 else {
            return try Self.problem(400, "after must be the sequence number of an entry, or 0")
        }
        let board = self.board
        let wait = Attempt<Void> { await board.wait(after: after) }
        _ = await wait.value(within: self.paces.longPoll, self.clock)
        let journal = self.journal
        return try Self.json(try await Self.aside { try journal.entries(after: after, limit: Self.eventLimit) })
    }

    /// Disk reads run on a thread of their own, so that they cannot hold up the engine's task.
    private static func aside<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }

    private static func json(_ value: some Encodable) throws -> HTTPResponse {
        HTTPResponse(status: 200, headers: [("content-type", "application/json")], body: try APIJSON.encode(value))
    }

    private static func problem(_ status: Int, _ text: String) throws -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [("content-type", "application/json")],
            body: try APIJSON.encode(APIProblem(problem: text))
        )
    }
}
