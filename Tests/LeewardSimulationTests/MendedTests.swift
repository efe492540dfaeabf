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

    private func told(_ text: String, seed: UInt64) throws -> Simulation {
        var run = Simulation(try Scenario(text: "scenario mended\n" + text), seed: seed)
        run.run()
        return run
    }

    /// Seed 985204383932: who said rollback twice came home to a region that hung, without the proof of the canary (S03, S25).
    @Test func aRollbackThatIsSaidTwiceIsProvenAllTheSame() throws {
        let run = try self.told(
            """
            world starts 2023-11-20T09:05:00Z
            world cold-start 117s
            world name-servers 1
            length 300s
            at 111959ms for 204s region eu-west-1 hangs
            at 86944ms for 140846ms regions serve 3663bp
            at 37413ms command evacuate eu-west-1 plan shown
            at 228445ms command rollback
            at 229623ms command rollback
            """,
            seed: 985_204_383_932
        )
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
        #expect(run.phase == .held && run.told.contains { $0.contains("sick on the way back (S25)") }, "\(run.told)")
    }

    /// Seed 985204384741: what stood at the canary when names were due waited there without end (L02).
    @Test func whatWentBackWhileNamesWereDueIsClimbedAgainOrHeld() throws {
        let run = try self.told(
            """
            world services 3
            world starts 2023-11-15T12:45:00Z
            world stock 6008bp
            world cold-start 70s
            length 600s
            at 116669ms region us-east-1 hangs
            at 68434ms for 134s region eu-west-1 serves 1811bp
            at 119581ms command evacuate eu-west-1
            at 382598ms command resume insisting 1m while held
            """,
            seed: 985_204_384_741
        )
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
        #expect(run.phase == .held, "\(run.told)")
    }

    /// Seed 985204380792: users of an edge that came back stayed, its savior hung, and it settled for ever (L02).
    @Test func whatSettlesBesideASickSaviorIsHeld() throws {
        let run = try self.told(
            """
            world services 3
            world starts 2023-11-19T19:35:00Z
            world cold-start 115s
            world name-servers 3
            length 600s
            at 86526ms region eu-west-1 hangs
            at 43427ms for 142s edge us-east-1 down
            at 77464ms command evacuate us-east-1 plan shown
            at 329046ms command resume
            """,
            seed: 985_204_380_792
        )
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
        #expect(run.phase == .held, "\(run.told)")
    }

    /// Seed 6923 with people: one region was sick, nothing was known of the two others, and a rollback emptied the one that
    /// worked into one whose probes failed (S03).
    @Test func whatIsUnknownIsNotLeftForWhatIsSeenFailing() throws {
        let run = try self.told(
            """
            world services 1
            world starts 2023-11-19T12:45:00Z
            world stock 7517bp
            world cold-start 43s
            world name-servers 1
            world policy relief act evacuation approve
            length 120s
            at 42181ms edge eu-west-1 down
            at 54981ms region us-west-2 serves 2055bp
            at 75216ms for 157774ms metrics lag 112s
            at 28549ms command evacuate us-west-2
            at 48085ms command hold "looking"
            at 62948ms command resume
            """,
            seed: 6923
        )
        #expect(!run.violations.contains { $0.rule == .s03 }, "\(run.violations.map(\.description))")
    }

    /// Seed 8218 with people: other edges counted none of a dead edge's users, and that was taken for their number (S06).
    @Test func usersWhomNobodyCountsAreNotNone() throws {
        let run = try self.told(
            """
            world starts 2023-11-22T07:20:00Z
            world cold-start 83s
            length 240s
            at 52483ms edge us-west-2 down
            at 39151ms for 235922ms metrics unreachable
            at 124693ms controller killed back-after 174939ms rebooted
            at 123039ms break-glass evacuate us-west-2 by astray-2 insisting 45s
            """,
            seed: 8218
        )
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
    }

    /// Seed 985204384553: a dead edge that came back was told to send its users to a savior that served three of four (S44).
    @Test func anEdgeThatComesBackKeepsItsUsersFromAPoorSavior() throws {
        let scenario = try Scenario(
            text: """
                scenario mended
                world services 3
                world starts 2023-11-16T02:20:00Z
                world cold-start 47s
                world name-servers 3
                length 500s
                at 66828ms for 130s edge us-east-1 down
                at 106626ms for 94s region eu-west-1 serves 7556bp
                at 133053ms for 33991ms calls to zone unreachable
                """
        )
        let result = Runner.run(scenario, seed: 985_204_384_553)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
        #expect(result.failedOn <= result.failedOff + 1)
    }

    /// Seed 985204379716: a way back ended on a list from before what had been detached on the way out (L06).
    @Test func aWayBackWaitsForAListThatShowsWhatWasDone() throws {
        let run = try self.told(
            """
            world services 1
            world starts 2023-11-18T17:10:00Z
            world stock 7842bp
            world cold-start 65s
            world name-servers 3
            length 800s
            at 194895ms for 180511ms listing us-west-2 late 249s
            at 338209ms command evacuate eu-west-1
            at 363857ms command rollback
            """,
            seed: 985_204_379_716
        )
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
        #expect(run.phase == nil, "it has ended")
    }

    /// Seed 26769: a freeze that somebody lifted while all was held was tried five times, and then nobody was called (S09, S28).
    @Test func aFreezeIsAskedForOnWhileAllIsHeld() throws {
        let run = try self.told(
            """
            length 420s
            at 40s region us-east-1 serves 10%
            at 120s command hold "looking"
            at 200s freeze eu-west-1 lifted
            at 195s for 60s calls to provider eu-west-1 halved
            """,
            seed: 1
        )
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
        let calls = run.told.filter { $0.contains("times (S28); it is tried on every") }
        #expect(calls.count == 1, "\(run.told)")
    }
}
