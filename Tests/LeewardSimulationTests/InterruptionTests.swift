import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

/// The controller is cut after every record of the golden path; each run must end where the uncut one does, or rolled back.
@Suite struct InterruptionTests {
    @Test(arguments: Cut.Moment.allCases) func aCutAfterAnyRecordEndsTheSameWay(_ moment: Cut.Moment) {
        let whole = Runner.run(.sc01, seed: 7)
        #expect(whole.phase == .evacuated)
        for records in 1...whole.records {
            var scenario = Scenario.sc01
            scenario.cut = Cut(records: records, moment: moment)
            var run = Simulation(scenario, seed: 7)
            run.run()
            let result = Runner.result(of: run, failedOff: whole.failedOff)
            #expect(
                result.phase == .evacuated || result.phase == .rolledBack,
                "cut at \(records): \(result.phase?.rawValue ?? "-")"
            )
            #expect(result.violations.isEmpty, "cut at \(records): \(result.violations.map(\.description))")
        }
    }

    @Test func aControllerThatDiesAgainAndAgainStillLeaves() {
        var scenario = Scenario.sc01
        scenario.cut = Cut(records: 5, moment: .afterCalls, restartAfter: .seconds(2), again: 20)
        let result = Runner.run(scenario, seed: 7)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
        #expect(result.failedOn < result.failedOff / 2)
    }
}
