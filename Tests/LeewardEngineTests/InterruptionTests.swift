import Foundation
import LeewardEngine
import LeewardModel
import Testing

/// Cuts a run after its records, with the calls of that moment lost or landed, and resumes from the journal alone: every
/// cut must end where the uncut run ends (S12, S13, L03, L06).
@Suite struct InterruptionTests {
    @Test(arguments: [false, true])
    func aDrillCutAfterAnyRecordEndsAsIfItHadNotBeenCut(_ afterEffects: Bool) {
        let records = self.drill(dyingAt: nil).journal.count
        #expect(records > 60)
        for cut in stride(from: afterEffects ? 2 : 3, through: records, by: Self.step(9)) {
            let run = self.drill(dyingAt: (cut, afterEffects))
            #expect(run.deaths == 1, "cut at \(cut)")
            #expect(run.last?.phase == .done, "cut at \(cut): \(run.notices.suffix(5).map(\.text))")
            let isAsBefore = run.isAsBefore
            #expect(isAsBefore, "cut at \(cut)")
            #expect(run.world.failed == 0, "cut at \(cut) failed \(run.world.failed) requests")
            #expect(run.world.violations.isEmpty, "cut at \(cut): \(run.world.violations)")
            #expect(Set(run.world.applied).count == run.world.applied.count, "cut at \(cut)")
        }
    }

    @Test(arguments: [false, true])
    func anEvacuationOfADeadRegionSurvivesACutAfterAnyRecord(_ afterEffects: Bool) {
        let records = self.outage(dyingAt: nil).journal.count
        for cut in stride(from: 2, through: records, by: Self.step(20)) {
            let run = self.outage(dyingAt: (cut, afterEffects))
            #expect(run.last?.phase == .done, "cut at \(cut): \(run.notices.suffix(5).map(\.text))")
            let isAsBefore = run.isAsBefore
            #expect(isAsBefore, "cut at \(cut)")
            #expect(run.world.violations.isEmpty, "cut at \(cut): \(run.world.violations)")
        }
    }

    /// Every so many records, so that the pure rooms are tested in seconds; `LEEWARD_EVERY_CUT=1` cuts after each.
    private static func step(_ usual: Int) -> Int {
        ProcessInfo.processInfo.environment["LEEWARD_EVERY_CUT"] == nil ? usual : 1
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
        let run = self.drill(dyingAt: nil)
        let again = Controller(fleet: run.world.fleet, journal: run.journal, boot: run.boot, at: run.world.now)
        #expect(again.state == run.controller.state)
    }

    @Test func theSameInputsGiveTheSameJournal() {
        #expect(self.outage(dyingAt: nil).journal == self.outage(dyingAt: nil).journal)
    }

    private func drill(dyingAt death: (Int, Bool)?) -> Run {
        var run = Run()
        run.pass(seconds: 25)
        run.diesAt = death.map { (records: $0.0, afterEffects: $0.1) }
        run.say(.evacuate("us-east-1", planHash: nil))
        _ = run.until(240) { $0.phase == .evacuated }
        run.pass(seconds: 1)
        for _ in 0..<40 where run.phase == .evacuated {
            run.say(.failback)
            run.pass(seconds: 1)
        }
        _ = run.until(240) { $0.last != nil }
        run.pass(seconds: 2)
        return run
    }

    private func outage(dyingAt death: (Int, Bool)?) -> Run {
        var run = Run()
        run.pass(seconds: 25)
        run.diesAt = death.map { (records: $0.0, afterEffects: $0.1) }
        run.world.fault["us-east-1"] = .down
        _ = run.until(300) { $0.phase == .evacuated }
        run.world.fault["us-east-1"] = .healthy
        run.pass(seconds: 25)
        for _ in 0..<40 where run.phase == .evacuated {
            run.say(.failback)
            run.pass(seconds: 1)
        }
        _ = run.until(300) { $0.last != nil }
        run.pass(seconds: 2)
        return run
    }
}
