import LeewardEngine
import LeewardSimulation
import Testing

/// Prints figures; asserts nothing about them.
@Suite struct BenchmarkTests {
    @Test(arguments: [2, 10, 50]) func evacuationsPerSecond(_ services: Int) {
        var scenario = Scenario.sc01
        scenario.world = .threeRegions(services: services)
        let clock = ContinuousClock()
        var count = 0
        var steps = 0
        let took = clock.measure {
            let start = clock.now
            repeat {
                var run = Simulation(scenario, seed: UInt64(count))
                while !run.isOver, run.phase != .evacuated { run.pass() }
                count += 1
                steps += run.steps
            } while clock.now - start < .milliseconds(1500)
        }
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        let rate = Int(Double(count) / seconds)
        print(
            "simulated evacuations per second and core at \(services) services: \(rate), \(steps / count) engine steps each"
        )
        #expect(count > 0)
    }
}
