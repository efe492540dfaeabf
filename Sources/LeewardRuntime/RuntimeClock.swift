public import LeewardModel
import LeewardStore

/// The daemon's four dealings with time, so that a test can hold them in its hand.
public struct RuntimeClock: Sendable {
    /// Names the boot that `now` belongs to.
    public var boot: String
    /// Monotonic; the only time that decisions see (S26).
    public var now: @Sendable () -> Timestamp
    /// For people.
    public var wall: @Sendable () -> WallTime
    /// Returns after the span has passed; throws when the task is cancelled.
    public var sleep: @Sendable (Span) async throws -> Void

    public init(
        boot: String,
        now: @escaping @Sendable () -> Timestamp,
        wall: @escaping @Sendable () -> WallTime,
        sleep: @escaping @Sendable (Span) async throws -> Void
    ) {
        self.boot = boot
        self.now = now
        self.wall = wall
        self.sleep = sleep
    }

    /// The machine's own clocks.
    public static var machine: RuntimeClock {
        .init(
            boot: MonotonicClock.boot(),
            now: { MonotonicClock.now() },
            wall: { MonotonicClock.wall() },
            sleep: { try await Task.sleep(for: .milliseconds($0.milliseconds)) }
        )
    }
}

/// How often things happen and how long an answer may take.
public struct Paces: Sendable {
    public var tick = Span.milliseconds(200)
    public var edge = Span.milliseconds(400)
    public var capacity = Span.milliseconds(400)
    public var signals = Span.seconds(1)
    public var zoneAtRest = Span.seconds(1)
    /// While an evacuation is active.
    public var zoneActive = Span.milliseconds(300)
    public var history = Span.minutes(10)
    /// After a history that could not be read.
    public var historyAgain = Span.seconds(5)
    /// Longest wait for one region's report; nothing outside the region waits for it (S23).
    public var regionLimit = Span.seconds(1)
    /// Longest wait for the zone's report; the adapter gives up on single servers earlier.
    public var zoneLimit = Span.seconds(3)
    /// Longest wait for the metrics store's report, which asks several questions.
    public var signalsLimit = Span.seconds(7)
    public var historyLimit = Span.minutes(5)
    /// A page is repeated this often until somebody acknowledges it (L09).
    public var pageAgain = Span.seconds(30)
    /// Longest wait for the second page channel, and the pause before it is tried again.
    public var pageLimit = Span.seconds(5)
    public var pageRetry = Span.seconds(5)
    /// Readers get a new snapshot at most this often, and at once when something was journaled.
    public var publish = Span.milliseconds(200)
    /// Longest wait of a command for the engine's answer.
    public var reply = Span.seconds(10)
    /// Longest wait of a reader for the next journal entry.
    public var longPoll = Span.seconds(10)
    public init() {}
}
