import LeewardModel
import LeewardProviders
import Synchronization
import Testing

@testable import LeewardRuntime

/// What a receiver does with a call, or with a question for its report.
enum Manner: Sendable {
    case answer
    /// Applies it, and the answer gets lost.
    case applyAndHang
    /// Neither applies nor answers.
    case hang
    /// Applies and answers once the gate is open, whether or not anybody still waits.
    case after(Gate)
}

/// Closed until opened; waiting at it ends with the waiting task.
final class Gate: Sendable {
    private let slot = Slot<Void>()
    func open() { self.slot.fill(()) }
    func pass() async { await self.slot.value() }
}

/// Never returns before the task is cancelled.
func hang() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    withExtendedLifetime(continuation) {}
}

/// The capacity provider of one region, in memory: fenced, idempotent by key, and with a log of what it saw.
final class MemoryHost: CapacityPort {
    enum Event: Hashable, Sendable {
        case report
        case call(EffectKey)
        case applied(EffectKey)
    }
    private struct State {
        var epoch = Epoch(0)
        var isFrozen = false
        var floors = SortedMap<ServiceID, Int>()
        var sequence: Int64 = 0
        var done: Set<EffectKey> = []
        var events: [Event] = []
        var manners: [Manner] = []
        var reportManner = Manner.answer
        var inFlight = 0
    }

    let region: RegionID
    private let state = Mutex(State())
    /// Called when a call arrives, before anything else.
    private let arrived: @Sendable (Fence) -> Void

    init(_ region: RegionID, arrived: @escaping @Sendable (Fence) -> Void = { _ in }) {
        self.region = region
        self.arrived = arrived
    }

    var events: [Event] { self.state.withLock { $0.events } }
    var isFrozen: Bool { self.state.withLock { $0.isFrozen } }
    var reports: Int { self.events.count { $0 == .report } }
    /// Keys of the calls that came, in order.
    var calls: [EffectKey] { self.events.compactMap { if case .call(let key) = $0 { key } else { nil } } }
    /// The manners of the next calls; afterwards it answers.
    func behave(_ manners: Manner...) { self.state.withLock { $0.manners = manners } }
    func report(in manner: Manner) { self.state.withLock { $0.reportManner = manner } }

    func report() async throws(ProviderError) -> CapacityReport {
        let manner = self.state.withLock { state in
            state.events.append(.report)
            return state.reportManner
        }
        switch manner {
        case .answer: break
        case .hang, .applyAndHang: await LeewardRuntimeTests.hang()
        case .after(let gate): await gate.pass()
        }
        return self.state.withLock { state in
            state.sequence += 1
            return CapacityReport(
                region: self.region,
                sequence: state.sequence,
                isComplete: true,
                epoch: state.epoch,
                isFrozen: state.isFrozen,
                floors: state.floors,
                instances: [
                    InstanceReport(
                        id: InstanceID("\(self.region)-play-1"),
                        service: "play",
                        membership: .live,
                        state: .ready,
                        address: "127.0.0.1:9000",
                        digest: "a"
                    )
                ]
            )
        }
    }

    func claim(_ fence: Fence) async -> Outcome { await self.take(fence) { _ in } }
    func freeze(floors: SortedMap<ServiceID, Int>, fence: Fence) async -> Outcome {
        await self.take(fence) { state in
            state.isFrozen = true
            state.floors = floors
        }
    }
    func unfreeze(_ fence: Fence) async -> Outcome { await self.take(fence) { $0.isFrozen = false } }
    func detach(_ instances: [InstanceID], of service: ServiceID, from: Membership, fence: Fence) async -> Outcome {
        self.misused("detach", fence)
    }
    func attach(_ instances: [InstanceID], of service: ServiceID, to: Membership, fence: Fence) async -> Outcome {
        self.misused("attach", fence)
    }
    func start(_ count: Int, of service: ServiceID, fence: Fence) async -> Outcome { self.misused("start", fence) }

    private func take(_ fence: Fence, _ apply: @Sendable (inout State) -> Void) async -> Outcome {
        self.arrived(fence)
        let manner = self.state.withLock { state in
            state.events.append(.call(fence.key))
            state.inFlight += 1
            if state.inFlight > 1 { Issue.record("two calls at once in the lane of \(self.region) (S42)") }
            return state.manners.isEmpty ? Manner.answer : state.manners.removeFirst()
        }
        defer { self.state.withLock { $0.inFlight -= 1 } }
        switch manner {
        case .hang:
            await LeewardRuntimeTests.hang()
            return .failed("hung up")
        case .applyAndHang:
            _ = self.apply(fence, apply)
            await LeewardRuntimeTests.hang()
            return .failed("hung up")
        case .after(let gate):
            await gate.pass()
            return self.apply(fence, apply)
        case .answer: return self.apply(fence, apply)
        }
    }

    private func apply(_ fence: Fence, _ apply: @Sendable (inout State) -> Void) -> Outcome {
        self.state.withLock { state in
            guard fence.epoch >= state.epoch else { return .refused("epoch \(fence.epoch) is below \(state.epoch)") }
            state.epoch = fence.epoch
            guard state.done.insert(fence.key).inserted else { return .done }
            apply(&state)
            state.events.append(.applied(fence.key))
            return .done
        }
    }

    private func misused(_ verb: String, _ fence: Fence) -> Outcome {
        Issue.record("\(verb) was not expected at \(self.region): \(fence.key)")
        return .refused("not expected")
    }
}

/// An edge that only reports; any effect is a misuse in these tests.
final class MemoryEdge: EdgePort {
    private struct State {
        var sequence: Int64 = 0
        var isDead = false
    }
    let region: RegionID
    private let shares: ShareTable
    private let state = Mutex(State())
    init(_ region: RegionID, _ shares: ShareTable) {
        self.region = region
        self.shares = shares
    }
    func die() { self.state.withLock { $0.isDead = true } }

    func report() async throws(ProviderError) -> EdgeReport {
        if self.state.withLock({ $0.isDead }) { await hang() }
        let sequence = self.state.withLock { state in
            state.sequence += 1
            return state.sequence
        }
        return EdgeReport(
            region: self.region,
            agentStart: 1,
            sequence: sequence,
            accepted: SnapshotMark(generation: Generation(0), epoch: Epoch(0), key: "none"),
            loaded: LoadedEdge(generation: Generation(0), shares: self.shares, endpoints: [:]),
            rejections: 0,
            counters: nil,
            probes: [:]
        )
    }
    func claim(_ fence: Fence) async -> Outcome { self.misused(fence) }
    func publish(_ shares: ShareTable, generation: Generation, fence: Fence) async -> Outcome { self.misused(fence) }
    private func misused(_ fence: Fence) -> Outcome {
        Issue.record("no effect was expected at the edge of \(self.region): \(fence.key)")
        return .refused("not expected")
    }
}

struct MemoryZone: ZonePort {
    func report() async -> ZoneReport { ZoneReport(servers: [], silent: ["127.0.0.1:5353"]) }
    func claim(old: SnapshotMark?, fence: Fence) async -> Outcome { self.misused(fence) }
    func update(_ change: ZoneChange, fence: Fence) async -> Outcome { self.misused(fence) }
    private func misused(_ fence: Fence) -> Outcome {
        Issue.record("no effect was expected at the zone: \(fence.key)")
        return .refused("not expected")
    }
}

struct MemorySignals: SignalPort {
    func report() async -> SignalReport {
        SignalReport(readAt: WallTime(milliseconds: 1_700_000_000_000), live: [], baseline: [], problem: "no store")
    }
    func history() async throws(ProviderError) -> [Sample] { [] }
}

/// Three regions in memory.
struct World: Sendable {
    let hosts: [RegionID: MemoryHost]
    let edges: [RegionID: MemoryEdge]

    init(_ fleet: Fleet, arrived: @escaping @Sendable (Fence) -> Void = { _ in }) {
        var hosts: [RegionID: MemoryHost] = [:]
        var edges: [RegionID: MemoryEdge] = [:]
        for region in fleet.regions.keys {
            hosts[region] = MemoryHost(region, arrived: arrived)
            edges[region] = MemoryEdge(region, fleet.homeShares)
        }
        self.hosts = hosts
        self.edges = edges
    }

    func host(_ region: RegionID) throws -> MemoryHost { try #require(self.hosts[region]) }

    var ports: Ports { Ports(edges: self.edges, capacity: self.hosts, zone: MemoryZone(), signals: MemorySignals()) }
}
