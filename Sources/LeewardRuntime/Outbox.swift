import LeewardEngine
import LeewardFailpoints
import LeewardModel
import Synchronization

/// Carries calls out: one at a time per lane, lanes beside each other (S42); every call ends with an outcome.
///
/// A call without an answer at its deadline ends as `.unknown`. What still runs behind it keeps its lane busy, so that
/// the next call of the lane never overlaps it; that next call ends as `.failed`, unsent, when its own deadline passes.
final class Outbox: Sendable {
    private struct Lane {
        var waiting: [Call] = []
        var worker: Task<Void, Never>?
        var last: Attempt<Outcome>?
    }
    private struct State {
        var lanes: [String: Lane] = [:]
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let ports: Ports
    private let clock: RuntimeClock
    private let ended: @Sendable (Call, Outcome) -> Void

    /// `ended` is called exactly once per call, on any thread.
    init(ports: Ports, clock: RuntimeClock, ended: @escaping @Sendable (Call, Outcome) -> Void) {
        self.ports = ports
        self.clock = clock
        self.ended = ended
    }

    /// Queues a call, whose intent is durable already (S12), behind those of its lane.
    func send(_ call: Call) {
        let lane = call.effect.lane
        self.state.withLock { state in
            guard !state.isAbandoned else { return }
            state.lanes[lane, default: Lane()].waiting.append(call)
            guard state.lanes[lane]?.worker == nil else { return }
            state.lanes[lane]?.worker = Task { await self.work(lane) }
        }
    }

    /// Ends every call that has not left as `.failed`; those in flight complete (S27).
    func dropWaiting(_ reason: String) {
        let dropped = self.state.withLock { state in
            var dropped: [Call] = []
            for lane in state.lanes.keys.sorted() {
                dropped += state.lanes[lane]?.waiting ?? []
                state.lanes[lane]?.waiting = []
            }
            return dropped
        }
        for call in dropped { self.ended(call, .failed("it was not sent: \(reason)")) }
    }

    /// Lets the call in flight per lane end or reach its deadline, sends no other; returns when all have ended.
    func drain() async {
        self.dropWaiting("the daemon is stopping")
        let workers = self.state.withLock { $0.lanes.values.compactMap(\.worker) }
        for worker in workers { await worker.value }
    }

    /// Lets go of everything without a word, as a crash does.
    func abandon() {
        let workers = self.state.withLock { state in
            state.isAbandoned = true
            for lane in state.lanes.keys { state.lanes[lane]?.waiting = [] }
            return state.lanes.values.compactMap(\.worker)
        }
        for worker in workers { worker.cancel() }
    }

    private func work(_ lane: String) async {
        while let (call, previous) = self.take(lane) {
            let outcome = await self.perform(call, in: lane, after: previous)
            if self.state.withLock({ $0.isAbandoned }) { return }
            self.ended(call, outcome)
        }
    }

    /// The lane's next call, or nil and the worker goes home.
    private func take(_ lane: String) -> (Call, Attempt<Outcome>?)? {
        self.state.withLock { state in
            guard let present = state.lanes[lane], let call = present.waiting.first else {
                state.lanes[lane]?.worker = nil
                return nil
            }
            state.lanes[lane]?.waiting.removeFirst()
            return (call, present.last)
        }
    }

    private func perform(_ call: Call, in lane: String, after previous: Attempt<Outcome>?) async -> Outcome {
        if let previous {
            let wait = Attempt<Bool> {
                await previous.end()
                return true
            }
            guard await wait.value(within: call.deadline, self.clock) != nil else {
                return .failed("it was not sent: an earlier call of \(lane) still hangs after \(call.deadline)")
            }
        }
        let ports = self.ports
        Failpoints.pass(.call(call.effect.kind, .leaves))
        let attempt = Attempt<Outcome> { await ports.perform(call.effect, call.fence) }
        self.state.withLock { $0.lanes[lane]?.last = attempt }
        let flight = self.fly(call.effect.kind)
        let outcome = await attempt.value(within: call.deadline, self.clock)
        flight?.cancel()
        Failpoints.pass(.call(call.effect.kind, .ended))
        return outcome ?? .unknown("no answer within \(call.deadline)")
    }

    /// Where points are on: passes the middle of the call, a moment after it has left and before most answers are here.
    private func fly(_ kind: Failpoint.Kind) -> Task<Void, Never>? {
        guard Failpoints.activeFolder != nil else { return nil }
        return Task {
            guard (try? await self.clock.sleep(.milliseconds(1))) != nil else { return }
            Failpoints.pass(.call(kind, .flies))
        }
    }
}

extension Effect {
    /// The name of its kind among the points.
    var kind: Failpoint.Kind {
        switch self {
        case .claimEdge: .claimEdge
        case .publishEdge: .publishEdge
        case .claimZone: .claimZone
        case .updateZone: .updateZone
        case .claimProvider: .claimProvider
        case .freeze: .freeze
        case .unfreeze: .unfreeze
        case .detach: .detach
        case .attach: .attach
        case .start: .start
        }
    }
}
