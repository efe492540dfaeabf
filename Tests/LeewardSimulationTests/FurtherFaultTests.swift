import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// One bad service, the controller's own network, calls that vanish, clocks on walls.
@Suite struct FurtherFaultTests {
    private let europe = 0
    private let east = 1

    private func world(_ faults: Fault..., seconds: Int64 = 30) -> World {
        var world = World(.threeRegions(), seed: 3)
        for fault in faults { world.begin(fault) }
        for second in 1...seconds { world.advance(to: second * 1000) }
        return world
    }

    @Test func aServiceThatFailsInOneRegionLeavesTheOthersAsTheyAre() throws {
        let world = self.world(.serviceRate("play", "us-east-1", 0))
        let (browse, play) = (0, try #require(world.names.serviceIndex["play"]))
        let counts = world.edges[self.east].served
        #expect(counts[play].failed > 1000 && counts[play].good < counts[play].failed / 100)
        #expect(counts[browse].failed < counts[browse].good / 100)
        #expect(abs(world.goodPart[self.east] - world.mix[browse]) < 0.01 && world.goodPart[self.europe] > 0.999)
        #expect(abs(world.promised(self.east) - world.mix[browse]) < 1e-9)
    }

    @Test func aServiceFailsInEveryRegionAndTheWorseOfTwoFaultsCounts() {
        let world = self.world(.serviceRate("play", nil, 5000), .successRate("us-east-1", 2000))
        #expect(abs(world.promised(self.europe) - (1 - world.mix[1] / 2)) < 1e-9)
        #expect(world.promised(self.east) == 0.2)
    }

    @Test func aCutNetworkSilencesAgentAndProviderAndNoUserNotices() {
        var world = self.world(.network("us-east-1"))
        for region in 0..<3 {
            let (edge, capacity) = (world.edgeReport(region), world.capacityReport(region))
            #expect((edge == nil) == (region == self.east) && (capacity == nil) == (region == self.east))
        }
        #expect(world.tally.failed < world.tally.total * 0.001)
        #expect(world.edges[self.europe].probes[self.east].good > 100)
        world.end(.network("us-east-1"))
        let report = world.edgeReport(self.east)
        #expect(report != nil)
    }

    @Test func aSwallowedCallNeverLandsAndEndsAtItsDeadlineWithoutAnAnswer() throws {
        let faults = [GuardTrial.at(35, .calls(.edge(GuardTrial.europe), .swallowed))]
        var run = Simulation(GuardTrial.outage(faults, length: 120), seed: 7)
        run.run()
        let sent = run.calls.filter { $0.call.effect.region == GuardTrial.europe && $0.fault == .swallowed }
        #expect(sent.count > 1)
        #expect(run.world.edges[self.europe].epoch == Epoch(0), "nothing has arrived")
        let keys = sent.map(\.call.fence.key)
        let outcomes = run.journal.compactMap { entry in
            if case .outcome(let key, let outcome) = entry.record, keys.contains(key) { outcome } else { nil }
        }
        #expect(!outcomes.isEmpty)
        #expect(outcomes.allSatisfy { if case .unknown = $0 { true } else { false } })
    }

    @Test func clocksOnWallsJumpInTheJournalAndNowhereElse() throws {
        for scenario in GuardTrial.wallClocks {
            var run = Simulation(scenario, seed: 7)
            run.run()
            guard case .controllerWall(_, let jump) = try #require(scenario.faults.last).fault else { continue }
            let offs = zip(run.journal, run.disk.times).map { entry, time in
                (entry.wall - scenario.world.startsAt).milliseconds - time
            }
            #expect(Set(offs) == [0, jump], "\(Set(offs))")
            #expect(run.phase == .evacuated)
            let difference = Runner.wallClockDifference(run)
            #expect(difference == nil, "\(difference?.detail ?? "")")
        }
    }

    /// Seed 238: a jump between two ticks; seed 32555: buckets that are no numbers, in the evidence of a verdict.
    @Test(arguments: [UInt64(238), 32_555]) func whatElseIsOddInAWorldIsNotTheWallsDoing(_ seed: UInt64) {
        let scenario = Scenario.random(seed: seed)
        #expect(scenario.faults.contains { if case .controllerWall = $0.fault { true } else { false } })
        var run = Simulation(scenario, seed: seed)
        run.run()
        let difference = Runner.wallClockDifference(run)
        #expect(difference == nil, "\(difference?.detail ?? "")")
    }

    @Test func aShellThatReadsTheWallIsSeenAtEveryJump() throws {
        for scenario in GuardTrial.wallClocks {
            let run = GuardTrial.run(scenario, without: ["S26.monotonic"])
            let difference = try #require(Runner.wallClockDifference(run), "\(scenario.faults)")
            #expect(difference.rule == .s26 && difference.at >= .seconds(55), "\(difference)")
        }
    }

    @Test func jumpsAddUpAndEndByThemselves() {
        var clock = MachineClock(startsAt: 0)
        clock.jump(by: 3_600_000)
        clock.jump(by: -1000)
        #expect(clock.wallOff == 3_599_000 && clock.read(at: 5).milliseconds == 5)
        clock.jump(by: -3_600_000)
        #expect(clock.wallOff == -1000)
    }

    @Test func theirWordsAreCheckedLikeAllOthers() {
        let head = "scenario x\nlength 5m\nat 1s "
        let said = [
            "region us-east-1 serves 0% of pla", "region us-east-1 serves 0% off play", "network us-east-1 cutt",
            "controller wall-clok 1h ahead", "controller 2 wall-clock 1h ahead", "calls to zone swalowed",
        ].map { line -> String in
            do throws(ScenarioProblems) {
                _ = try Scenario(text: head + line)
                return ""
            } catch { return error.all.map(\.description).joined() }
        }
        let expected = [
            "'play'", "'of'", "cut", "'wall-clock'", "there is no controller 2; the world has 1", "'swallowed'",
        ]
        for (text, part) in zip(said, expected) {
            #expect(text.hasPrefix("line 3: ") && text.contains(part), "\(text)")
        }
    }

    @Test func aRegionThatRecoversHasItsServicesAndItsNetworkBack() throws {
        let text = """
            scenario x
            length 5m
            at 10s region us-east-1 serves 0% of play
            at 20s network us-east-1 cut
            at 60s region us-east-1 recovers
            """
        let scenario = try Scenario(text: text)
        #expect(scenario.faults.map(\.lasts) == [.seconds(50), .seconds(40)])
    }
}
