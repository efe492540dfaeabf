import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// SC07 and SC06: a savior that fails what it got is left out, and the others carry on.
@Suite struct LeftOutTests {
    private static func told(_ scenario: Scenario) -> (run: Simulation, result: RunResult) {
        var run = Simulation(scenario, seed: 1)
        run.run()
        return (run, Runner.result(of: run))
    }

    private static func replans(_ run: Simulation) -> [String] {
        run.told.filter { $0.contains(" without eu-west-1: ") || $0.contains(" goes on without ") }
    }

    /// The outage of the golden path, and the path from its edge to one savior cut.
    private static func cutOff(_ faults: [TimedFault] = [], _ commands: [OperatorAct] = []) -> Scenario {
        var scenario = Scenario.file("SC06-savior")
        scenario.faults += faults
        scenario.commands += commands
        scenario.expectations = []
        return scenario
    }

    @Test func whoCanNotBeReachedIsLeftOutAndTheOtherSaviorTakesItsPart() {
        let (run, result) = Self.told(Self.cutOff())
        #expect(Self.replans(run).count == 1 && run.phase == .evacuated, "\(run.told)")
        #expect(Self.replans(run).allSatisfy { $0.contains("(S06)") && $0.contains("without eu-west-1") })
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    @Test func whatOtherGeographiesHaveReachedStaysWhileOneClimbsAgain() throws {
        let (run, _) = Self.told(.file("SC07-third"))
        let tables = run.oracles.story.tables.values
        #expect(Self.replans(run).count == 1, "\(run.told)")
        let again = try #require(tables.first { $0["us-east"]?["us-west-2"] == 100 })
        #expect(again["south-america"]?["us-west-2"] == 10_000)
        #expect(again["us-east"]?["eu-west-1"] == 0)
    }

    /// A rollback in the middle of the second climb takes each geography home from where it is, and never further out.
    @Test func aRollbackWhileGeographiesStandApartEndsAtHome() throws {
        var scenario = Scenario.file("SC07-third")
        for index in scenario.faults.indices where scenario.faults[index].fault == .successRate("us-east-1", 1000) {
            scenario.faults[index].lasts = .seconds(74)
        }
        let back = OperatorAct(.rollback, at: .seconds(111), insistsFor: .seconds(200))
        scenario.commands.append(back)
        scenario.expectations = []
        let (run, result) = Self.told(scenario)
        let apart = run.oracles.story.tables.values.contains {
            $0["south-america"]?["us-west-2"] == 9900 && (100...5000).contains($0["us-east"]?["us-west-2"] ?? 0)
        }
        #expect(apart, "\(run.told)")
        #expect(run.processes[0].controller?.state.shares == scenario.world.fleet.homeShares, "\(run.told)")
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    @Test func aPinnedGeographyIsLeftWhereItIs() {
        let pin = OperatorAct(.pin("us-east", true), at: .seconds(44))
        let goOn = OperatorAct(.resume, at: .seconds(45))
        let (run, result) = Self.told(Self.cutOff([], [pin, goOn]))
        #expect(Self.replans(run).isEmpty, "\(run.told)")
        #expect(run.told.contains { $0.contains("us-east is pinned (S30)") }, "\(run.told)")
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    @Test func withoutRoomElsewhereItIsHeldWithTheNumbers() {
        let empty = TimedFault(.darkDefects("us-west-2", failed: 10_000, wrongImage: 0), at: .seconds(43))
        var scenario = Self.cutOff([empty])
        scenario.world.startsAt = scenario.world.startsAt + .hours(14)
        scenario.world.limits.maxRegionShare = 10_000
        let (run, result) = Self.told(scenario)
        #expect(Self.replans(run).isEmpty && run.phase == .held, "\(run.told)")
        #expect(
            run.told.contains { $0.contains("is held") && $0.contains("in stock of") && $0.contains("(S06)") },
            "\(run.told)"
        )
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// Where a sick savior made the trouble global, it is held first; what is missing elsewhere is said as soon as that is the reason.
    @Test func whatIsHeldForASaviorSaysWhyNobodyTakesOver() {
        let (run, result) = Self.told(.file("SC07-full"))
        #expect(Self.replans(run).isEmpty && run.phase == .held, "\(run.told)")
        #expect(run.told.contains { $0.contains("stays held: eu-west-1 is not left out: us-west-2/") }, "\(run.told)")
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// Another life knows from the journal for which savior it holds.
    @Test func aRestartWhileItIsHeldGoesOnAllTheSame() {
        var scenario = Scenario.file("SC07-third")
        scenario.faults.append(
            TimedFault(.controllerKilled(restartAfter: .seconds(5), newBoot: true), at: .seconds(80))
        )
        let (run, result) = Self.told(scenario)
        #expect(Self.replans(run).count == 1 && run.phase == .evacuated, "\(run.told)")
        #expect(result.violations.isEmpty && result.unmet.isEmpty, "\(result.violations) \(result.unmet)")
    }

    /// A person who says hold while the controller holds means it, and the next life knows (S30).
    @Test(arguments: [false, true]) func whatAPersonHoldsTooDoesNotGoOnByItself(_ restarts: Bool) {
        var scenario = Scenario.file("SC07")
        scenario.commands = (0..<2).map { OperatorAct(.hold(reason: "looking"), at: .seconds(90 + $0 * 5)) }
        if restarts {
            scenario.faults.append(
                TimedFault(.controllerKilled(restartAfter: .seconds(5), newBoot: true), at: .seconds(120))
            )
        }
        scenario.expectations = []
        let (run, result) = Self.told(scenario)
        #expect(Self.replans(run).isEmpty && run.phase == .held, "\(run.told)")
        #expect(run.oracles.story.heldFrom == .relieving)
        let twice = run.chronicle.replies.map(\.1)
        #expect(twice.count == 1 && twice.allSatisfy { $0.contains("held already: looking (operator)") }, "\(twice)")
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    @Test func theThirdSaviorThatFailsIsNotTheThirdReversal() {
        let (run, result) = Self.told(.file("SC07-each"))
        #expect(Self.replans(run).count == 2 && run.phase == .held, "\(run.told)")
        #expect(run.told.contains { $0.contains("turned back 2 times, the limit is 2 (S08)") }, "\(run.told)")
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// What a person approved is that plan and no other (S35).
    @Test func aPlanThatAPersonApprovedIsNotChanged() {
        var scenario = Self.cutOff(
            [],
            [OperatorAct(.evacuate("us-east-1", planHash: nil), at: .seconds(45), insistsFor: .seconds(20))]
        )
        scenario.world.policy = Policy(relief: .observe, evacuation: .observe)
        let (run, result) = Self.told(scenario)
        #expect(Self.replans(run).isEmpty && run.phase == .held, "\(run.told)")
        #expect(run.told.contains { $0.contains("and no other (S35)") }, "\(run.told)")
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }
}
