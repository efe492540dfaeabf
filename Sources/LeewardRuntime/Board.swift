import LeewardEngine
import LeewardModel
import Synchronization

/// What readers see: the controller as it last was, the last notices, and how far the journal has come.
///
/// Readers take a copy and work on it; they never wait for the engine and it never waits for them.
public final class Board: Sendable {
    static let noticeLimit = 100

    private struct State {
        var controller: Controller
        var notices: [NoticeLine] = []
        var lastSequence: Int64
        var waiters: [Int: (after: Int64, slot: Slot<Void>)] = [:]
        var nextWaiter = 0
        var problem: String?
        var pages = 0
    }

    private let state: Mutex<State>

    init(_ controller: Controller, lastSequence: Int64, problem: String?) {
        self.state = Mutex(State(controller: controller, lastSequence: lastSequence, problem: problem))
    }

    /// The newest published controller.
    public var controller: Controller { self.state.withLock { $0.controller } }
    /// Why this daemon only serves readers; nil when it acts.
    public var problem: String? { self.state.withLock { $0.problem } }
    /// The last notices, oldest first.
    public var notices: [NoticeLine] { self.state.withLock { $0.notices } }
    /// Times that a person was called since the daemon began.
    var pages: Int { self.state.withLock { $0.pages } }
    var lastSequence: Int64 { self.state.withLock { $0.lastSequence } }
    var isEvacuating: Bool { self.state.withLock { $0.controller.state.evacuation != nil } }
    /// False at rest and while an evacuation stands still for weeks.
    var isMoving: Bool {
        self.state.withLock { state in state.controller.state.evacuation.map { $0.phase != .evacuated } ?? false }
    }

    func publish(_ controller: Controller) { self.state.withLock { $0.controller = controller } }

    func add(_ notice: NoticeLine) {
        self.state.withLock { state in
            state.notices.append(notice)
            if notice.level == .page { state.pages += 1 }
            if state.notices.count > Self.noticeLimit { state.notices.removeFirst() }
        }
    }

    /// Wakes whoever waits for entries up to here.
    func appended(upTo sequence: Int64) {
        self.state.withLock { state in
            state.lastSequence = max(state.lastSequence, sequence)
            for (id, waiter) in state.waiters where waiter.after < sequence {
                waiter.slot.fill(())
                state.waiters[id] = nil
            }
        }
    }

    /// Returns when the journal has an entry after `sequence`, or when the waiting task is cancelled.
    func wait(after sequence: Int64) async {
        let slot = Slot<Void>()
        let id: Int? = self.state.withLock { state in
            guard state.lastSequence <= sequence else { return nil }
            state.nextWaiter += 1
            state.waiters[state.nextWaiter] = (sequence, slot)
            return state.nextWaiter
        }
        guard let id else { return }
        await withTaskCancellationHandler {
            await slot.value()
        } onCancel: {
            slot.fill(())
        }
        self.state.withLock { $0.waiters[id] = nil }
    }
}
