import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

@Suite struct WorldTests {
    @Test func onACalmDayAlmostNobodyFails() {
        var world = World(.threeRegions(), seed: 3)
        for second in 1...120 { world.advance(to: Int64(second) * 1000) }
        #expect(world.tally.total > 100_000)
        #expect(world.tally.failed < world.tally.total * 0.0002)
    }

    @Test func anInstanceThatIsAddedIsCountedAsARecountWould() {
        var provider = ProviderState(region: 0, services: 2)
        provider.add(0, to: .live, readyAt: nil)
        provider.add(1, to: .shadow, readyAt: nil)
        provider.add(1, to: .live, readyAt: 900)
        provider.add(0, to: .live, readyAt: 700)
        let (serving, next) = (provider.serving, provider.nextBoot)
        provider.changed()
        #expect(serving == [1, 0] && provider.serving == serving)
        #expect(next == 700 && provider.nextBoot == next)
    }

    @Test func whoLooksLessOftenThanEverySecondReadsTheMetricToo() throws {
        var scenario = try ScenarioFiles.scenario("SC01")
        scenario.paces = .fleetYears
        var run = Simulation(scenario, seed: 1)
        while !run.isOver, run.phase != .evacuated { run.pass() }
        #expect(run.phase == .evacuated && run.violations.isEmpty)
    }

    @Test func whatExceedsTheInstancesFails() {
        var world = World(.threeRegions(), seed: 3)
        world.begin(.capacity("us-east-1", 1000))
        for second in 1...60 { world.advance(to: Int64(second) * 1000) }
        let index = world.names.regionIndex["us-east-1"] ?? 0
        #expect(world.goodPart[index] > 0.05 && world.goodPart[index] < 0.5)
    }

    @Test func clientsLeaveAnAddressAsTheirKindKeepsIt() {
        var shape = WorldShape.threeRegions()
        shape.zoneServers = 1
        var world = World(shape, seed: 3)
        world.advance(to: 10_000)
        let here = world.fleet.entryAddresses(["eu-west-1"])
        let there = world.fleet.entryAddresses(["us-west-2"])
        let change = ZoneChange(
            oldMarker: nil,
            newGeneration: Generation(1),
            sets: ["europe.sim.test": RecordChange(old: here, new: there)],
            ttl: .seconds(5)
        )
        let landing = world.land(.updateZone(change), Fence(epoch: Epoch(1), key: "k"))
        #expect(landing.outcome == .done && landing.changed)
        let europe = (world.names.geographyIndex["europe"] ?? 0) * 3
        #expect(world.entering[europe] > 0.99)
        world.advance(to: 20_000)
        #expect(world.entering[europe] > 0.03 && world.entering[europe] < 0.15, "stretched and ignored TTLs are left")
        world.advance(to: 8_000_000)
        #expect(world.entering[europe] < 0.001)
    }

    @Test func theSameKeyAgainChangesNothing() {
        var world = World(.threeRegions(), seed: 3)
        let fence = Fence(epoch: Epoch(1), key: "k")
        let effect = Effect.start(ClusterID("us-east-1", "play"), count: 2)
        #expect(world.land(effect, fence).changed)
        let again = world.land(effect, fence)
        #expect(again.outcome == .done && !again.changed)
        let low = world.land(effect, Fence(epoch: Epoch(0), key: "l"))
        #expect(!low.changed && low.outcome != .done, "a lower epoch is shut out")
    }

    @Test func luckIsTheSameWithAndWithoutAController() throws {
        let scenario = try ScenarioFiles.scenario("SC03b")
        var with = Simulation(scenario, seed: 5)
        with.run()
        var without = Simulation(scenario, seed: 5, isControlled: false)
        without.run()
        #expect(abs(with.world.tally.total - without.world.tally.total) < 0.5)
        #expect(abs(with.world.tally.failed - without.world.tally.failed) < 0.5)
    }

    @Test func eventsComeInTheOrderOfTheirTimes() {
        var queue = EventQueue<Int>()
        for (index, time) in [5, 3, 9, 3, 1].enumerated() { queue.put(index, at: Int64(time)) }
        var order: [Int] = []
        while let (_, event) = queue.take(by: 100) { order.append(event) }
        #expect(order == [4, 1, 3, 0, 2])
    }
}
