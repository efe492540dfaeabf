import LeewardEngine
import LeewardModel
import LeewardStore
import ServiceLifecycle
import Testing

@testable import LeewardRuntime

/// How the daemon ends: gracefully, by a journal that fails, or not at all because it may only be read.
@Suite struct StoppingTests {
    @Test func stoppingLetsTheCallInFlightEndAndJournalsItsOutcome() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        let host = try world.host(europe)
        let gate = Gate()
        host.behave(.after(gate))
        let daemon = try Running.start(folder, fleet, world.ports, time) { try seedHeldEvacuation($0, fleet, time) }
        try await eventually("the claim is in flight") { host.calls.count == 1 }
        await daemon.group.triggerGracefulShutdown()
        try await eventually("the daemon takes nothing any more") {
            do { _ = try await daemon.client.send(.acknowledge, by: "alice") } catch { return true }
            return false
        }
        #expect(try daemon.journal.outcomes("claim/2/provider/\(europe)").isEmpty)
        gate.open()
        try await daemon.task.value
        #expect(try daemon.journal.outcomes("claim/2/provider/\(europe)") == [.done])
        #expect(try daemon.journal.intents("e1/freeze/\(europe)").isEmpty)
        #expect(host.calls.count == 1)
    }

    @Test func aJournalThatFailsEndsTheDaemonAndNothingLeaves() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        let daemon = try Running.start(folder, fleet, world.ports, time)
        try await eventually("the daemon has begun") { daemon.journal.lastSequence == 1 }
        try daemon.journal.close()
        await #expect(throws: APIError.self) { try await daemon.client.send(.kill(true), by: "alice") }
        let error = await #expect(throws: JournalError.self) { try await daemon.task.value }
        #expect(error?.kind == .writeFailed)
        #expect(error?.path == folder.journal)
        #expect(world.hosts.values.allSatisfy { $0.calls.isEmpty })
    }

    @Test func aDamagedJournalIsServedToReadersOnly() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        do {
            let journal = try Journal.open(folder.journal)
            try seedHeldEvacuation(journal, fleet, time)
            try journal.close()
        }
        try damage(folder.journal)
        let daemon = try Running.start(folder, fleet, world.ports, time)
        try await eventually("status is served") { (try? await daemon.client.status().problem) != nil }
        let reply = try await daemon.client.send(.resume, by: "alice")
        guard case .refused(let reasons) = reply else {
            Issue.record("a command was taken: \(reply)")
            return
        }
        #expect(reasons.first?.contains("(S43)") == true)
        #expect(try await daemon.client.verifyJournal().damage?.sequence == 2)
        #expect(daemon.log.all.contains { $0.hasPrefix("critical PAGE ") })
        #expect(world.hosts.values.allSatisfy { $0.events.isEmpty })
        try await daemon.stop()
    }

    @Test func aPageIsRepeatedUntilSomebodyAcknowledges() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let daemon = try Running.start(folder, fleet, World(fleet).ports, time) {
            try seedHeldEvacuation($0, fleet, time)
        }
        func again() -> Int { daemon.log.all.count { $0.contains("PAGE again") } }
        try await eventually("the held evacuation calls a person after the restart") {
            daemon.log.all.contains { $0.hasPrefix("critical PAGE e1 is held") }
        }
        #expect(again() == 0)
        try await eventually("it is told again") {
            time.pass(.seconds(30))
            return again() > 0
        }
        _ = try await daemon.client.send(.acknowledge, by: "alice")
        let told = again()
        for _ in 0..<4 {
            try await eventually("the ticker sleeps") { time.sleepers(for: Paces().tick) > 0 }
            time.pass(.seconds(30))
        }
        #expect(again() == told)
        try await daemon.stop()
    }
}
