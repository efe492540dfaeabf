import LeewardDetection
import LeewardModel
import Testing

/// One region's trouble, or everybody's.
@Suite struct DipArbiterTests {
    static let noise = [1, 0.99, 1.01, 1.004, 0.996, 1.002, 0.991]

    /// Three regions of different size, an arbiter that looks every minute, and no season.
    struct World {
        var watches: SortedMap<RegionID, SeriesWatch> = [:]
        var arbiter = DipArbiter()
        var minute = 28_000_000
        static let calm: World = {
            var world = World()
            world.play(24 * 60)
            return world
        }()

        /// Plays minutes, numbered from 1, and says what the arbiter said in which of them.
        @discardableResult
        mutating func play(
            _ minutes: Int,
            blind: [RegionID] = [],
            _ factors: (Int) -> [RegionID: Double] = { _ in [:] }
        ) -> [String] {
            var said: [String] = []
            for number in 1...minutes {
                let left = factors(number)
                for (region, usual) in Stage.usual where !blind.contains(region) {
                    let noise = DipArbiterTests.noise[(self.minute * 5 + Int(usual)) % 7]
                    self.watches[region, default: SeriesWatch(bucket: .minutes(1))].add(
                        time: self.minute * 60,
                        rate: usual * noise * (left[region] ?? 1),
                        isLive: true
                    )
                }
                for event in self.arbiter.step(self.watches, now: self.minute * 60 + 60) {
                    switch event {
                    case .regional(let region): said.append("\(number) \(region)")
                    case .global(let regions): said.append("\(number) \(regions.map(\.text).joined(separator: "+"))")
                    }
                }
                self.minute += 1
            }
            return said
        }
    }

    @Test func oneOfThreeThatDipsIsRegionalAndSaidOnce() {
        var world = World.calm
        #expect(world.play(60) { _ in [east: 0.6] } == ["3 us-east-1"])
        #expect(!world.arbiter.isGlobal)
        #expect(world.play(30).isEmpty)
        #expect(world.play(10) { _ in [europe: 0.5] } == ["3 eu-west-1"], "another one, another time")
    }

    @Test func theSameRegionMaySickenAgain() {
        var world = World.calm
        world.play(20) { _ in [east: 0.6] }
        world.play(30)
        #expect(world.play(20) { _ in [east: 0.6] } == ["3 us-east-1"])
    }

    @Test(arguments: [0.15, 0.3, 0.5, 0.8]) func aGlobalIncidentThatIsStaggeredAndUnevenIsGlobal(depth: Double) {
        for (first, second) in [(0.7, 1.3), (1.3, 0.7), (1, 1)] {
            var world = World.calm
            let said = world.play(40) { number in
                let early = 1 - min(0.95, depth * first)
                let late = number > 1 ? 1 - min(0.95, depth * second) : 1
                return [east: early, europe: late, west: late]
            }
            #expect(said.count == 1)
            #expect(said.allSatisfy { $0.contains("+") }, "\(said)")
            #expect(world.arbiter.isGlobal)
        }
    }

    @Test func twoOfThreeAreMoreThanOne() {
        var world = World.calm
        #expect(world.play(20) { _ in [east: 0.6, west: 0.7] } == ["3 us-east-1+us-west-2"])
    }

    @Test func noRegionIsCalledRegionalUntilTenCalmMinutesAfterAGlobalIncident() {
        var world = World.calm
        world.play(20) { _ in [east: 0.5, europe: 0.5, west: 0.5] }
        world.play(8)
        #expect(world.arbiter.isGlobal)
        #expect(world.play(8) { _ in [east: 0.5] }.isEmpty, "too early after it")
        world.play(8)
        #expect(world.arbiter.isGlobal, "ten minutes from the last sign, not from the first")
        world.play(10)
        #expect(!world.arbiter.isGlobal)
        #expect(world.play(8) { _ in [east: 0.5] } == ["3 us-east-1"])
    }

    @Test func aGlobalIncidentThatOneRegionLeavesLateStaysGlobal() {
        var world = World.calm
        let said = world.play(60) { number in
            [east: 0.5, europe: number < 20 ? 0.5 : 1, west: number < 20 ? 0.5 : 1]
        }
        #expect(said == ["3 eu-west-1+us-east-1+us-west-2"])
    }

    @Test func blindToAllOthersItSaysNothingAndSaysItWhenTheyAreSeenAgain() {
        var world = World.calm
        #expect(world.play(10, blind: [europe, west]) { _ in [east: 0.5] }.isEmpty)
        #expect(world.play(5) { _ in [east: 0.5] } == ["1 us-east-1"])
    }

    @Test func whoIsSeenAgainWithTheSameDipMakesItGlobal() {
        var world = World.calm
        #expect(world.play(10, blind: [europe, west]) { _ in [east: 0.5] }.isEmpty)
        #expect(world.play(5) { _ in [east: 0.5, europe: 0.5, west: 0.5] } == ["1 eu-west-1+us-east-1+us-west-2"])
    }

    @Test func aRegionAloneInTheWorldIsNeverCalledRegional() {
        var world = World.calm
        world.watches[europe] = nil
        world.watches[west] = nil
        #expect(world.play(30, blind: [europe, west]) { _ in [east: 0.2] }.isEmpty)
    }
}
