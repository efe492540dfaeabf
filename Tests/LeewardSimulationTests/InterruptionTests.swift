import Foundation
import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// The controller is cut after every record and every call of every scenario; it must end where the uncut one does, or
/// rolled back, with no rule broken: S13 counts that every effect lands at most once.
///
/// `make cuts` (LEEWARD_ALL_CUTS=1) plays all of them, LEEWARD_ALL_CUTS=NAME all of one file; the ordinary run plays a few
/// of each file, evenly spread.
@Suite struct InterruptionTests {
    private static let asked = ProcessInfo.processInfo.environment["LEEWARD_ALL_CUTS"]
    static let playsAll = Self.asked != nil
    /// Cuts of each file in the ordinary run, and the longest file that it plays.
    private static let few = 3
    private static let long = Span.minutes(30)

    /// Files with one controller that do not cut it themselves; short ones first, so that a long run tells something early.
    static let names: [String] = ScenarioFiles.names.filter { name in
        let scenario = Scenario.file(name)
        if let asked = Self.asked, asked != "1", asked != name { return false }
        return scenario.cut == nil && scenario.world.controllers == 1 && (Self.playsAll || scenario.length <= Self.long)
    }.sorted { (Scenario.file($0).length, $0) < (Scenario.file($1).length, $1) }

    @Test(arguments: names) func aCutAnywhereEndsTheSameWayOrRolledBack(_ name: String) throws {
        let trial = CutTrial(try ScenarioFiles.scenario(name))
        let cuts =
            Self.playsAll ? trial.cuts : trial.spread(Self.few, shift: ScenarioFiles.names.firstIndex(of: name) ?? 0)
        #expect(!trial.cuts.isEmpty)
        var failures = 0
        for cut in cuts {
            let problems = trial.problems(of: cut)
            #expect(problems == [], "\(name) \(CutTrial.text(cut))")
            failures += problems.isEmpty ? 0 : 1
        }
        if Self.playsAll { print("\(name): \(cuts.count) cuts, \(failures) failed") }
    }

    /// The golden path is always cut everywhere.
    @Test func everyCutOfTheGoldenPathEndsTheSameWayOrRolledBack() {
        let trial = CutTrial(.sc01)
        for cut in trial.cuts { #expect(trial.problems(of: cut) == [], "\(CutTrial.text(cut))") }
        let partial = trial.cuts.count { if case .afterSome = $0.moment { true } else { false } }
        #expect(partial > 0, "no output of the golden path sends two calls: partial batches are not tried")
    }

    @Test func aControllerThatDiesAgainAndAgainStillLeaves() {
        var scenario = Scenario.sc01
        scenario.cut = Cut(records: 5, moment: .afterCalls, restartAfter: .seconds(2), again: 20)
        let result = Runner.run(scenario, seed: 7)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
        #expect(result.failedOn < result.failedOff / 2)
    }

    @Test func onlyTheFirstCallsOfACutOutputLeave() throws {
        var whole = Simulation(.sc01, seed: 7)
        whole.run()
        let batch = try #require(whole.batches.first { $0.calls > 1 })
        let sent = (0...batch.calls).map { calls in
            var scenario = Scenario.sc01
            let moment: Cut.Moment = calls == 0 ? .beforeCalls : .afterSome(calls: calls)
            scenario.cut = Cut(records: batch.records, moment: moment, restartAfter: .seconds(60))
            var run = Simulation(scenario, seed: 7)
            while run.deaths == 0, !run.isOver { run.pass() }
            return run.calls.count
        }
        #expect(sent == (0...batch.calls).map { sent[0] + $0 })
    }
}
