import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

/// What random seeds have found wrong in the engine, each as a script of its own.
@Suite struct MendedTests {
    private func scenario(_ faults: [TimedFault], _ commands: [OperatorAct] = [], length: Int64 = 600) -> Scenario {
        Scenario(name: "mended", about: "", length: .seconds(length), faults: faults, commands: commands)
    }

    /// Seeds 640 and 734: a drill kept the only place while another region was down.
    @Test func aDrillGivesWayToARealOutage() {
        let scenario = self.scenario(
            [TimedFault(.hang("us-east-1"), at: .seconds(60))],
            [OperatorAct(.evacuate("eu-west-1", planHash: nil), at: .seconds(55))]
        )
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
        #expect(result.phase == .evacuated)
        #expect(result.failedOn * 4 < result.failedOff)
    }

    /// Seeds 34 and 203: an evacuee that refused five calls was never asked again.
    @Test func anEvacueeThatRefusesForAMinuteIsStillLeft() {
        let scenario = self.scenario([
            TimedFault(.successRate("us-east-1", 1000), at: .seconds(40)),
            TimedFault(.calls(.edge("us-east-1"), .throttle(10_000)), at: .seconds(35), lasts: .seconds(70)),
        ])
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
        #expect(result.phase == .evacuated)
        #expect(result.failedOn * 2 < result.failedOff)
    }

    /// Seeds 130, 135 and 156: a rung that a gate refuses was waited for without end, and nobody was called.
    @Test func aRungThatIsRefusedForLongCallsAPerson() {
        var scenario = self.scenario([TimedFault(.successRate("us-east-1", 1000), at: .seconds(40))])
        scenario.world.limits.maxRegionShare = 4000
        scenario.expectations = [.phase(.held, within: .seconds(200)), .paged(within: .seconds(200))]
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty && result.unmet.isEmpty, "\(result.violations) \(result.unmet)")
    }

    /// Seeds 47, 956 and 1281: after a restart the relief of a brownout neither returned nor hardened.
    @Test func theReliefOfABrownoutOutlivesARestart() {
        let scenario = self.scenario([
            TimedFault(.successRate("eu-west-1", 6000), at: .seconds(73)),
            TimedFault(.controllerKilled(restartAfter: .seconds(40), newBoot: false), at: .seconds(112)),
        ])
        let result = Runner.run(scenario, seed: 956)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
        #expect(result.phase == .held || result.phase == .evacuated)
    }

    /// Seed 1969: the savior's edge died as it received; its guests stayed there, though home was well again.
    @Test func aSaviorWhoseEdgeDiesGivesItsGuestsBack() {
        var scenario = self.scenario([
            TimedFault(.successRate("us-east-1", 1000), at: .seconds(40), lasts: .seconds(80)),
            TimedFault(.edgeDown("eu-west-1"), at: .seconds(55)),
        ])
        scenario.expectations = [.phase(.held, within: .seconds(120)), .paged(within: .seconds(120))]
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty && result.unmet.isEmpty, "\(result.violations) \(result.unmet)")
        #expect(result.failedOn <= result.failedOff)
    }

    /// Seed 683: the evacuee had recovered, its savior served four of five for ever, and nobody was called.
    @Test func aPoorSaviorBesideAWellEvacueeCallsAPerson() {
        let scenario = self.scenario(
            [
                TimedFault(.successRate("us-east-1", 1000), at: .seconds(40), lasts: .seconds(260)),
                TimedFault(.successRate("eu-west-1", 8000), at: .seconds(250)),
            ],
            length: 500
        )
        var run = Simulation(scenario, seed: 1)
        run.run()
        #expect(run.phase == .evacuated)
        let calls = run.told.filter { $0.contains("`leeward failback` brings its users home") }
        #expect(calls.count == 1, "\(run.told)")
    }

    /// A savior that is sick while rungs are open is not waited for without end.
    @Test func aSaviorThatStaysSickEndsTheWaiting() {
        let scenario = self.scenario([
            TimedFault(.successRate("us-east-1", 1000), at: .seconds(40), lasts: .seconds(75)),
            TimedFault(.successRate("eu-west-1", 5000), at: .seconds(53)),
        ])
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// Seeds 302, 342 and 465: who went home with a sick savior kept the rest from ever being called evacuated.
    @Test func whoWentHomeDoesNotKeepTheRestFromSettling() {
        var scenario = self.scenario(
            [
                TimedFault(.successRate("us-east-1", 1000), at: .seconds(40)),
                TimedFault(.hang("eu-west-1"), at: .seconds(54), lasts: .seconds(60)),
            ],
            [OperatorAct(.resume, at: .seconds(180), insistsFor: .seconds(60), whilePhase: .held)]
        )
        scenario.expectations = [.phase(.held, within: .seconds(100))]
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty && result.unmet.isEmpty, "\(result.violations) \(result.unmet)")
        #expect(result.phase == .evacuated)
    }
}
