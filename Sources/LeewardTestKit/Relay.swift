import Foundation
public import LeewardHTTP
import LeewardModel
import Synchronization

/// Stands between a port and a real receiver, hands everything on, and lets go wrong what it is told to.
public final class Relay: Sendable {
    /// What it does with the calls that come from now on.
    public enum Fault: Hashable, Sendable {
        case none
        /// Answers 429 and hands nothing on.
        case throttled
        /// Hands the call on and keeps its answer.
        case loseAnswers
        /// Hands reports on with a part missing.
        case halfTheList
        /// Hands reports on with nothing in them, as if that were the truth.
        case emptyList
        /// Answers reports with the last one that it handed on.
        case oldReports
        /// Hands each call on twice and answers with the second answer.
        case twice
    }

    /// How a list in a report is damaged; depends on what the receiver reports.
    enum Cut { case half, empty }
    typealias Damage = @Sendable (_ report: Data, Cut) throws -> Data

    private struct Memory {
        var fault = Fault.none
        var lastReport: HTTPResponse?
    }

    private let target: HTTPAddress
    private let damage: Damage
    private let memory = Mutex(Memory())
    private let running = Mutex<HTTPServer?>(nil)

    private init(to target: HTTPAddress, _ damage: @escaping Damage) {
        self.target = target
        self.damage = damage
    }

    static func start(
        on address: HTTPAddress,
        to target: HTTPAddress,
        damage: @escaping Damage
    ) async throws -> Relay {
        let relay = Relay(to: target, damage)
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
            let cut: Cut? = fault == .halfTheList ? .half : fault == .emptyList ? .empty : nil
            guard let cut else { return answer }
            return .init(status: 200, body: [UInt8](try self.damage(Data(answer.body), cut)))
        } catch {
            return .text(502, "\(error)\n")
        }
    }

    /// The server cancels the handler's task when its client gives up.
    private static func untilThePeerLeaves() async {
        let (never, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        continuation.finish()
    }
}

extension Relay {
    /// Between the edge port and an agent: half a list is one geography less among the loaded shares.
    public static func edge(on address: HTTPAddress, to target: HTTPAddress) async throws -> Relay {
        try await Self.start(on: address, to: target) { data, cut in
            var report = try JSONDecoder().decode(EdgeReport.self, from: data)
            switch cut {
            case .empty: report.loaded?.shares = [:]
            case .half:
                if let last = report.loaded?.shares.keys.last { report.loaded?.shares[last] = nil }
            }
            return try JSONEncoder().encode(report)
        }
    }

    /// Between the capacity port and a process host: half a list is marked as cut short, an empty one is not.
    public static func capacity(on address: HTTPAddress, to target: HTTPAddress) async throws -> Relay {
        try await Self.start(on: address, to: target) { data, cut in
            var report = try JSONDecoder().decode(CapacityReport.self, from: data)
            report.isComplete = cut == .empty
            report.instances.removeLast(cut == .empty ? report.instances.count : (report.instances.count + 1) / 2)
            return try JSONEncoder().encode(report)
        }
    }
}
