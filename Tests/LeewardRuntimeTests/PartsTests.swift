import LeewardEngine
import LeewardModel
import LeewardProviders
import Synchronization
import Testing

@testable import LeewardRuntime

/// Mailbox, outbox and subjects, each by itself.
@Suite struct PartsTests {
    @Test func reportsCoalesceToTheNewestAndCommandsNeverDrop() async throws {
        let mailbox = Mailbox()
        mailbox.post(.zoneReported(ZoneReport(servers: [], silent: ["old"])))
        mailbox.post(.commandArrived(CommandID(1), .resume, by: "alice"))
        mailbox.post(.ticked)
        mailbox.post(.zoneReported(ZoneReport(servers: [], silent: ["new"])))
        mailbox.post(.commandArrived(CommandID(2), .resume, by: "alice"))
        mailbox.post(.ticked)
        var seen: [String] = []
        for _ in 0..<4 { seen.append(Self.name(await mailbox.next())) }
        #expect(seen == ["command 1", "zone new", "command 2", "tick"])
    }

    @Test func aClosedMailboxKeepsOutcomesAndNothingElse() async throws {
        let mailbox = Mailbox()
        mailbox.post(.callEnded("a", .done))
        mailbox.post(.ticked)
        mailbox.close()
        #expect(!mailbox.post(.commandArrived(CommandID(1), .resume, by: "alice")))
        #expect(mailbox.post(.callEnded("b", .failed("no"))))
        #expect(await mailbox.next() == nil)
        #expect(mailbox.leftovers().map(\.key) == ["a", "b"])
        #expect(mailbox.leftovers().isEmpty)
    }

    @Test func oneCallPerLaneIsInFlightAndLanesRunBesideEachOther() async throws {
        let world = World(try makeFleet())
        let gate = Gate()
        try world.host(east).behave(.after(gate))
        let ended = Ended()
        let outbox = Outbox(ports: world.ports, clock: ManualTime().clock) { ended.add($0, $1) }
        outbox.send(Self.claim(east, "k1"))
        outbox.send(Self.claim(east, "k2"))
        outbox.send(Self.claim(west, "k3"))
        try await eventually("the other lane's call ended") { ended.keys.contains("k3") }
        #expect(try world.host(east).calls == ["k1"])
        gate.open()
        try await eventually("both of the lane ended") { ended.keys.count == 3 }
        #expect(ended.keys == ["k3", "k1", "k2"])
        #expect(ended.outcomes.allSatisfy { $0 == .done })
    }

    @Test func aCallThatHangsPastItsDeadlineKeepsItsLane() async throws {
        let world = World(try makeFleet())
        let time = ManualTime()
        let gate = Gate()
        try world.host(east).behave(.after(gate))
        let ended = Ended()
        let outbox = Outbox(ports: world.ports, clock: time.clock) { ended.add($0, $1) }
        outbox.send(Self.claim(east, "k1"))
        try await eventually("its deadline runs") { time.sleepers(for: .seconds(2)) == 1 }
        time.pass(.seconds(2))
        try await eventually("it ended as unknown") { ended.outcomes == [.unknown("no answer within 2 s")] }
        outbox.send(Self.claim(east, "k2"))
        try await eventually("the next one waits") { time.sleepers(for: .seconds(2)) == 1 }
        time.pass(.seconds(2))
        try await eventually("the next one ended") { ended.outcomes.count == 2 }
        guard case .failed = try #require(ended.outcomes.last) else {
            Issue.record("it must end as not sent: \(ended.outcomes)")
            return
        }
        #expect(try world.host(east).calls == ["k1"])
        gate.open()
        outbox.send(Self.claim(east, "k3"))
        try await eventually("the lane is free again") { ended.keys.last == "k3" }
        #expect(ended.outcomes.last == .done)
    }

    @Test func theKillSwitchEndsWhatHasNotLeft() async throws {
        let world = World(try makeFleet())
        let gate = Gate()
        try world.host(east).behave(.after(gate))
        let ended = Ended()
        let outbox = Outbox(ports: world.ports, clock: ManualTime().clock) { ended.add($0, $1) }
        outbox.send(Self.claim(east, "k1"))
        outbox.send(Self.claim(east, "k2"))
        try await eventually("the first is in flight") { try world.host(east).calls == ["k1"] }
        outbox.dropWaiting("killed")
        #expect(ended.outcomes == [.failed("it was not sent: killed")])
        gate.open()
        await outbox.drain()
        #expect(ended.keys == ["k2", "k1"])
        #expect(try world.host(east).calls == ["k1"])
    }

    @Test func aReadingOlderThanTheEndOfACallIsTakenAgain() {
        let subject = Subject("capacity/us-east-1")
        let old = subject.mark()
        var posted: [String] = []
        subject.callEnded { posted.append("outcome") }
        #expect(!subject.deliver(old) { posted.append("old reading") })
        #expect(subject.deliver(subject.mark()) { posted.append("new reading") })
        #expect(posted == ["outcome", "new reading"])
    }

    @Test func aSubjectThatIsAlwaysBusyIsStillRead() {
        let subject = Subject("capacity/us-east-1")
        var delivered = 0
        for _ in 0...Subject.discardLimit {
            let mark = subject.mark()
            subject.callEnded {}
            _ = subject.deliver(mark) { delivered += 1 }
        }
        #expect(delivered == 1)
    }

    private static func claim(_ region: RegionID, _ key: EffectKey) -> Call {
        Call(fence: Fence(epoch: Epoch(1), key: key), effect: .claimProvider(region), deadline: .seconds(2))
    }

    private static func name(_ input: Input?) -> String {
        switch input {
        case .commandArrived(let id, _, _)?: "command \(id.value)"
        case .zoneReported(let report)?: "zone \(report.silent.joined())"
        case .ticked?: "tick"
        default: "something else"
        }
    }
}

/// The calls that ended, in order.
final class Ended: Sendable {
    private let all = Mutex<[(EffectKey, Outcome)]>([])
    func add(_ call: Call, _ outcome: Outcome) { self.all.withLock { $0.append((call.fence.key, outcome)) } }
    var keys: [EffectKey] { self.all.withLock { $0.map(\.0) } }
    var outcomes: [Outcome] { self.all.withLock { $0.map(\.1) } }
}
