import LeewardEngine
import LeewardModel
import Testing

/// Whole runs against the small world: each is a scenario of the design, and each is cut and resumed in InterruptionTests.
@Suite struct EvacuationTests {
    @Test func aDeadRegionIsRelievedThenEvacuatedAndComesBackExactly() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        #expect(run.until(20) { $0.controller.state.evacuation?.points == 10_000 }, "\(run.notices.map(\.text))")
        #expect(run.world.edges["us-east-1"]?.shares["us-east"] == ShareVector(all: "eu-west-1"))
        #expect(run.world.edges["us-east-1"]?.shares["south-america"] == ShareVector(all: "us-west-2"))
        #expect(run.world.marker == nil, "relief leaves DNS alone")
        #expect(
            run.until(220) { $0.phase == .evacuated },
            "\(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        #expect(run.world.records["us-east.lab.test"] == [TestFleet.address("eu-west-1")])
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 30)
        #expect(run.phase == .evacuated, "nobody sends users back unasked")
        run.say(.failback)
        #expect(
            run.until(300) { $0.last?.phase == .done },
            "\(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        run.pass(seconds: 2)
        #expect(run.isAsBefore)
        #expect(run.world.violations.isEmpty, "\(run.world.violations)")
        #expect(Set(run.world.applied).count == run.world.applied.count, "no effect lands twice")
    }

    @Test func aBlipEndsInRelief() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        run.pass(seconds: 43)
        run.world.fault["us-east-1"] = .healthy
        #expect(
            run.until(120) { $0.last?.phase == .done },
            "\(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        run.pass(seconds: 2)
        #expect(run.isAsBefore)
        #expect(run.world.marker == nil, "no DNS change")
        #expect(run.last?.wasRelief == true)
    }

    @Test func aDrillMovesGentlyOutAndBackWithoutAFailedRequest() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        #expect(
            run.until(200) { $0.phase == .evacuated },
            "\(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        run.pass(seconds: 5)
        run.say(.failback)
        #expect(
            run.until(200) { $0.last?.phase == .done },
            "\(run.replies) \(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        run.pass(seconds: 2)
        #expect(run.world.failed == 0)
        #expect(run.isAsBefore)
        let rungs = run.journal.compactMap { entry -> Int? in
            if case .rung(_, let points, _, _, _) = entry.record { points } else { nil }
        }
        #expect(rungs.first == 100 && rungs.contains(10_000) && rungs.last == 0)
    }

    @Test(arguments: [World.Fault.brownout, .hang])
    func aSickRegionIsRelievedAlsoWhenItStillAnswers(_ fault: World.Fault) {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = fault
        #expect(
            run.until(40) { $0.controller.state.evacuation?.points == 10_000 },
            "\(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting)) \(run.controller.status(at: run.world.now).regions)"
        )
    }

    @Test func whenAllRegionsBreakNothingMovesAndAPersonIsCalled() {
        var run = Run()
        run.pass(seconds: 30)
        for region in TestFleet.regions { run.world.fault[region] = .down }
        run.pass(seconds: 120)
        #expect(run.controller.state.evacuation == nil)
        #expect(run.world.applied.isEmpty)
        #expect(run.controller.status(at: run.world.now).verdict == .global)
        #expect(run.notices.contains { $0.level == .page })
    }

    @Test func aDeadEdgeIsLeftByDNSAlone() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.edges["us-east-1"]?.isUp = false
        #expect(
            run.until(120) { $0.world.records["us-east.lab.test"] == [TestFleet.address("eu-west-1")] },
            "\(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        #expect(
            run.until(60) { $0.phase == .evacuated },
            "\(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        run.world.edges["us-east-1"]?.isUp = true
        run.pass(seconds: 25)
        run.say(.failback)
        #expect(
            run.until(300) { $0.last?.phase == .done },
            "\(run.replies) \(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        #expect(run.isAsBefore)
    }

    @Test func withoutStockTrafficMovesOnlyAsFarAsReadyInstancesCarry() {
        var run = Run(shadow: 0)
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        run.pass(seconds: 60)
        let points = run.controller.state.evacuation?.points ?? 0
        #expect(points > 0 && points < 10_000)
        #expect(run.world.providers["eu-west-1"]?.instances.contains { $0.state == .starting } == true)
        #expect(
            run.until(120) { $0.controller.state.evacuation?.points == 10_000 },
            "\(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
    }

    @Test func lostAnswersAreReadBackAndNothingLandsTwice() {
        var run = Run()
        run.losesAnswers = true
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        #expect(run.until(300) { $0.phase == .evacuated }, "\(run.notices.map(\.text))")
        #expect(Set(run.world.applied).count == run.world.applied.count)
        #expect(run.world.failed == 0)
    }

    /// A canary of 1 % alone would need a minute for 300 requests; the probes of three vantages make it ten seconds.
    @Test func theProbesOfEveryVantageCountForARegionThatComesBack() throws {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        _ = run.until(250) { $0.phase == .evacuated }
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 30)
        run.say(.failback)
        _ = run.until(300) { $0.last?.phase == .done }
        let canary = try #require(
            run.journal.first { if case .rung(_, 9900, _, _, _) = $0.record { true } else { false } }
        )
        let proof = try #require(
            run.journal.first {
                if case .proven(_, 9900, _) = $0.record { $0.sequence > canary.sequence } else { false }
            }
        )
        #expect(proof.at - canary.at <= .seconds(10), "\(proof.at - canary.at)")
    }

    @Test func scaleDownIsGivenBackAsSoonAsASilentProviderAnswersAgain() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        _ = run.until(200) { $0.phase == .evacuated }
        run.say(.failback)
        _ = run.until(200) { $0.controller.state.evacuation?.isWithdrawing == true }
        run.world.providers["us-east-1"]?.isUp = false
        #expect(run.until(60) { $0.last?.phase == .done }, "nobody waits for a silent provider (S23)")
        run.pass(seconds: 5)
        #expect(run.world.providers["us-east-1"]?.isFrozen == true)
        #expect(run.controller.status(at: run.world.now).waiting?.contains("us-east-1 is still frozen") == true)
        run.crash()
        run.world.providers["us-east-1"]?.isUp = true
        run.pass(seconds: 5)
        #expect(run.isAsBefore)
        #expect(run.controller.state.frozen.isEmpty)
        #expect(run.controller.status(at: run.world.now).waiting == nil)
    }

    @Test func anEdgeThatComesBackWithOldSharesGetsTheNewestOnes() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        _ = run.until(200) { $0.phase == .evacuated }
        let old = run.world.edges["eu-west-1"]
        run.say(.failback)
        _ = run.until(200) { $0.last?.phase == .done }
        run.world.edges["eu-west-1"]?.accepted =
            old?.accepted ?? SnapshotMark(generation: Generation(0), epoch: Epoch(0), key: "")
        run.world.edges["eu-west-1"]?.shares = old?.shares ?? [:]
        #expect(!run.isAsBefore)
        run.pass(seconds: 5)
        #expect(run.isAsBefore)
    }

    @Test func aReceiverThatRefusesAtRestIsPagedOnceAndNotAskedForEver() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        _ = run.until(200) { $0.phase == .evacuated }
        run.say(.failback)
        _ = run.until(200) { $0.last?.phase == .done }
        let newest = run.controller.state.generation.value
        run.world.edges["eu-west-1"]?.accepted.generation = Generation(newest - 1)
        run.world.edges["eu-west-1"]?.refuses = true
        run.pass(seconds: 120)
        let pages = run.notices.filter { $0.level == .page && $0.text.contains("S28") }
        #expect(pages.count == 1, "\(pages.map(\.text))")
        #expect(run.world.refusals == run.world.fleet.limits.maxAttempts)
    }
}
