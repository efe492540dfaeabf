import Foundation
public import LeewardHTTP
public import LeewardModel
public import LeewardProviders
import Synchronization

/// A region's edge agent as the controller sees it: the edge port over HTTP.
public struct AgentEdge: EdgePort {
    public let region: RegionID
    private let address: HTTPAddress
    private let geographies: [GeographyID]?
    private let timeout: Duration
    private let client: HTTPClient
    private let newest = NewestReport()

    /// `timeout` covers each call as a whole.
    ///
    /// With `geographies`, a report whose loaded shares leave one out is an error.
    public init(
        region: RegionID,
        at endpoint: Endpoint,
        geographies: [GeographyID]? = nil,
        timeout: Duration = .seconds(2),
        client: HTTPClient = HTTPClient()
    ) {
        self.region = region
        self.address = endpoint.httpAddress
        self.geographies = geographies?.sorted()
        self.timeout = timeout
        self.client = client
    }

    /// The agent that the fleet file names for `region`; nil where the fleet has no such region.
    public init?(fleet: Fleet, region: RegionID, timeout: Duration = .seconds(2)) {
        guard let spec = fleet.regions[region] else { return nil }
        self.init(region: region, at: spec.edge.agent, geographies: fleet.geographies.keys, timeout: timeout)
    }

    /// A report that is not newer than one already returned is an error: an old answer is no evidence.
    public func report() async throws(ProviderError) -> EdgeReport {
        let report = try await self.get("/v1/report", as: EdgeReport.self)
        guard report.region == self.region else { throw self.problem("its report is about \(report.region)") }
        if let loaded = report.loaded, let geographies = self.geographies, loaded.shares.keys != geographies {
            throw self.problem("its report has shares of \(loaded.shares.keys), the fleet has \(geographies)")
        }
        guard self.newest.advance(to: report) else {
            throw self.problem("it repeated an old report (sequence \(report.sequence))")
        }
        return report
    }

    public func claim(_ fence: Fence) async -> Outcome { await self.send(.claimEdge(self.region), fence) }

    public func publish(_ shares: ShareTable, generation: Generation, fence: Fence) async -> Outcome {
        await self.send(.publishEdge(self.region, generation, shares), fence)
    }

    /// What the agent really did, oldest first.
    public func log() async throws(ProviderError) -> [AppliedEffect] {
        try await self.get("/v1/log", as: [AppliedEffect].self)
    }

    private func send(_ effect: Effect, _ fence: Fence) async -> Outcome {
        let body: Data
        do { body = try JSONEncoder().encode(EffectRequest(fence: fence, effect: effect)) } catch {
            return .refused("the effect cannot be written as JSON: \(error)")
        }
        let request = HTTPRequest(
            "POST",
            "/v1/effects",
            headers: [("content-type", "application/json")],
            body: [UInt8](body)
        )
        do throws(HTTPError) {
            return self.outcome(of: try await self.client.send(request, to: self.address, within: self.timeout))
        } catch {
            switch error {
            case .notSent(let reason): return .failed("\(self.subject): \(reason)")
            case .unanswered(let reason): return .unknown("\(self.subject): \(reason)")
            }
        }
    }

    private func outcome(of response: HTTPResponse) -> Outcome {
        switch response.status {
        case 200:
            guard let answer = try? JSONDecoder().decode(EffectAnswer.self, from: Data(response.body)) else {
                return .unknown("\(self.subject) answered what nobody understands")
            }
            return answer.outcome
        case 429, 503: return .failed("\(self.subject) is throttled (\(response.status))")
        case 400..<500: return .refused("\(self.subject): \(Self.sentence(response))")
        default: return .unknown("\(self.subject) answered \(response.status)")
        }
    }

    private func get<Value: Decodable>(_ path: String, as type: Value.Type) async throws(ProviderError) -> Value {
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await self.client.send(HTTPRequest("GET", path), to: self.address, within: self.timeout)
        } catch {
            throw self.problem(error.description)
        }
        guard response.status == 200 else {
            let advice = response.header("retry-after").flatMap { Int64($0) } ?? 1
            throw self.problem(
                "status \(response.status): \(Self.sentence(response))",
                retry: .after(.seconds(min(60, max(1, advice))))
            )
        }
        do { return try JSONDecoder().decode(Value.self, from: Data(response.body)) } catch {
            throw self.problem("it answered what nobody understands: \(error)")
        }
    }

    private var subject: String { "edge \(self.region)" }

    private func problem(_ reason: String, retry: ProviderError.Retry = .after(.seconds(1))) -> ProviderError {
        .init(subject: self.subject, reason: reason, retry: retry)
    }

    /// The first 200 bytes of an answer that is meant for people.
    private static func sentence(_ response: HTTPResponse) -> String {
        String(decoding: response.body.prefix(200), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Tells a fresh report from an old one, shared by the copies of one port.
private final class NewestReport: Sendable {
    private struct Seen {
        var start: Int64 = .min
        var sequence: Int64 = .min
        /// Agents that another one has replaced; the newest are enough, because answers do not get that old.
        var ended: [Int64] = []
    }
    private let seen = Mutex(Seen())

    /// False for a repeated report and for one of an agent that another has replaced.
    func advance(to report: EdgeReport) -> Bool {
        self.seen.withLock { seen in
            if report.agentStart == seen.start {
                guard report.sequence > seen.sequence else { return false }
            } else {
                guard !seen.ended.contains(report.agentStart) else { return false }
                seen.ended = seen.ended.suffix(15) + [seen.start]
                seen.start = report.agentStart
            }
            seen.sequence = report.sequence
            return true
        }
    }
}
