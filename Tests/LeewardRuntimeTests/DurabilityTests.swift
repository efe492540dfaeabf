import LeewardEngine
import LeewardModel
import LeewardStore
import Synchronization
import Testing

@testable import LeewardRuntime

/// What reaches the disk, and when, compared with what reaches the world (S12, S13, S23).
@Suite struct DurabilityTests {
    @Test func everyIntentIsOnTheDiskBeforeItsCallArrives() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let journalPath = folder.journal
        let missing = Mutex<[EffectKey]>([])
        let world = World(fleet) { fence in
            // Another reader of the file sees only what is committed.
            let entries = (try? Journal.inspect(journalPath).entries) ?? []
            let isThere = entries.contains { if case .intent(fence, _) = $0.record { true } else { false } }
            let hasOutcome = entries.contains {
                if case .outcome(fence.key, _) = $0.record { true } else { false }
            }
            if !isThere || hasOutcome { missing.withLock { $0.append(fence.key) } }
        }
        let daemon = try Running.start(folder, fleet, world.ports, time) { try seedHeldEvacuation($0, fleet, time) }
        try await eventually("all regions are frozen") { world.hosts.values.allSatisfy(\.isFrozen) }
        try await eventually("every outcome is journaled") {
            try daemon.journal.outcomes("").filter { $0 == .done }.count == 6
        }
        #expect(missing.withLock { $0 }.isEmpty)
        #expect(try daemon.journal.intents("").count == 6)
        try await daemon.stop()
    }

    @Test func anAnswerThatGotLostIsReadBackAndNotRepeated() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        let host = try world.host(europe)
        host.behave(.answer, .applyAndHang)
        let daemon = try Running.start(folder, fleet, world.ports, time) { try seedHeldEvacuation($0, fleet, time) }
        try await eventually("the freeze has landed and nobody was told") { host.isFrozen }
        try await eventually("the outcome is unknown") {
            time.passDeadlines(of: fleet.limits.callTimeout)
            return try daemon.journal.outcomes("e1/freeze/\(europe)").contains(.unknown("no answer within 2 s"))
        }
        // Time for any number of tries, and readings to base them on.
        for _ in 0..<20 {
            // Three edges and three hosts are read at this pace.
            try await eventually("every pace sleeps") { time.sleepers(for: .milliseconds(400)) == 6 }
            let before = host.reports
            time.pass(.milliseconds(400))
            try await eventually("it is read again") { host.reports > before }
        }
        #expect(host.calls.filter { $0.text.hasPrefix("e1/freeze") }.count == 1)
        try await daemon.stop()
    }

    @Test func whatDidNotLandIsTriedAgainOnlyAfterAReading() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        let host = try world.host(europe)
        host.behave(.answer, .hang)
        let daemon = try Running.start(folder, fleet, world.ports, time) { try seedHeldEvacuation($0, fleet, time) }
        try await eventually("the freeze was sent") { host.calls.count == 2 }
        try await eventually("the outcome is unknown") {
            time.passDeadlines(of: fleet.limits.callTimeout)
            return try !daemon.journal.outcomes("e1/freeze/\(europe)").isEmpty
        }
        try await eventually("it is tried again and lands") {
            time.pass(.milliseconds(100))
            return host.isFrozen
        }
        let events = host.events
        let freezes = events.indices.filter {
            if case .call(let key) = events[$0] { key == host.calls[1] } else { false }
        }
        try #require(freezes.count >= 2)
        #expect(events[freezes[0]..<freezes[1]].contains(.report))
        try await daemon.stop()
    }

    @Test func aDeadRegionDelaysNobody() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        try #require(world.edges[east]).die()
        try world.host(east).report(in: .hang)
        let daemon = try Running.start(folder, fleet, world.ports, time) { try seedHeldEvacuation($0, fleet, time) }
        // No time passes at all: nothing that happens here can have waited for the dead region's deadline.
        try await eventually("the others are frozen") {
            try world.host(europe).isFrozen && world.host(west).isFrozen
        }
        try await eventually("the others are read") {
            try await daemon.client.status().status.loaded.keys == [europe, west]
        }
        #expect(try world.host(east).calls.isEmpty)
        try await daemon.stop()
    }

    @Test func aKillDuringACallResumesFromTheJournal() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        let host = try world.host(europe)
        host.behave(.answer, .applyAndHang)
        let first = try Running.start(folder, fleet, world.ports, time) { try seedHeldEvacuation($0, fleet, time) }
        try await eventually("the freeze has landed and nobody was told") { host.isFrozen }
        let key = try #require(host.calls.last)
        await first.crash()
        let left = try Journal.inspect(folder.journal)
        #expect(left.verification.isIntact)
        #expect(left.entries.contains { if case .intent(let fence, _) = $0.record { fence.key == key } else { false } })
        #expect(!left.entries.contains { if case .outcome(key, _) = $0.record { true } else { false } })

        let before = host.reports
        let second = try Running.start(folder, fleet, world.ports, time)
        try await eventually("the open intent is closed as unknown under a higher epoch") {
            let isUnknown = try second.journal.outcomes(key.text).contains {
                if case .unknown = $0 { true } else { false }
            }
            guard isUnknown else { return false }
            return try await second.client.status().status.epoch == Epoch(3)
        }
        try await eventually("the host is read again and all are frozen") {
            host.reports > before && world.hosts.values.allSatisfy(\.isFrozen)
        }
        #expect(host.events.count { $0 == .applied(key) } == 1)
        #expect(try await second.client.status().status.evacuation?.id == "e1")
        try await second.stop()
    }
}
