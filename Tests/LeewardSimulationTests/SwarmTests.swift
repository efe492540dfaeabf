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
