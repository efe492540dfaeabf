import Foundation
import LeewardHTTP
import LeewardModel
import LeewardTestKit
import Synchronization

/// Stands between the adapter and a real store, hands everything on, and lets go wrong what it is told to.
final class SignalRelay: Sendable {
    enum Fault: Hashable, Sendable {
        case none
        /// Answers 429 with advice.
        case throttled
        /// Marks whole answers as partial, in each store's own way.
        case partial
        /// Repeats the first answer to each expression for ever, the clock's included.
        case oldAnswers
        /// Asks the store and keeps the answer.
        case loseAnswers
        /// Answers that no series matches.
        case emptyList
        /// Puts every series into the answer twice.
        case twice
    }

    private struct Memory {
        var fault = Fault.none
        var answers: [String: HTTPResponse] = [:]
    }

    private let target: HTTPAddress
    private let memory = Mutex(Memory())

    private init(_ target: HTTPAddress) { self.target = target }

    /// Listens on a port of its own while `body` runs.
    static func with(_ store: MetricsStore, _ body: (SignalRelay, Endpoint) async throws -> Void) async throws {
        let relay = SignalRelay(store.address)
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { await relay.answer($0) }
        do {
            try await body(relay, .tcp(host: "127.0.0.1", port: server.boundPort ?? 0))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    func set(_ fault: Fault) { self.memory.withLock { $0.fault = fault } }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let fault = self.memory.withLock { $0.fault }
        let expression = request.path.split(separator: "&").first { $0.contains("query=") }.map(String.init) ?? ""
        if fault == .throttled {
            return .init(status: 429, headers: [("retry-after", "7")], body: Array("too many\n".utf8))
        }
        if fault == .oldAnswers, let old = self.memory.withLock({ $0.answers[expression] }) { return old }
        do {
            let answer = try await HTTPClient().send(request, to: self.target, within: .seconds(10))
            self.memory.withLock { $0.answers[expression] = answer }
            switch fault {
            case .none, .throttled, .oldAnswers: return answer
            case .loseAnswers:
                // The server cancels this task when its client gives up.
                let (never, continuation) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                continuation.finish()
                return answer
            case .partial: return try Self.changed(answer) { $0["isPartial"] = true }
            case .emptyList:
                return try Self.changed(answer) { object in
                    guard var data = object["data"] as? [String: Any], data["resultType"] as? String == "matrix" else {
                        return
                    }
                    data["result"] = [Any]()
                    object["data"] = data
                }
            case .twice:
                return try Self.changed(answer) { object in
                    guard var data = object["data"] as? [String: Any], data["resultType"] as? String == "matrix",
                        let series = data["result"] as? [Any]
                    else { return }
                    data["result"] = series + series
                    object["data"] = data
                }
            }
        } catch {
            return .text(502, "\(error)\n")
        }
    }

    private static func changed(_ answer: HTTPResponse, _ change: (inout [String: Any]) -> Void) throws -> HTTPResponse
    {
        guard var object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] else {
            throw ConformanceFailure("the store's answer is no object")
        }
        change(&object)
        return .init(status: answer.status, body: [UInt8](try JSONSerialization.data(withJSONObject: object)))
    }
}
