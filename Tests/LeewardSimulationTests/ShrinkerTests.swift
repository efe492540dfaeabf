import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

@Suite struct ShrinkerTests {
    /// Faults that break nothing, around an outage that the run is too short to end (L02).
    private var broken: Scenario {
        Scenario(
            name: "broken",
            about: "",
            length: .seconds(70),
            faults: [
                TimedFault(.surge("europe", 10_100), at: .seconds(5), lasts: .seconds(20)),
                TimedFault(.successRate("us-east-1", 1000), at: .seconds(30)),
                TimedFault(.nameServerSilent(0), at: .seconds(31), lasts: .seconds(3)),
                TimedFault(.coldStartsFail("us-west-2", 100), at: .seconds(32)),
            ],
            commands: [OperatorAct(.acknowledge, at: .seconds(33)), OperatorAct(.resume, at: .seconds(34))]
        )
    }

    @Test func onlyWhatTheRuleNeedsIsLeft() throws {
        let before = Runner.run(self.broken, seed: 1)
        let rule = try #require(before.violations.first?.rule)
        #expect(rule == .l02)
        let small = Shrinker.shrink(self.broken, seed: 1, rule: rule)
        #expect(small.faults.map(\.fault) == [.successRate("us-east-1", 1000)])
        #expect(small.commands.isEmpty)
        #expect(Runner.run(small, seed: 1).violations.contains { $0.rule == rule })
        let read = try Scenario(text: small.text)
        #expect(Runner.run(read, seed: 1).violations.contains { $0.rule == rule })
    }

    @Test func withoutRunsLeftTheScenarioStaysAsItIs() {
        #expect(Shrinker.shrink(self.broken, seed: 1, rule: .l02, runs: 0) == self.broken)
    }
}
