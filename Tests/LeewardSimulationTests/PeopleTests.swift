import LeewardEngine
import LeewardModel
import LeewardPlanning
import Testing

@testable import LeewardSimulation

/// People in different roles say anything at any time, and break the glass; no rule breaks but S44, which is theirs.
@Suite struct PeopleTests {
    @Test(arguments: 0..<4) func whatPeopleSayBreaksNoRule(_ block: Int) {
        for seed in UInt64(block * 25)..<UInt64(block * 25 + 25) {
            var run = Simulation(.people(seed: seed), seed: seed)
            run.run()
            #expect(run.violations.isEmpty, "seed \(seed): \(run.violations.map(\.description))")
        }
    }

    @Test func peopleComeOnTopOfTheSameFaults() {
        for seed: UInt64 in [2, 5, 8, 13] {
            let plain = Scenario.random(seed: seed)
            let people = Scenario.people(seed: seed)
            #expect(Array(people.faults.prefix(plain.faults.count)) == plain.faults)
            #expect(people == Scenario.people(seed: seed))
            #expect(people.length == plain.length && !people.commands.isEmpty)
        }
    }

    @Test func aWorldWithPeopleIsWrittenAndReadAgain() throws {
        for seed: UInt64 in 1...40 {
            let scenario = Scenario.people(seed: seed)
            #expect(try Scenario(text: scenario.text) == scenario, "seed \(seed)")
        }
        let text =
            "scenario x\nlength 20m\npeople 3 from 10s until 9m\n"
            + "at 9s break-glass evacuate us-east-1 by ann insisting 5s\n"
        let read = try Scenario(text: text)
        #expect(read.crowd == Crowd(count: 3, from: .seconds(10), until: .minutes(9)))
        #expect(read.hands == [HandAct(.evacuate("us-east-1"), by: "ann", at: .seconds(9), insistsFor: .seconds(5))])
        #expect(try Scenario(text: read.text) == read)
    }

    @Test func aCrowdSpelledOutSaysTheSame() {
        var scenario = Scenario.file("people")
        let crowd = Simulation(scenario, seed: 3)
        scenario = scenario.spelledOut(seed: 3)
        #expect(!scenario.commands.isEmpty && scenario.crowd?.count == 0)
        #expect(Simulation(scenario, seed: 3).acts == crowd.acts)
    }

    @Test func aHandWaitsForTheDaemonToLetGoOfTheJournal() {
        let base = Scenario(
            name: "hand",
            about: "",
            length: .seconds(200),
            faults: [TimedFault(.controllerKilled(restartAfter: .seconds(100), newBoot: false), at: .seconds(60))]
        )
        var refused = base
        refused.hands = [HandAct(.evacuate("us-west-2"), at: .seconds(30), insistsFor: .seconds(20))]
        var run = Simulation(refused, seed: 1)
        run.run()
        #expect(run.chronicle.openings == 0)
        #expect(run.chronicle.replies.map(\.1) == ["operator is refused: the journal is in use by a running daemon"])
        var taken = base
        taken.hands = [HandAct(.evacuate("us-west-2"), at: .seconds(30), insistsFor: .seconds(40))]
        run = Simulation(taken, seed: 1)
        run.run()
        #expect(run.chronicle.openings == 1)
        #expect(run.told.contains { $0.contains("break-glass: a person works without a daemon under epoch 2") })
    }

    // MARK: - The oracles bite

    private func complaints(_ oracle: some Oracle, _ shape: WorldShape, _ records: [Record]) -> [RuleID] {
        var oracle = oracle
        var story = Story()
        var found: [Complaint] = []
        let world = World(shape, seed: 1)
        let scene = Scene(now: 60_000, world: world, isAlive: true, scenario: .sc01)
        for record in records {
            oracle.recorded(record, story, scene, &found)
            story.apply(record, at: scene.now)
        }
        return found.map(\.rule)
    }

    private func opening(_ origin: Origin) throws -> Evacuation {
        var run = Simulation(
            GuardTrial.world([], [OperatorAct(.evacuate("us-west-2", planHash: nil), at: .seconds(60))], length: 70),
            seed: 1
        )
        run.run()
        var opened = try #require(run.processes[0].controller?.state.evacuation)
        opened.origin = origin
        opened.points = 0
        return opened
    }

    @Test func onePersonAloneIsSeenAndAnotherPlanToo() throws {
        var shape = WorldShape.threeRegions()
        shape.people = People(roles: ["ann": .approver, "ben": .operator])
        let evacuation = try self.opening(.command("ann"))
        let hash = evacuation.plan.hash
        let request = Request(
            id: evacuation.id,
            command: .evacuate("us-west-2", planHash: hash),
            by: "ben",
            planHash: hash
        )
        var opened = evacuation
        opened.origin = .command("ben")
        let good: [Record] = [
            .asked(request), .opened(opened, findings: []), .approved(evacuation.id, by: "ann", planHash: hash),
        ]
        #expect(self.complaints(TwoPeople(), shape, good).isEmpty)
        let alone: [Record] = [
            .opened(evacuation, findings: []), .approved(evacuation.id, by: "ann", planHash: hash),
        ]
        #expect(self.complaints(TwoPeople(), shape, alone) == [.s31])
        #expect(self.complaints(TwoPeople(), shape, [.killed(true, by: "eve")]) == [.s31])
        #expect(self.complaints(PlanBound(), shape, good).isEmpty)
        let other: [Record] = [.opened(evacuation, findings: []), .approved(evacuation.id, by: "ann", planHash: "x")]
        #expect(self.complaints(PlanBound(), shape, other) == [.s35])
    }

    @Test func aRungOfNoPlanAndAPinThatIsPassedOverAreSeen() throws {
        let evacuation = try self.opening(.verdict("sick"))
        let shares = evacuation.plan.shares(at: 100)
        let moved = try #require(evacuation.plan.saviors.keys.first)
        let start: [Record] = [.opened(evacuation, findings: [])]
        let rung = Record.rung(evacuation.id, points: 100, Generation(1), shares, findings: [])
        #expect(self.complaints(PlanBound(), .threeRegions(), start + [rung]).isEmpty)
        let wrong = Record.rung(evacuation.id, points: 200, Generation(1), shares, findings: [])
        #expect(self.complaints(PlanBound(), .threeRegions(), start + [wrong]) == [.s35])
        let pin = Record.pinned(moved, true, by: "ann")
        #expect(self.complaints(Pins(), .threeRegions(), start + [pin, rung]) == [.s30])
        let decided = start + [pin, .resumed(evacuation.id, by: "ann"), rung]
        #expect(self.complaints(Pins(), .threeRegions(), decided).isEmpty)
    }

    @Test func anEffectThatEndsAnInstanceIsSeen() {
        var found: [Complaint] = []
        let fence = Fence(epoch: Epoch(1), key: "e1/x")
        let call = Call(fence: fence, effect: .unfreeze("us-east-1"), deadline: .seconds(2))
        let scene = Scene(now: 1, world: World(.threeRegions(), seed: 1), isAlive: true, scenario: .sc01)
        NothingEnded().landed(call, Landing(outcome: .done, changed: true, ended: 1), scene, &found)
        #expect(found.map(\.rule) == [.s11])
    }
}
