import LeewardModel
import Synchronization
import Testing

@testable import LeewardRuntime

/// Time that passes only when a test says so.
final class ManualTime: Sendable {
    private struct Sleeper {
        var id: Int
        var span: Span
        var deadline: Timestamp
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var now = Timestamp(milliseconds: 1_000_000)
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var last = 0
    }
    private let state = Mutex(State())

    /// The clock that this time drives.
    var clock: RuntimeClock {
        RuntimeClock(
            boot: "boot-a",
            now: { self.state.withLock { $0.now } },
            wall: { WallTime(milliseconds: 1_700_000_000_000 + self.state.withLock { $0.now.milliseconds }) },
            sleep: { try await self.sleep($0) }
        )
    }

    /// Lets `span` pass and wakes everybody whose time has come, in the order of their deadlines.
    func pass(_ span: Span) {
        let due = self.state.withLock { state in
            state.now = state.now + span
            let now = state.now
            let due = state.sleepers.filter { $0.deadline <= now }.sorted { $0.deadline < $1.deadline }
            state.sleepers.removeAll { $0.deadline <= now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// How many sleep for exactly this long.
    func sleepers(for span: Span) -> Int { self.state.withLock { $0.sleepers.count { $0.span == span } } }

    /// Lets `span` pass if somebody sleeps for exactly that long.
    ///
    /// Of many calls with one limit the one that matters may not have begun to wait: ask again until its end shows.
    func passDeadlines(of span: Span) { if self.sleepers(for: span) > 0 { self.pass(span) } }

    private func sleep(_ span: Span) async throws {
        let id = self.state.withLock { state in
            state.last += 1
            return state.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = self.state.withLock { state in
                    guard state.cancelled.remove(id) == nil else { return true }
                    let deadline = state.now + span
                    state.sleepers.append(.init(id: id, span: span, deadline: deadline, continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper: Sleeper? = self.state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// Waits until the condition holds, giving way to the tasks under test; fails after thirty real seconds.
func eventually(
    _ what: String,
    at location: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(30)
    while clock.now < end {
        if try await condition() { return }
        await Task.yield()
    }
    Issue.record("it never came to this: \(what)", sourceLocation: location)
    throw CancellationError()
}
