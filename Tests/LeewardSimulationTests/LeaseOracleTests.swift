import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// Each rule of several controllers is broken once by hand.
@Suite struct LeaseOracleTests {
    private let world = World(.threeRegions(), seed: 1)

    /// Controller 1 holds term 3 for `left` milliseconds more.
    private func scene(_ actor: Int = 0, now: Int64 = 60_000, left: Int64 = 9000, leader: Int? = 0) -> Scene {
        let one = Seats.Controller(runs: true, isConnected: true, isHalfConnected: false, isBent: false)
        let holder = Coordination.Holder(process: 0, term: 3, endsAt: now + left)
        let seats = Seats(holder: holder, ttl: 10_000, leader: leader, controllers: [one, one])
        return Scene(now: now, world: self.world, isAlive: true, scenario: .sc01, seats: seats, actor: actor)
    }

    private func call(_ effect: Effect, term: Int64 = 3) -> Call {
        let fence = Fence(epoch: Epoch(term: term, start: 1), key: "e1/x")
        return Call(fence: fence, effect: effect, deadline: .seconds(2))
    }

    @Test func twoWritersInOneTermAreSeen() {
        var complaints: [Complaint] = []
        var oracle = OneWriter()
        let gained = Record.leaseGained(Epoch(term: 3, start: 1), by: "controller-1")
        oracle.recorded(gained, Story(), self.scene(), &complaints)
        oracle.recorded(.killed(true, by: "operator"), Story(), self.scene(1), &complaints)
        #expect(complaints.isEmpty)
        oracle.recorded(.paged("x"), Story(), self.scene(1), &complaints)
        oracle.recorded(gained, Story(), self.scene(), &complaints)
        let old = Fence(epoch: Epoch(term: 2, start: 9), key: "e1/x")
        oracle.recorded(.intent(old, .claimEdge("us-east-1")), Story(), self.scene(), &complaints)
        #expect(complaints.map(\.rule) == [.s01, .s01, .s01])
    }

    @Test func aCallWithTooLittleLeaseLeftIsSeen() {
        var complaints: [Complaint] = []
        let call = self.call(.claimEdge("us-east-1"))
        LeaseLeft().sent(call, life: 0, Story(), self.scene(left: 2001), &complaints)
        #expect(complaints.isEmpty)
        LeaseLeft().sent(call, life: 0, Story(), self.scene(left: 2000), &complaints)
        LeaseLeft().sent(call, life: 0, Story(), self.scene(1), &complaints)
        #expect(complaints.map(\.rule) == [.s14, .s14])
    }

    @Test func twoSendersInOneTermAreSeen() {
        var complaints: [Complaint] = []
        var oracle = OneSenderPerTerm()
        let landing = Landing(outcome: .done, changed: true)
        for actor in [0, 1] {
            oracle.landed(self.call(.claimEdge("us-east-1")), landing, self.scene(actor), &complaints)
        }
        #expect(complaints.map(\.rule) == [.s14])
    }

    @Test func aFirstEffectBeforeEveryClaimIsSeen() {
        var complaints: [Complaint] = []
        var oracle = ClaimsFirst()
        oracle.sent(self.call(.claimEdge("us-east-1")), life: 0, Story(), self.scene(), &complaints)
        #expect(complaints.isEmpty)
        oracle.sent(self.call(.unfreeze("us-east-1")), life: 0, Story(), self.scene(), &complaints)
        #expect(complaints.map(\.rule) == [.s14])
    }

    @Test func twoLeasesWithoutALeaderAreSeen() {
        var complaints: [Complaint] = []
        var oracle = LeaderSoon()
        for now: Int64 in [1000, 20_000, 21_000] {
            oracle.passed(Story(), self.scene(now: now, leader: now == 1000 ? 0 : nil), &complaints)
        }
        #expect(complaints.isEmpty)
        oracle.passed(Story(), self.scene(now: 21_001, leader: nil), &complaints)
        #expect(complaints.map(\.rule) == [.l04])
    }

    @Test func aCallLongAfterTheKillSwitchIsSeen() {
        var complaints: [Complaint] = []
        var oracle = KillReaches()
        oracle.recorded(.killed(true, by: "operator"), Story(), self.scene(now: 1000), &complaints)
        for now: Int64 in [2000, 2001] {
            oracle.sent(self.call(.claimEdge("us-east-1")), life: 0, Story(), self.scene(now: now), &complaints)
        }
        #expect(complaints.map(\.rule) == [.l05])
    }
}
