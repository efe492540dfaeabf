import LeewardModel
import Testing

@testable import LeewardSimulation

/// Random worlds: each seed switches a random subset of all faults on, and every rule is held against every step.
@Suite struct SwarmTests {
    @Test(arguments: 0..<8) func randomFaultsBreakNoRule(_ block: Int) {
        for seed in UInt64(block * 25)..<UInt64(block * 25 + 25) {
            let result = Runner.run(.random(seed: seed), seed: seed)
            #expect(result.violations.isEmpty, "seed \(seed): \(result.violations.map(\.description))")
        }
    }

    @Test(arguments: 0..<4) func randomFaultsBreakNoRuleInFleetsOfTheirOwn(_ block: Int) {
        for seed in UInt64(block * 25)..<UInt64(block * 25 + 25) {
            let result = Runner.run(.random(seed: seed, drawsFleet: true), seed: seed)
            #expect(result.violations.isEmpty, "seed \(seed): \(result.violations.map(\.description))")
        }
    }

    @Test func aDrawnFleetIsOneThatAFleetFileMayDescribe() {
        let worlds = (UInt64(0)..<300).map { Scenario.random(seed: $0, drawsFleet: true).world }
        for world in worlds {
            let groups = SortedMap(world.regions.map { ($0.name, $0.group) })
            for place in world.geographies {
                #expect(place.saviors.values.reduce(0, +) == 10_000)
                #expect(place.saviors.keys.allSatisfy { groups[$0] != nil && groups[$0] != groups[place.home] })
            }
            #expect(world.clients.reduce(0) { $0 + $1.part } == 10_000)
            #expect(world.limits.maxRegionShare * (world.regions.count - 1) >= 10_000)
            #expect(world.limits.hardenAfter <= world.limits.hardenAfterRelieved)
        }
        #expect(Set(worlds.map(\.regions.count)) == [2, 3, 4, 5, 6], "every size is drawn")
        #expect(worlds.contains { Set($0.regions.map(\.group)).count < $0.regions.count }, "some fail together")
        #expect(worlds.contains { Set($0.geographies.map(\.home)).count < $0.regions.count }, "some are spare")
    }

    /// S44 for faults that began after users were last moved: luck evens out over seeds.
    @Test func laterFaultsDoNoHarmOverManySeeds() {
        let late = (UInt64(0)..<200).map { Runner.run(.random(seed: $0), seed: $0) }.filter(\.isLate)
        let failedOn = late.reduce(0) { $0 + $1.failedOn }
        let failedOff = late.reduce(0) { $0 + $1.failedOff }
        print("later faults in \(late.count) of 200 seeds: \(Int(failedOn)) failed, \(Int(failedOff)) without")
        #expect(!late.isEmpty && failedOn <= failedOff)
    }

    @Test func theSameSeedGivesTheSameTrace() {
        for seed: UInt64 in [3, 14, 159] {
            let scenario = Scenario.random(seed: seed)
            #expect(scenario == Scenario.random(seed: seed))
            let first = Runner.run(scenario, seed: seed)
            #expect(first == Runner.run(scenario, seed: seed), "seed \(seed)")
        }
        let results = (1...5).map { Runner.run(.sc01, seed: $0).traceHash }
        #expect(Set(results).count == 5, "another seed is another run")
    }
}
