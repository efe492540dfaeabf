import LeewardModel
import Synchronization

/// Work for which nobody waits longer than agreed, even when it ignores its cancellation.
struct Attempt<Value: Sendable>: Sendable {
    private let task: Task<Value, Never>

    init(_ work: @escaping @Sendable () async -> Value) { self.task = Task { await work() } }

    /// The result, or nil when the limit passed or the waiting task was cancelled; the work is then told to stop.
    func value(within limit: Span, _ clock: RuntimeClock) async -> Value? {
        let slot = Slot<Value?>()
        let task = self.task
        Task { slot.fill(await task.value) }
        let timer = Task {
            guard (try? await clock.sleep(limit)) != nil else { return }
            slot.fill(nil)
        }
        let value = await withTaskCancellationHandler {
            await slot.value()
        } onCancel: {
            slot.fill(nil)
        }
        timer.cancel()
        if value == nil { task.cancel() }
        return value
    }

    /// Returns when the work has really ended, or when the waiting task is cancelled.
    func end() async {
        let slot = Slot<Void>()
        let task = self.task
        Task {
            _ = await task.value
            slot.fill(())
        }
        await withTaskCancellationHandler {
            await slot.value()
        } onCancel: {
            slot.fill(())
        }
    }
}

/// A value that is set once and awaited by one task; later values are ignored.
///
/// A cancellation handler runs inside a lock of its task, and so does resuming that task: whoever resumes while it holds a
/// lock that a handler wants waits for ever, and the process with it. So nothing is resumed inside this one.
/// Source: documentation of `withTaskCancellationHandler(operation:onCancel:)`, "Cancellation handlers and locks".
final class Slot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case full(Value)
    }
    private let state = Mutex(State.empty)

    func fill(_ value: Value) {
        let waiter: CheckedContinuation<Value, Never>? = self.state.withLock { state in
            defer { if case .full = state {} else { state = .full(value) } }
            return if case .awaited(let continuation) = state { continuation } else { nil }
        }
        waiter?.resume(returning: value)
    }

    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = self.state.withLock { state in
                if case .full(let value) = state { return value }
                state = .awaited(continuation)
                return nil
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
