import Foundation
import LeewardEngine
import LeewardModel
import Testing

/// Cuts a run after its records, with the calls of that moment lost or landed, and resumes from the journal alone: every
/// cut must end where the uncut run ends (S12, S13, L03, L06).
@Suite struct InterruptionTests {
    @Test(arguments: Scenario.allCases, [false, true])
    func aRunThatIsCutAfterAnyRecordEndsAsIfItHadNotBeenCut(_ scenario: Scenario, _ afterEffects: Bool) {
        let whole = scenario.run(dyingAt: nil)
        let isWholeAsBefore = whole.isAsBefore
        #expect(whole.last?.phase == scenario.ending && isWholeAsBefore, "\(whole.notices.map(\.text))")
        for cut in stride(from: afterEffects ? 2 : 3, through: whole.journal.count, by: Self.step(whole)) {
            let run = scenario.run(dyingAt: (cut, afterEffects))
            #expect(run.deaths == 1, "cut at \(cut)")
            #expect(
                run.last?.phase == scenario.ending,
                "cut at \(cut): \(run.notices.suffix(5).map(\.text)) \(run.controller.status(at: run.world.now).waiting ?? "")"
            )
            let isAsBefore = run.isAsBefore
            #expect(isAsBefore, "cut at \(cut)")
            if scenario.isHarmless { #expect(run.world.failed == 0, "cut at \(cut)") }
            #expect(run.world.violations.isEmpty, "cut at \(cut): \(run.world.violations)")
            #expect(Set(run.world.applied).count == run.world.applied.count, "cut at \(cut)")
        }
    }

    /// Two cuts of each run, so that the pure rooms are tested in seconds; `LEEWARD_EVERY_CUT=1` cuts after each record.
    private static func step(_ whole: Run) -> Int {
        ProcessInfo.processInfo.environment["LEEWARD_EVERY_CUT"] == nil ? max(1, whole.journal.count / 2) : 1
    }

    /// With every controller dead the world stays as it is, for ever (S17).
    @Test func withoutAControllerNothingChanges() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        _ = run.until(60) { ($0.controller.state.evacuation?.points ?? 0) == 10_000 }
        let edges = run.world.edges.mapValues(\.shares)
        for _ in 0..<5000 { run.world.pass() }
        #expect(run.world.edges.mapValues(\.shares) == edges)
    }

    @Test func aReplayOfTheJournalGivesTheSameState() {
        let run = Scenario.drill.run(dyingAt: nil)
        let again = Controller(fleet: run.world.fleet, journal: run.journal, boot: run.boot, at: run.world.now)
        #expect(again.state == run.controller.state)
    }

    @Test func theSameInputsGiveTheSameJournal() {
        #expect(Scenario.outage.run(dyingAt: nil).journal == Scenario.outage.run(dyingAt: nil).journal)
    }
}
