import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

@Suite struct GoldenPathTests {
    @Test(arguments: Scenario.builtIn) func aBuiltInScenarioEndsAsItSays(_ scenario: Scenario) {
        let result = Runner.run(scenario, seed: 1)
        print(
            "\(scenario.name) \(result.phase?.rawValue ?? "-") on \(Int(result.failedOn)) off \(Int(result.failedOff)) "
                + "of \(Int(result.total)) residual \(result.secondsToResidual ?? -1) records \(result.records)"
        )
        #expect(result.unmet == [], "\(scenario.name)")
        #expect(result.violations.map(\.description) == [], "\(scenario.name)")
    }
}
