public import LeewardHTTP
public import LeewardModel
public import LeewardProviders
import Synchronization

/// A region's edge agent as the controller sees it: the edge port over HTTP.
public struct AgentEdge: EdgePort {
    public let region: RegionID
    private let geographies: [GeographyID]?
    private let agent: EffectClient
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
        self.geographies = geographies?.sorted()
        self.agent = EffectClient("edge \(region)", at: endpoint, timeout: timeout, client: client)
    }

    /// The agent that the fleet file names for `region`; nil where the fleet has no such region.
    public init?(fleet: Fleet, region: RegionID, timeout: Duration = .seconds(2)) {
        guard let spec = fleet.regions[region] else { return nil }
        self.init(region: region, at: spec.edge.agent, geographies: fleet.geographies.keys, timeout: timeout)
    }

    /// A report that is not newer than one already returned is an error: an old answer is no evidence.
    public func report() async throws(ProviderError) -> EdgeReport {
        let report = try await self.agent.get("/v1/report", as: EdgeReport.self)
        guard report.region == self.region else { throw self.agent.problem("its report is about \(report.region)") }
        if let loaded = report.loaded, let geographies = self.geographies, loaded.shares.keys != geographies {
            throw self.agent.problem("its report has shares of \(loaded.shares.keys), the fleet has \(geographies)")
        }
        guard self.newest.advance(to: report) else {
            throw self.agent.problem("it repeated an old report (sequence \(report.sequence))")
        }
        return report
    }

    public func claim(_ fence: Fence) async -> Outcome { await self.agent.send(.claimEdge(self.region), fence) }

    public func publish(_ shares: ShareTable, generation: Generation, fence: Fence) async -> Outcome {
        await self.agent.send(.publishEdge(self.region, generation, shares), fence)
    }

    /// What the agent really did, oldest first.
    public func log() async throws(ProviderError) -> [AppliedEffect] {
        try await self.agent.get("/v1/log", as: [AppliedEffect].self)
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
