import Foundation
public import LeewardHTTP
import LeewardModel
import Synchronization

/// Stands between a port and a real agent, hands everything on, and lets go wrong what it is told to.
public final class EdgeRelay: Sendable {
    /// What it does with the calls that come from now on.
    public enum Fault: Hashable, Sendable {
        case none
        /// Answers 429 and hands nothing on.
        case throttled
        /// Hands the call on and keeps its answer.
        case loseAnswers
        /// Hands reports on with one geography less among the loaded shares.
        case halfTheList
        /// Hands reports on with no loaded shares at all, as if that were the truth.
        case emptyList
        /// Answers reports with the last one that it handed on.
        case oldReports
        /// Hands each call on twice and answers with the second answer.
        case twice
    }

    private struct Memory {
        var fault = Fault.none
        var lastReport: HTTPResponse?
    }

    private let target: HTTPAddress
    private let memory = Mutex(Memory())
    private let running = Mutex<HTTPServer?>(nil)

    private init(to target: HTTPAddress) { self.target = target }

    /// Listens on `address` and hands on to `target`.
    public static func start(on address: HTTPAddress, to target: HTTPAddress) async throws -> EdgeRelay {
        let relay = EdgeRelay(to: target)
        let server = try await HTTPServer.start(on: address) { [weak relay] request in
            await relay?.answer(request) ?? .text(503, "the relay has gone\n")
        }
        relay.running.withLock { $0 = server }
        return relay
    }

    public func set(_ fault: Fault) { self.memory.withLock { $0.fault = fault } }

    public func stop() async {
        let server = self.running.withLock { running in
            defer { running = nil }
            return running
        }
        await server?.stop()
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let (fault, last) = self.memory.withLock { ($0.fault, $0.lastReport) }
        let isReport = request.path == "/v1/report"
        if fault == .throttled {
            return .init(status: 429, headers: [("retry-after", "7")], body: Array("too many\n".utf8))
        }
        if fault == .oldReports, isReport, let last { return last }
        do {
            if fault == .twice {
                _ = try await HTTPClient().send(request, to: self.target, within: .seconds(10))
            }
            let answer = try await HTTPClient().send(request, to: self.target, within: .seconds(10))
            if fault == .loseAnswers { await Self.untilThePeerLeaves() }
            guard isReport else { return answer }
            self.memory.withLock { $0.lastReport = answer }
            return try Self.damage(answer, by: fault)
        } catch {
            return .text(502, "\(error)\n")
        }
    }

    private static func damage(_ answer: HTTPResponse, by fault: Fault) throws -> HTTPResponse {
        guard fault == .halfTheList || fault == .emptyList else { return answer }
        var report = try JSONDecoder().decode(EdgeReport.self, from: Data(answer.body))
        if fault == .emptyList {
            report.loaded?.shares = [:]
        } else if let last = report.loaded?.shares.keys.last {
            report.loaded?.shares[last] = nil
        }
        return .init(status: 200, body: try [UInt8](JSONEncoder().encode(report)))
    }

    /// The server cancels the handler's task when its client gives up.
    private static func untilThePeerLeaves() async {
        let (never, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        continuation.finish()
    }
}
