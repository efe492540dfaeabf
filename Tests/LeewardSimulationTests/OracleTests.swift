import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// Each rule is broken once by hand: an oracle that can not bite proves nothing.
@Suite struct OracleTests {
    let world = World(.threeRegions(), seed: 1)

    private func scene(_ world: World? = nil) -> Scene {
        Scene(now: 60_000, world: world ?? self.world, isAlive: true, scenario: .sc01)
    }

    private func call(_ effect: Effect, epoch: Int64 = 1, key: EffectKey = "e1/x") -> Call {
        Call(fence: Fence(epoch: Epoch(epoch), key: key), effect: effect, deadline: .seconds(2))
    }

    @Test func aCallWithoutAnIntentIsSeen() {
        var complaints: [Complaint] = []
        var oracle = WriteAhead()
        oracle.sent(self.call(.unfreeze("us-east-1")), life: 0, Story(), self.scene(), &complaints)
        #expect(complaints.map(\.rule) == [.s12])
    }

    @Test func anEffectThatLandsTwiceIsSeen() {
        var complaints: [Complaint] = []
        var oracle = Idempotent()
        for _ in 0..<2 {
            let landing = Landing(outcome: .done, changed: true)
            oracle.landed(self.call(.unfreeze("us-east-1")), landing, self.scene(), &complaints)
        }
        #expect(complaints.map(\.rule) == [.s13])
    }

    @Test func aLowerEpochThatLandsIsSeen() {
        var complaints: [Complaint] = []
        var oracle = Fencing()
        let landing = Landing(outcome: .done, changed: true)
        for epoch: Int64 in [2, 1] {
            oracle.landed(self.call(.claimEdge("us-east-1"), epoch: epoch), landing, self.scene(), &complaints)
        }
        #expect(complaints.map(\.rule) == [.s14])
    }

    @Test func anEmptyRecordSetIsSeen() {
        var complaints: [Complaint] = []
        var world = self.world
        world.servers[0].records[1] = []
        var oracle = ZoneRules()
        let landing = Landing(outcome: .done, changed: true)
        oracle.landed(self.call(.claimZone(old: nil)), landing, self.scene(world), &complaints)
        #expect(complaints.map(\.rule) == [.s15])
    }

    @Test func aCallUnderTheKillSwitchIsSeen() {
        var complaints: [Complaint] = []
        var story = Story()
        story.apply(.killed(true, by: "operator"), at: 1)
        KillSwitch().sent(self.call(.claimEdge("us-east-1")), life: 0, story, self.scene(), &complaints)
        #expect(complaints.map(\.rule) == [.s27])
    }

    @Test func moreCallsThanTheCeilingAreSeen() {
        var complaints: [Complaint] = []
        var oracle = CallRate()
        for _ in 0...self.world.fleet.limits.callsPerSecond {
            oracle.sent(self.call(.claimEdge("us-east-1")), life: 0, Story(), self.scene(), &complaints)
        }
        #expect(complaints.map(\.rule) == [.s29])
    }

    @Test func aSecondCallOnALaneIsSeen() {
        var complaints: [Complaint] = []
        var oracle = OneInFlight()
        for key: EffectKey in ["e1/a", "e1/b"] {
            let call = self.call(.claimEdge("us-east-1"), key: key)
            oracle.sent(call, life: 0, Story(), self.scene(), &complaints)
        }
        #expect(complaints.map(\.rule) == [.s42])
    }

    @Test func sharesThatNoRecordDescribesAreSeen() {
        var complaints: [Complaint] = []
        var world = self.world
        world.edges[0].accepted.generation = Generation(9)
        var oracle = PlanPath()
        oracle.passed(Story(), self.scene(world), &complaints)
        #expect(complaints.map(\.rule) == [.s45])
    }

    @Test func aGapInTheJournalIsSeen() {
        var complaints: [Complaint] = []
        let entry = JournalEntry(
            sequence: 2,
            at: Timestamp(milliseconds: 1),
            boot: "b",
            wall: WallTime(milliseconds: 1),
            record: .paged("x")
        )
        JournalWhole().started([entry], self.scene(), &complaints)
        #expect(complaints.map(\.rule) == [.s43])
    }

    @Test func aLongCallIntoTheEvacueeIsSeen() throws {
        var run = Simulation(GuardTrial.outage(), seed: 7)
        while run.phase == nil, !run.isOver { run.pass() }
        var complaints: [Complaint] = []
        var oracle = EvacueeAside()
        let call = Call(
            fence: Fence(epoch: Epoch(1), key: "e1/x"),
            effect: .claimEdge("us-east-1"),
            deadline: .milliseconds(2001)
        )
        oracle.sent(call, life: 0, run.oracles.story, run.scene, &complaints)
        oracle.recorded(
            .held("e1", reason: "e1/x failed 5 times (S28)", failed: nil),
            run.oracles.story,
            run.scene,
            &complaints
        )
        oracle.recorded(
            .held("e1", reason: "e1/y failed 5 times (S28)", failed: nil),
            run.oracles.story,
            run.scene,
            &complaints
        )
        #expect(complaints.map(\.rule) == [.s23, .s23])
    }

    @Test func aRegionThatForgetsItsSharesWithoutAControllerIsSeen() {
        var complaints: [Complaint] = []
        var world = self.world
        var oracle = StaysAsItIs()
        func pass(_ isAlive: Bool) {
            let scene = Scene(now: 60_000, world: world, isAlive: isAlive, scenario: .sc01)
            oracle.passed(Story(), scene, &complaints)
        }
        pass(false)
        world.edges[0].table = [:]
        pass(true)
        #expect(complaints.isEmpty)
        pass(false)
        world.edges[0].table = world.fleet.homeShares
        pass(false)
        #expect(complaints.map(\.rule) == [.s17])
    }
}
