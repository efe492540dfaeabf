import LeewardSimulation
import Testing

/// Random worlds: each seed switches a random subset of all faults on, and every rule is held against every step.
@Suite struct SwarmTests {
    @Test(arguments: 0..<8) func randomFaultsBreakNoRule(_ block: Int) {
        for seed in UInt64(block * 25)..<UInt64(block * 25 + 25) {
            let result = Runner.run(.random(seed: seed), seed: seed)
            #expect(result.violations.isEmpty, "seed \(seed): \(result.violations.map(\.description))")
        }
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
