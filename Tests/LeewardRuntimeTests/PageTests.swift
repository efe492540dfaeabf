import LeewardModel
import LeewardProviders
import Logging
import Synchronization
import Testing

@testable import LeewardRuntime

/// The second page channel: told at once and again, closed when a person is there, and never in anybody's way.
@Suite struct PageTests {
    @Test func aPageIsToldAtOnceAgainAndClosed() async throws {
        let bench = Bench()
        try await bench.run { board in
            board.publish([Self.held])
            try await eventually("it is told") { bench.channel.told == [.init(open: [Self.held], closed: [])] }
            try await eventually("half a minute runs") { bench.time.sleepers(for: .seconds(30)) == 1 }
            bench.time.pass(.seconds(30))
            try await eventually("it is told again") { bench.channel.told.count == 2 }
            board.publish([])
            try await eventually("it is closed") { bench.channel.told.last == .init(open: [], closed: [Self.held]) }
        }
        #expect(bench.log.all.isEmpty)
    }

    @Test func aDeadChannelIsTriedAgainAndTheLogSaysSoOnce() async throws {
        let bench = Bench()
        bench.channel.fails = true
        try await bench.run { board in
            board.publish([Self.held])
            for _ in 0..<3 {
                try await eventually("it waits for another try") { bench.time.sleepers(for: .seconds(5)) == 1 }
                bench.time.pass(.seconds(5))
            }
            try await eventually("it waits for another try") { bench.time.sleepers(for: .seconds(5)) == 1 }
            bench.channel.fails = false
            bench.time.pass(.seconds(5))
            try await eventually("it is told, and the log says so") {
                bench.log.all.last == "info the second page channel answers again"
            }
        }
        #expect(bench.channel.told == [.init(open: [Self.held], closed: [])])
        #expect(bench.log.all.count { $0.hasPrefix("error pages reach the log only") } == 1)
    }

    /// Acknowledging opens and closes nothing while the channel hangs; the newest state is what it hears next (L12).
    @Test func aChannelThatHangsHearsTheNewestState() async throws {
        let bench = Bench()
        let gate = Gate()
        bench.channel.gate = gate
        try await bench.run { board in
            board.publish([Self.held])
            try await eventually("the call is on its way") { bench.channel.calls == 1 }
            board.publish([Self.held, Self.global])
            board.publish([Self.global])
            gate.open()
            try await eventually("it hears the rest") {
                bench.channel.told.last == .init(open: [Self.global], closed: [Self.held])
            }
            #expect(bench.channel.told.count == 2)
        }
    }

    private static let held = OpenPage(text: "e1 is held: because", since: WallTime(milliseconds: 1))
    private static let global = OpenPage(text: "verdict global: why", since: WallTime(milliseconds: 2))

    private struct Bench {
        let channel = MemoryPages()
        let time = ManualTime()
        let log = LineLog.Lines()

        func run(_ body: (PageBoard) async throws -> Void) async throws {
            let board = PageBoard()
            var paces = Paces()
            // Time passes here while an answer may still be on its way; that is no answer which came too late.
            paces.pageLimit = .hours(1)
            let caller = PageCaller(
                port: self.channel,
                board: board,
                clock: self.time.clock,
                paces: paces,
                logger: LineLog.logger(self.log)
            )
            let running = Task { await caller.run() }
            defer { running.cancel() }
            try await body(board)
        }
    }
}

/// Keeps what it was told; fails or waits where a test says so.
final class MemoryPages: PagePort {
    struct Telling: Hashable, Sendable {
        var open: [OpenPage]
        var closed: [OpenPage]
    }
    private struct State {
        var told: [Telling] = []
        var calls = 0
        var fails = false
        var gate: Gate?
    }
    private let state = Mutex(State())

    var told: [Telling] { self.state.withLock { $0.told } }
    var calls: Int { self.state.withLock { $0.calls } }
    var fails: Bool {
        get { self.state.withLock { $0.fails } }
        set { self.state.withLock { $0.fails = newValue } }
    }
    var gate: Gate? {
        get { self.state.withLock { $0.gate } }
        set { self.state.withLock { $0.gate = newValue } }
    }

    func tell(open: [OpenPage], closed: [OpenPage]) async throws(ProviderError) {
        let (fails, gate) = self.state.withLock { state in
            state.calls += 1
            return (state.fails, state.gate)
        }
        if let gate { await gate.pass() }
        if fails { throw ProviderError(subject: "pages", reason: "connection refused") }
        self.state.withLock { $0.told.append(.init(open: open, closed: closed)) }
    }
}
