public import LeewardEngine
public import LeewardModel
import Synchronization

/// What waits for the engine, in order of arrival; one task reads it.
///
/// Reports and ticks coalesce: a newer one of the same subject takes the place of an older one, at the end of the queue.
/// Commands, outcomes and fleets never drop. So its length is bounded by the subjects, the calls in flight and the
/// connections of the API. The reader is resumed outside the lock, for the reason that `Slot` tells.
public final class Mailbox: Sendable, AsyncSequence {
    public typealias Element = Input
    public typealias Failure = Never

    private struct Letter {
        var input: Input
        /// Nil for what must not drop.
        var subject: String?
    }

    private struct State {
        var letters: [Letter] = []
        var waiter: CheckedContinuation<Input?, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    public init() {}

    /// Adds an input; false when the mailbox is closed and the input is no outcome.
    @discardableResult
    public func post(_ input: Input) -> Bool {
        let subject = Self.subject(of: input)
        let (isTaken, waiter): (Bool, CheckedContinuation<Input?, Never>?) = self.state.withLock { state in
            if state.isClosed {
                guard case .callEnded = input else { return (false, nil) }
            } else if let waiter = state.waiter {
                state.waiter = nil
                return (true, waiter)
            }
            if let subject { state.letters.removeAll { $0.subject == subject } }
            state.letters.append(Letter(input: input, subject: subject))
            return (true, nil)
        }
        waiter?.resume(returning: input)
        return isTaken
    }

    /// Ends the sequence at once; outcomes that wait or still come are left for `leftovers`.
    public func close() {
        let waiter = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    /// The outcomes that nobody read before the mailbox closed; each is given once.
    public func leftovers() -> [(key: EffectKey, outcome: Outcome)] {
        let letters = self.state.withLock { state in
            defer { state.letters = [] }
            return state.letters
        }
        return letters.compactMap { letter in
            if case .callEnded(let key, let outcome) = letter.input { (key, outcome) } else { nil }
        }
    }

    /// The next input for the only reader; nil when closed or when the task is cancelled.
    public func next() async -> Input? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let next: Input?? = self.state.withLock { state in
                    if state.isClosed { return .some(nil) }
                    guard state.letters.isEmpty else { return state.letters.removeFirst().input }
                    state.waiter = continuation
                    return nil
                }
                if let next { continuation.resume(returning: next) }
            }
        } onCancel: {
            self.close()
        }
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let mailbox: Mailbox
        public func next() async -> Input? { await self.mailbox.next() }
        public func next(isolation actor: isolated (any Actor)?) async -> Input? { await self.mailbox.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(mailbox: self) }

    private static func subject(of input: Input) -> String? {
        switch input {
        case .ticked: "tick"
        case .signalsArrived: "signals"
        case .historyArrived: "history"
        case .edgeReported(let report): "edge/\(report.region)"
        case .capacityReported(let report): "capacity/\(report.region)"
        case .zoneReported: "zone"
        case .callEnded, .commandArrived, .fleetChanged, .leaseAnswered, .journalRead, .appendFailed: nil
        }
    }
}
