import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

/// What random seeds have found wrong with what is not counted, and with saviors that fail: scripts, and the seeds themselves.
@Suite struct MendedSaviorTests {
    private func scenario(
        _ faults: [TimedFault],
        _ commands: [OperatorAct] = [],
        cut: Cut? = nil,
        length: Int64 = 600
    ) -> Scenario {
        var scenario = Scenario(
            name: "mended",
            about: "",
            length: .seconds(length),
            faults: faults,
            commands: commands
        )
        scenario.cut = cut
        return scenario
    }

    @Test(
        arguments: [
            1969, 2497, 3220, 5413, 5628, 5736, 5779, 5887, 5982, 1055, 1102, 1254, 1391, 6394, 10_282, 10_354, 13_102,
            600_556_896_423,
        ] as [UInt64]
    )
    func aSeedThatOnceBrokeARuleBreaksNone(_ seed: UInt64) {
        let result = Runner.run(.random(seed: seed), seed: seed)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// Seed 1969: the savior's edge died with the last rung, and a new life had no buckets by which to call it sick.
    @Test func guestsOfADeadEdgeGoHomeWithoutBuckets() {
        let scenario = self.scenario([
            TimedFault(.successRate("us-west-2", 3000), at: .seconds(40), lasts: .seconds(300)),
            TimedFault(.edgeDown("us-east-1"), at: .seconds(56)),
            TimedFault(.controllerKilled(restartAfter: .seconds(15), newBoot: false), at: .milliseconds(57_500)),
        ])
        var run = Simulation(scenario, seed: 1)
        run.run()
        #expect(run.told.contains { $0.contains("us-west went home (S41)") }, "\(run.told)")
        let result = Runner.result(of: run)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// Seed 2497: a relief was carried on after its region had recovered, into a savior that was worse.
    @Test func aReliefGoesNoFurtherOnceItsRegionIsWell() {
        let scenario = self.scenario(
            [
                TimedFault(.successRate("us-east-1", 5000), at: .seconds(40), lasts: .seconds(25)),
                TimedFault(.successRate("eu-west-1", 8000), at: .seconds(48)),
            ],
            cut: Cut(records: 17, moment: .afterCalls, restartAfter: .milliseconds(5500), again: 15)
        )
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// Seed 5736: one of two saviors hung, and a quarter of the users stayed with it while home served more.
    @Test func oneSickSaviorOfTwoIsStoodBackFrom() {
        var scenario = self.scenario([
            TimedFault(.successRate("eu-west-1", 5400), at: .seconds(40), lasts: .seconds(46)),
            TimedFault(.hang("us-west-2"), at: .seconds(64)),
        ])
        scenario.expectations = [.phase(.held, within: .seconds(60)), .paged(within: .seconds(60))]
        var run = Simulation(scenario, seed: 1)
        run.run()
        #expect(run.told.contains { $0.contains("at 100 bp (S08)") }, "\(run.told)")
        let result = Runner.result(of: run)
        #expect(result.violations.isEmpty && result.unmet.isEmpty, "\(result.violations) \(result.unmet)")
    }

    /// Seed 5779: what the evacuee served while a person held did not count, and it was called evacuated too soon.
    @Test func usersThatAreServedDuringAHoldBeginTheResidualAnew() {
        let scenario = self.scenario(
            [TimedFault(.edgeDown("us-east-1"), at: .seconds(40), lasts: .seconds(160))],
            [
                OperatorAct(.hold(reason: "looking"), at: .seconds(126)),
                OperatorAct(.resume, at: .seconds(205), insistsFor: .seconds(30), whilePhase: .held),
            ]
        )
        let result = Runner.run(scenario, seed: 1)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
        #expect(result.phase == .evacuated)
    }

    /// Seed 5887: a way back waited without end for a region of which nobody outside could be sure.
    @Test func aWayBackIntoTheUnknownIsHeld() {
        let scenario = self.scenario(
            [
                TimedFault(.edgeDown("eu-west-1"), at: .seconds(34), lasts: .seconds(80)),
                TimedFault(.edgeDown("us-east-1"), at: .seconds(118)),
                TimedFault(.path(from: "us-west-2", to: "eu-west-1"), at: .seconds(118)),
                TimedFault(.controllerKilled(restartAfter: .seconds(5), newBoot: true), at: .seconds(159)),
            ],
            [OperatorAct(.rollback, at: .seconds(220))]
        )
        var run = Simulation(scenario, seed: 1)
        run.run()
        #expect(run.phase == .held)
        #expect(run.told.contains { $0.contains("nothing is known of eu-west-1") }, "\(run.told)")
        let result = Runner.result(of: run)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }
}
