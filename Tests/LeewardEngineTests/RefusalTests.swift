import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardSafety
import Testing

/// Every "no" has a rule and a reason with numbers; people pass the same physical rules as automation.
@Suite struct RefusalTests {
    @Test func theLastHealthyRegionIsNeverEmptied() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-west-2"] = .down
        run.world.fault["eu-west-1"] = .down
        run.pass(seconds: 30)
        guard case .refused(let reasons)? = run.say(.evacuate("us-east-1", planHash: nil)) else {
            Issue.record("the last healthy region was emptied")
            return
        }
        #expect(reasons.joined().contains("S03"))
        #expect(run.world.applied.isEmpty)
    }

    @Test func anUnknownRegionIsRefusedByName() {
        var run = Run()
        run.pass(seconds: 30)
        guard case .refused(let reasons)? = run.say(.evacuate("us-east-9", planHash: nil)) else {
            Issue.record("a typo was accepted")
            return
        }
        #expect(reasons.joined().contains("us-east-9"))
    }

    @Test func onlyOneIsActiveAndTheOtherIsToldWhich() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        guard case .refused(let reasons)? = run.say(.evacuate("eu-west-1", planHash: nil)) else {
            Issue.record("two at once")
            return
        }
        #expect(reasons.joined().contains("e1 is active"))
    }

    @Test func aPlanThatHasChangedIsNotTheOneThatWasAgreedTo() {
        var run = Run()
        run.pass(seconds: 30)
        guard case .refused(let reasons)? = run.say(.evacuate("us-east-1", planHash: "000000000000")) else {
            Issue.record("another plan was carried out")
            return
        }
        #expect(reasons.joined().contains("S35"))
    }

    @Test func thePinnedGeographyKeepsAutomationAway() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.pin("us-east", true))
        run.world.fault["us-east-1"] = .down
        run.pass(seconds: 60)
        #expect(run.controller.state.evacuation == nil)
        #expect(run.notices.contains { $0.level == .page && $0.text.contains("S30") })
    }

    @Test func theKillSwitchStopsEveryNewEffectAtOnce() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        _ = run.until(60) { ($0.controller.state.evacuation?.points ?? 0) >= 500 }
        run.say(.kill(true))
        let before = run.world.applied
        run.pass(seconds: 60)
        #expect(run.world.applied == before)
        run.say(.kill(false))
        #expect(run.until(200) { $0.phase == .evacuated })
    }

    @Test func missingMetricsAreNoDipAndStartNothing() {
        var run = Run()
        run.pass(seconds: 30)
        for _ in 0..<600 {
            run.world.pass()
            for input in run.world.reports() { run.feed(input) }
            run.feed(
                .signalsArrived(SignalReport(readAt: run.world.wall, live: [], baseline: [], problem: "no answer"))
            )
        }
        #expect(run.controller.state.evacuation == nil)
        #expect(run.controller.status(at: run.world.now).verdict == .unknown)
    }

    @Test func aDrillIsRolledBackWhenItsSaviorFallsSick() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        _ = run.until(60) { ($0.controller.state.evacuation?.points ?? 0) >= 1000 }
        run.world.fault["eu-west-1"] = .brownout
        #expect(run.until(30) { $0.last?.phase == .rolledBack })
        #expect(run.world.marker == nil)
        #expect(run.notices.contains { $0.level == .page && $0.text.contains("S08") })
        // The savior is the sick one now, and its own users are what needs help.
        #expect(run.until(30) { $0.controller.state.evacuation?.evacuee == "eu-west-1" })
    }

    /// A problem that follows the traffic, late enough that the rung was proven before it showed.
    @Test func whatASaviorGotGoesHomeWhenThatSaviorFallsSickToo() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        _ = run.until(60) { $0.controller.state.evacuation?.points == 10_000 }
        run.pass(seconds: 12)
        run.world.fault["eu-west-1"] = .down
        let isHome = run.until(60) { $0.world.edges["eu-west-1"]?.shares["us-east"] == ShareVector(all: "us-east-1") }
        #expect(isHome, "\(run.notices.map(\.text))")
        #expect(run.phase == .held)
        #expect(run.notices.contains { $0.level == .page && $0.text.contains("S41") })
        // The other savior works: nobody who is served there goes back to a dead region (S03), and nobody else comes.
        #expect(run.world.edges["us-west-2"]?.shares["south-america"] == ShareVector(all: "us-west-2"))
        run.pass(seconds: 60)
        #expect(run.world.edges["eu-west-1"]?.shares["us-east"] == ShareVector(all: "us-east-1"), "two are sick (S19)")
        // Once it is well without its guests they go where there is room, and not to it again.
        run.world.fault["eu-west-1"] = .healthy
        let isSaved = run.until(120) { $0.world.edges["eu-west-1"]?.shares["us-east"] == ShareVector(all: "us-west-2") }
        #expect(isSaved, "\(run.notices.map(\.text))")
        #expect(run.controller.state.evacuation?.leftOut?.keys == ["eu-west-1"])
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 25)
        run.say(.rollback)
        #expect(run.until(200) { $0.last?.phase == .rolledBack }, "\(run.replies) \(run.notices.map(\.text))")
        run.pass(seconds: 2)
        #expect(run.isAsBefore)
        #expect(run.world.violations.isEmpty)
    }

    @Test func whenEverySaviorFallsSickEverythingGoesHomeAndAPersonEndsIt() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        _ = run.until(60) { $0.controller.state.evacuation?.points == 10_000 }
        run.pass(seconds: 12)
        run.world.fault["eu-west-1"] = .brownout
        run.world.fault["us-west-2"] = .brownout
        let isHome = run.until(60) { $0.world.edges["eu-west-1"]?.shares == $0.world.fleet.homeShares }
        #expect(isHome, "\(run.notices.map(\.text))")
        run.world.fault["eu-west-1"] = .healthy
        run.world.fault["us-west-2"] = .healthy
        run.pass(seconds: 30)
        guard case .refused(let reasons)? = run.say(.resume) else {
            Issue.record("went on without a savior")
            return
        }
        #expect(reasons.joined().contains("S41"))
        #expect(run.controller.state.shares == run.world.fleet.homeShares)
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 25)
        run.say(.rollback)
        #expect(run.until(60) { $0.last?.phase == .rolledBack }, "\(run.replies)")
        run.pass(seconds: 2)
        #expect(run.isAsBefore)
    }

    @Test func failbackWaitsUntilTheProbesHaveBeenGoodForLongEnough() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        _ = run.until(250) { $0.phase == .evacuated }
        guard case .refused(let sick)? = run.say(.failback) else {
            Issue.record("users were sent back to a dead region")
            return
        }
        #expect(sick.joined().contains("S25"))
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 5)
        guard case .refused? = run.say(.failback) else {
            Issue.record("five good seconds were enough")
            return
        }
        guard case .refused(let rollback)? = run.say(.rollback) else { return }
        #expect(rollback.joined().contains("S03") || run.phase == .evacuated)
    }

    @Test func anotherAutomaticEvacuationIsBlockedUntilSomebodyAcknowledges() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        _ = run.until(250) { $0.phase == .evacuated }
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 25)
        run.say(.failback)
        _ = run.until(300) { $0.last != nil }
        run.pass(seconds: 40)
        run.world.fault["us-east-1"] = .down
        run.pass(seconds: 250)
        #expect(run.phase == .held)
        #expect(run.notices.contains { $0.level == .page && $0.text.contains("S24") })
    }

    @Test func aFreezeThatSomebodyLiftsIsPutBack() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.evacuate("us-east-1", planHash: nil))
        _ = run.until(200) { $0.phase == .evacuated }
        run.world.providers["us-west-2"]?.isFrozen = false
        run.pass(seconds: 30)
        #expect(run.world.providers["us-west-2"]?.isFrozen == true)
    }

    @Test func policyMayAskAPersonFirst() {
        var run = Run(TestFleet.make(evacuation: .approve))
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        #expect(run.until(250) { $0.phase == .proposed })
        run.pass(seconds: 30)
        #expect(run.world.marker == nil)
        run.say(.approve("e1", planHash: nil))
        #expect(run.until(60) { $0.phase == .evacuated })
    }

    @Test func timesOfAnEarlierBootNeverShortenAWindow() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        _ = run.until(250) { $0.phase == .evacuated }
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 25)
        run.say(.failback)
        _ = run.until(300) { $0.last != nil }
        run.crash(newBoot: true)
        #expect(run.last?.endedAt == run.world.now)
    }

    @Test func aNeedThatNobodyKnowsIsSaidAndRefused() {
        let fleet = TestFleet.make()
        let findings = ShareGates.findings(
            ShareContext(
                before: fleet.homeShares,
                after: fleet.homeShares,
                fleet: fleet,
                health: [:],
                arrivals: [:],
                capacity: [
                    .init(cluster: ClusterID("eu-west-1", "play"), predicted: .infinity, ready: 3, needed: Int.max / 2)
                ],
                isReturn: true
            )
        )
        #expect(
            findings.refusals.contains { $0.contains("eu-west-1/play has 3 ready, and what it will need is not known") }
        )
    }

    @Test func aHomeThatSendsNobodyMayBeUnknown() {
        let fleet = TestFleet.make()
        let loads = CapacityPlanner.loads(
            under: fleet.homeShares,
            regions: ["eu-west-1"],
            fleet: fleet,
            arrivals: ["europe": 100, "us-east": 100],
            mix: { home, _ in home == "eu-west-1" ? 1 : .infinity },
            ready: { _ in 3 }
        )
        #expect(loads.map(\.needed) == [2, 2])
    }
}
