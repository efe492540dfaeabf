import Foundation
public import LeewardEngine
import LeewardHTTP
public import LeewardModel
public import LeewardStore

/// Why the daemon gave no answer; `description` is a sentence with the remedy.
public struct APIError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        /// Nobody listens on the socket.
        case notRunning
        /// It was asked and did not answer in time: a command may have been taken.
        case unanswered
        /// It said no to the request itself.
        case rejected
        /// It answered something that this program does not understand.
        case unreadable
    }
    public var kind: Kind
    public var description: String
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// Asks the daemon over its Unix socket; one connection per request.
public struct APIClient: Sendable {
    public let socket: String
    private let http = HTTPClient()

    public init(socket: String) { self.socket = socket }

    public func status() async throws(APIError) -> StatusAnswer { try await self.get("/v1/status") }

    /// The daemon's state in the Prometheus text format.
    public func metrics() async throws(APIError) -> String {
        String(decoding: try await self.fetch(HTTPRequest("GET", "/v1/metrics"), within: .seconds(10)), as: UTF8.self)
    }

    public func readiness() async throws(APIError) -> [Readiness] { try await self.get("/v1/readiness") }

    public func plan(_ region: RegionID) async throws(APIError) -> PlanAnswer {
        try await self.get("/v1/plan?region=\(Self.escape(region.text))")
    }

    /// The engine's reply; `.unanswered` means that the command may have been taken: read the status before repeating it.
    public func send(_ command: Command, by principal: Principal) async throws(APIError) -> Reply {
        let body: [UInt8]
        do { body = try APIJSON.encode(CommandRequest(command: command, principal: principal)) } catch {
            throw APIError(.unreadable, "the command cannot be written as JSON: \(error)")
        }
        return try await self.ask(HTTPRequest("POST", "/v1/command", body: body), within: .seconds(15))
    }

    /// Entries of one evacuation, or all.
    public func history(_ id: EvacuationID? = nil) async throws(APIError) -> [JournalEntry] {
        try await self.get(id.map { "/v1/history?id=\(Self.escape($0.text))" } ?? "/v1/history", within: .seconds(60))
    }

    public func verifyJournal() async throws(APIError) -> JournalVerification {
        try await self.get("/v1/journal/verify", within: .seconds(60))
    }

    /// Entries after `sequence`; waits up to ten seconds for the next one and is empty when none came.
    public func events(after sequence: Int64) async throws(APIError) -> [JournalEntry] {
        try await self.get("/v1/events?after=\(sequence)", within: .seconds(20))
    }

    private func get<Value: Decodable>(
        _ path: String,
        within limit: Duration = .seconds(10)
    ) async throws(APIError) -> Value {
        try await self.ask(HTTPRequest("GET", path), within: limit)
    }

    private func ask<Value: Decodable>(_ request: HTTPRequest, within limit: Duration) async throws(APIError) -> Value {
        let body = try await self.fetch(request, within: limit)
        do { return try APIJSON.decode(Value.self, from: body) } catch {
            throw APIError(
                .unreadable,
                "the daemon's answer to \(request.path) is not understood (\(error)); use the leeward it was built with"
            )
        }
    }

    private func fetch(_ request: HTTPRequest, within limit: Duration) async throws(APIError) -> [UInt8] {
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await self.http.send(request, to: .unix(path: self.socket), within: limit)
        } catch {
            switch error {
            case .notSent(let reason):
                throw APIError(
                    .notRunning,
                    "no daemon answers on \(self.socket) (\(reason)); start it with `leeward serve --fleet FILE`, "
                        + "or name its socket with --socket"
                )
            case .unanswered(let reason):
                throw APIError(
                    .unanswered,
                    "the daemon on \(self.socket) did not answer \(request.method) \(request.path): \(reason); "
                        + "look at its log, and at `leeward status` before repeating a command"
                )
            }
        }
        guard response.status == 200 else {
            let problem = try? APIJSON.decode(APIProblem.self, from: response.body)
            let text = problem?.problem ?? String(decoding: response.body, as: UTF8.self)
            throw APIError(.rejected, text.isEmpty ? "the daemon answered \(response.status) without a reason" : text)
        }
        return response.body
    }

    private static func escape(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
