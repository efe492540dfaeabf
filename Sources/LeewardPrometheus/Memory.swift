import LeewardModel
import Synchronization

/// What one adapter remembers between reports: the baselines, and which window the store can answer.
final class Memory: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        var signal: Signal
        var lag: Span
        static func < (left: Self, right: Self) -> Bool { (left.signal, left.lag) < (right.signal, right.lag) }
    }

    private struct State {
        var baselines: SortedMap<Key, [Sample]> = [:]
        var nextBaseline: WallTime?
        var lastBaseline: WallTime?
        var readAt: WallTime?
        var answered: [Signal] = []
        var widened: [Signal] = []
    }

    private let state = Mutex(State())

    static let refreshEvery: Span = .minutes(1)
    static let retryAfter: Span = .seconds(5)

    /// The newest store time that was ever read.
    var readAt: WallTime? { self.state.withLock { $0.readAt } }

    /// True once a minute, after a failure every few seconds, and when the store's clock jumped.
    func baselineIsDue(at now: WallTime) -> Bool {
        self.state.withLock { state in
            state.readAt = now
            guard let next = state.nextBaseline, let last = state.lastBaseline else { return true }
            return now >= next || now < last
        }
    }

    /// What did not arrive keeps its old samples: the detector sees by their times when they are too old.
    func keep(_ found: [(Key, [Sample]?)], at now: WallTime) {
        self.state.withLock { state in
            for (key, samples) in found where samples != nil { state.baselines[key] = samples }
            let isWhole = found.allSatisfy { $0.1 != nil }
            state.lastBaseline = now
            state.nextBaseline = now + (isWhole ? Self.refreshEvery : Self.retryAfter)
            // A store that needed the wider window is asked again for the narrow one now and then.
            state.widened = []
        }
    }

    var baseline: [Sample] { self.state.withLock { $0.baselines.values.flatMap { $0 } } }

    /// Buckets in a window: 1, or 2 where the store has too few samples in one.
    func width(of signal: Signal) -> Int { self.state.withLock { $0.widened.contains(signal) ? 2 : 1 } }

    /// True where the narrow window never gave a point, so that a wider one is worth a try.
    func mayWiden(_ signal: Signal) -> Bool { self.state.withLock { !$0.answered.contains(signal) } }

    func sawNarrow(_ signal: Signal) {
        self.state.withLock { if !$0.answered.contains(signal) { $0.answered.append(signal) } }
    }

    func widen(_ signal: Signal) {
        self.state.withLock { if !$0.widened.contains(signal) { $0.widened.append(signal) } }
    }
}
