import LeewardEngine
import LeewardModel
import Testing

/// A problem that is already where the users would go, or that comes along with them (S41).
@Suite struct SignatureTests {
    @Test func aSaviorThatFailsInTheSameServiceKeepsAutomationAway() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.broken = ["us-east-1": ["play": 1], "eu-west-1": ["play": 0.15]]
        run.pass(seconds: 60)
        #expect(run.controller.status(at: run.world.now).verdict == .regional("us-east-1"))
        #expect(run.controller.state.evacuation == nil)
        let pages = run.notices.filter { $0.level == .page && $0.text.contains("(S41)") }
        #expect(pages.count == 1, "\(run.notices.map(\.text))")
        #expect(pages.first?.text.contains("eu-west-1 fails as us-east-1 does: play") == true)
    }

    @Test func aSaviorWithATroubleOfItsOwnIsNoReasonToStay() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.broken = ["us-east-1": ["play": 1], "eu-west-1": ["browse": 0.15]]
        #expect(run.until(60) { $0.controller.state.evacuation != nil }, "\(run.notices.map(\.text))")
    }

    @Test func aRegionThatFailsInEverythingHasNoSignature() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        run.world.broken = ["eu-west-1": ["play": 0.15]]
        #expect(run.until(60) { $0.controller.state.evacuation != nil }, "\(run.notices.map(\.text))")
    }

    @Test func theLadderWaitsWhileASaviorBeginsToFailAlikeAndGoesOnAfterwards() {
        var run = Self.canary()
        run.world.broken["eu-west-1"] = ["play": 0.3]
        let isTold = run.until(20) { $0.notices.contains { $0.level == .page && $0.text.contains("(S41)") } }
        #expect(
            isTold,
            "\(run.notices.map(\.text)) \(String(describing: run.controller.status(at: run.world.now).waiting))"
        )
        let points = run.controller.state.evacuation?.points
        run.pass(seconds: 3)
        #expect(run.controller.state.evacuation?.points == points)
        #expect(run.controller.status(at: run.world.now).waiting?.contains("(S41)") == true)
        run.world.broken["eu-west-1"] = nil
        #expect(run.until(60) { $0.controller.state.evacuation?.points == 10_000 }, "\(run.notices.map(\.text))")
    }

    @Test func aSaviorThatGoesOnFailingAlikeHoldsTheEvacuation() {
        var run = Self.canary()
        run.world.broken["eu-west-1"] = ["play": 0.3]
        #expect(run.until(120) { $0.phase == .held }, "\(run.notices.map(\.text))")
        #expect(run.controller.state.evacuation?.heldBecause?.contains("(S41)") == true)
        #expect((run.controller.state.evacuation?.points ?? 0) < 10_000)
    }

    /// A tenth of the evacuee's users have left, and its signature is on record.
    private static func canary() -> Run {
        var run = Run()
        run.pass(seconds: 30)
        run.world.broken = ["us-east-1": ["play": 0.9]]
        _ = run.until(60) { ($0.controller.state.evacuation?.points ?? 0) >= 1000 }
        return run
    }

    @Test func whatAutomationBeganOnStandsInTheJournalInOrderOfWeight() {
        let run = Self.canary()
        let evidence = run.controller.state.evacuation?.evidence ?? []
        #expect(evidence.count == 3)
        #expect(evidence == evidence.byWeight)
        #expect(evidence.filter { $0.weight > 0 }.map(\.kind).sorted() == [.business, .server])
        let verdicts = run.journal.compactMap { entry -> SortedMap<RegionID, [Evidence]>? in
            if case .verdict(.regional, _, _, let evidence) = entry.record { evidence } else { nil }
        }
        #expect(verdicts.first?.keys == ["us-east-1"])
        #expect(verdicts.first?["us-east-1"]?.count == 3)
    }
}
