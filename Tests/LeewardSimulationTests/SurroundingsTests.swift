import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// What breaks around the fleet: networks, lists, clocks, disks, the parent zone.
@Suite struct SurroundingsTests {
    private let east = 1

    private func world(_ faults: Fault..., seconds: Int64 = 30) -> World {
        var world = World(.threeRegions(), seed: 3)
        world.keepsListings = true
        for fault in faults { world.begin(fault) }
        for second in 1...seconds { world.advance(to: second * 1000) }
        return world
    }

    private func report(_ world: inout World) throws -> CapacityReport {
        let report = world.capacityReport(self.east)
        return try #require(report)
    }

    @Test func aPathThatIsCutStopsProbesAndProxiedUsersOfOneRegionOnly() {
        let world = self.world(.path(from: "eu-west-1", to: "us-east-1"))
        #expect(world.names.regions == ["eu-west-1", "us-east-1", "us-west-2"])
        #expect(world.edges[0].probes[self.east].good == 0 && world.edges[0].probes[self.east].attempts > 100)
        #expect(world.edges[2].probes[self.east].good > 100 && world.edges[self.east].probes[0].good > 100)
        #expect(world.tally.failed < world.tally.total * 0.001, "users at home do not notice")
    }

    @Test func batchJobsTakeRoomAndLookLikeWork() {
        let world = self.world(.batch("us-east-1", 7000))
        #expect(world.goodPart[self.east] < 0.9 && world.goodPart[0] > 0.999)
        let capacity = Double(world.providers[self.east].serving[0]) * world.instanceCapacity[0]
        #expect(world.load[self.east * 2] > capacity * 0.7)
    }

    @Test func aLateListShowsWhatWasThereWhenItFellBehindAndThenWhatWasThereSoLongAgo() throws {
        var world = self.world()
        let before = try self.report(&world)
        world.begin(.listing("us-east-1", .late(.seconds(60))))
        let fence = Fence(epoch: Epoch(1), key: "k")
        #expect(world.land(.freeze("us-east-1", floors: [:]), fence).outcome == .done)
        for second in 31...120 {
            world.advance(to: Int64(second) * 1000)
            let report = try self.report(&world)
            #expect(report.isFrozen == (second >= 91), "\(second)")
            #expect(report.sequence > before.sequence)
        }
    }

    @Test func listsAreEmptyCutShortOrDoubled() throws {
        var world = self.world()
        let whole = try self.report(&world).instances
        world.begin(.listing("us-east-1", .twice))
        #expect(try self.report(&world).instances.count == 2 * whole.count)
        world.end(.listing("us-east-1", .twice))
        world.begin(.listing("us-east-1", .cutShort))
        let cut = try self.report(&world)
        #expect(!cut.isComplete && cut.instances.count < whole.count)
        world.end(.listing("us-east-1", .cutShort))
        world.begin(.listing("us-east-1", .empty))
        let empty = try self.report(&world)
        #expect(empty.isComplete && empty.instances.isEmpty)
    }

    @Test func withoutTheDelegationUsersVanishAsTheirAddressesExpireAndComeBackAfterwards() {
        var world = self.world(.delegationGone, seconds: 60)
        let entering = world.entering.reduce(0, +)
        #expect(entering < 4 * 0.2 && entering > 0, "only who ignores the TTL is left")
        world.end(.delegationGone)
        world.advance(to: 80_000)
        #expect(world.entering.reduce(0, +) > 4 * 0.9)
    }

    @Test func aStoreWithAWrongClockStampsEverythingWithIt() {
        let right = self.world().signals()
        let wrong = self.world(.telemetry(.clock(-3_600_000), nil)).signals()
        #expect(right.readAt - wrong.readAt == .hours(1))
        #expect(zip(right.live, wrong.live).allSatisfy { $0.time - $1.time == .hours(1) && $0.value == $1.value })
    }

    @Test func aSourceThatIsMissingTakesItsPartOfTheBuckets() throws {
        let world = self.world(.telemetry(.part(4000), "us-east-1"))
        let live = world.signals().live.filter { $0.signal == .served }
        let east = try #require(live.last { $0.region == "us-east-1" })
        let whole = try #require(self.world().signals().live.last { $0.signal == .served && $0.region == "us-east-1" })
        #expect(abs(east.value - whole.value * 0.4) < 1)
    }

    @Test func whatTheJournalRefusesIsNotDone() throws {
        var scenario = try ScenarioFiles.scenario("SC01")
        scenario.faults.append(TimedFault(.journalRefuses, at: .seconds(35), lasts: .minutes(3)))
        var run = Simulation(scenario, seed: 1)
        while run.now < 200_000 { run.pass() }
        #expect(run.recordCount == 2, "the start and the verdict from before; what followed could not be written")
        #expect(run.calls.isEmpty && run.phase == nil)
        run.run()
        #expect(run.phase == .evacuated && run.violations.isEmpty)
    }
}
