public import LeewardHTTP
public import LeewardModel
public import LeewardProviders
import Synchronization

/// A region's process host as the controller sees it: the capacity port over HTTP.
public struct ProcessCapacity: CapacityPort {
    public let region: RegionID
    private let host: EffectClient
    private let newest = Newest()

    /// `timeout` covers each call as a whole.
    public init(
        region: RegionID,
        at endpoint: Endpoint,
        timeout: Duration = .seconds(2),
        client: HTTPClient = HTTPClient()
    ) {
        self.region = region
        self.host = EffectClient("provider \(region)", at: endpoint, timeout: timeout, client: client)
    }

    /// A report that is not newer than one already returned is an error; an empty one is marked as incomplete.
    public func report() async throws(ProviderError) -> CapacityReport {
        var report = try await self.host.get("/v1/report", as: CapacityReport.self)
        guard report.region == self.region else {
            throw self.host.problem("its report is about \(report.region)")
        }
        guard Set(report.instances.map(\.id)).count == report.instances.count else {
            throw self.host.problem("its report lists an instance twice")
        }
        guard self.newest.advance(to: report.sequence) else {
            throw self.host.problem("it repeated an old report (sequence \(report.sequence))")
        }
        // A region that runs nothing at all cannot be told from a listing that failed.
        if report.instances.isEmpty { report.isComplete = false }
        return report
    }

    /// What the host really did, oldest first.
    public func log() async throws(ProviderError) -> [AppliedEffect] {
        try await self.host.get("/v1/log", as: [AppliedEffect].self)
    }

    public func claim(_ fence: Fence) async -> Outcome {
        await self.host.send(.claimProvider(self.region), fence)
    }
    public func freeze(floors: SortedMap<ServiceID, Int>, fence: Fence) async -> Outcome {
        await self.host.send(.freeze(self.region, floors: floors), fence)
    }
    public func unfreeze(_ fence: Fence) async -> Outcome {
        await self.host.send(.unfreeze(self.region), fence)
    }
    public func detach(
        _ instances: [InstanceID],
        of service: ServiceID,
        from: Membership,
        fence: Fence
    ) async -> Outcome {
        await self.host.send(.detach(ClusterID(self.region, service), instances, from: from), fence)
    }
    public func attach(
        _ instances: [InstanceID],
        of service: ServiceID,
        to: Membership,
        fence: Fence
    ) async -> Outcome {
        await self.host.send(.attach(ClusterID(self.region, service), instances, to: to), fence)
    }
    public func start(_ count: Int, of service: ServiceID, fence: Fence) async -> Outcome {
        await self.host.send(.start(ClusterID(self.region, service), count: count), fence)
    }
}

/// The highest sequence seen so far, shared by the copies of one port.
private final class Newest: Sendable {
    private let sequence = Mutex<Int64>(.min)

    /// False when this or a newer one was seen before.
    func advance(to next: Int64) -> Bool {
        self.sequence.withLock { sequence in
            guard next > sequence else { return false }
            sequence = next
            return true
        }
    }
}
