import Foundation
import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// Several controllers share a journal and a lease: pauses between check and write, bent clocks, a store that fails.
@Suite struct SharedTests {
    /// `LEEWARD_SIM_SHARED=4000` plays so many random worlds instead of 120.
    static let count = UInt64(ProcessInfo.processInfo.environment["LEEWARD_SIM_SHARED"] ?? "") ?? 120

    @Test func twoControllersLeaveARegionAsOneDoes() {
        let run = SharedWorlds.run(SharedWorlds.outage())
        #expect(run.violations.map(\.description) == [])
        #expect(run.phase == .evacuated)
        let leaders = run.disk.durable.filter { if case .leaseGained = $0.record { true } else { false } }
        #expect(leaders.count == 1, "nothing happens to the leader, so it stays")
    }

    /// SC12 at every boundary: the leader freezes with whatever it wrote at each moment of an undisturbed run.
    @Test(arguments: [PauseMoment.beforeAppend, .beforeCalls]) func aPauseAtAnyRecordOrCallLandsNothingStale(
        _ moment: PauseMoment
    ) {
        let whole = SharedWorlds.run(SharedWorlds.outage())
        let start = whole.scenario.world.startsAt
        var times: [Int64] = []
        for entry in whole.disk.durable {
            let at = (entry.wall - start).milliseconds
            if at > 1000, times.last != at { times.append(at) }
        }
        #expect(times.count > 20)
        var (woken, refused) = (0, 0)
        for (index, time) in times.enumerated() {
            let span = SharedWorlds.pauses[index % SharedWorlds.pauses.count]
            var faults = [TimedFault(.controllerPaused(nil, moment, span), at: .milliseconds(time - 1))]
            let rate = SharedWorlds.rates[index % SharedWorlds.rates.count]
            faults.append(TimedFault(.controllerClock(0, rate), at: .seconds(1)))
            let run = SharedWorlds.run(SharedWorlds.outage(faults))
            let broken = SharedWorlds.broken(run)
            #expect(broken.isEmpty, "paused at \(time) for \(span), clock \(rate) %: \(broken.map(\.description))")
            let zombies = SharedWorlds.zombies(run)
            woken += zombies.woken
            refused += zombies.refused
        }
        print("pauses \(moment.word): \(times.count) moments, \(woken) calls by zombies, \(refused) of them refused")
        if moment == .beforeCalls { #expect(refused > 0) }
    }

    @Test(arguments: 0..<4) func randomPausesClocksAndStoresBreakNoRule(_ block: UInt64) {
        let part = Self.count / 4
        for seed in block * part..<(block + 1) * part {
            let scenario = SharedWorlds.random(seed: seed)
            let broken = SharedWorlds.broken(SharedWorlds.run(scenario, seed: seed))
            guard !broken.isEmpty else { continue }
            let lines = ScenarioPrinter(scenario).lines.filter { $0.hasPrefix("at") || $0.hasPrefix("world") }
            Issue.record("seed \(seed): \(broken.map(\.description))\n\(lines.joined(separator: "\n"))")
        }
    }

    @Test func aFrozenLeaderIsRefusedByTheFenceAndLandsWithoutIt() {
        let times = stride(from: Int64(44_000), through: 53_000, by: 1500)
        var kills = 0
        for time in times {
            let pause = TimedFault(.controllerPaused(nil, .beforeCalls, .seconds(45)), at: .milliseconds(time))
            let scenario = SharedWorlds.outage([pause], length: 150)
            #expect(!SharedWorlds.run(scenario).violations.contains { $0.rule == .s14 })
            let bare = SharedWorlds.run(scenario, without: ["S14.edgeFence", "S14.providerFence"])
            if bare.violations.contains(where: { $0.rule == .s14 }) { kills += 1 }
        }
        #expect(kills > 0, "some zombie has something to land")
    }

    @Test func theSameSeedGivesTheSameTraceWithSeveralControllers() {
        for seed: UInt64 in [1, 5, 9] {
            let scenario = SharedWorlds.random(seed: seed)
            let first = SharedWorlds.run(scenario, seed: seed).chronicle.trace.hash.value
            #expect(first == SharedWorlds.run(scenario, seed: seed).chronicle.trace.hash.value)
        }
    }
}
