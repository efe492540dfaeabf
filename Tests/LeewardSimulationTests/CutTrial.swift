import LeewardEngine
import LeewardModel

@testable import LeewardSimulation

/// One scenario, its uncut run, and everything that a cut of it is held against.
struct CutTrial {
    static let seed: UInt64 = 1

    let scenario: Scenario
    private let whole: RunResult
    private let end: End
    /// Every output that writes, with every moment at which a process can die with it.
    let cuts: [Cut]

    /// What must be the same.
    private struct End: Hashable {
        var phase: Phase?
        var shares: ShareTable?
        var entries: SortedMap<GeographyID, [RegionID]>?

        init(_ run: Simulation, _ result: RunResult) {
            self.phase = result.phase
            self.shares = run.processes[0].controller?.state.shares
            self.entries = run.processes[0].controller?.state.entries
        }
    }

    init(_ scenario: Scenario) {
        self.scenario = scenario
        var run = Simulation(scenario, seed: Self.seed)
        run.run()
        self.whole = Runner.result(
            of: run,
            failedOff: Runner.failuresWithoutController(scenario, seed: Self.seed)
        )
        self.end = End(run, self.whole)
        self.cuts = run.batches.flatMap { batch in
            batch.moments.map { Cut(records: batch.records, moment: $0) }
        }
    }

    /// So many cuts, evenly spread; `shift` makes files begin at different places, so that all moments come up.
    func spread(_ count: Int, shift: Int) -> [Cut] {
        guard self.cuts.count > count else { return self.cuts }
        let step = self.cuts.count / count
        return (0..<count).map { self.cuts[($0 * step + shift * 7 % step) % self.cuts.count] }
    }

    /// What went otherwise than without the cut, as sentences; a rollback is as good as the same end.
    func problems(of cut: Cut) -> [String] {
        var scenario = self.scenario
        scenario.cut = cut
        var run = Simulation(scenario, seed: Self.seed)
        run.run()
        var result = Runner.result(of: run, failedOff: self.whole.failedOff)
        if result.violations.contains(where: { $0.rule == .s44 }) {
            // Held against the moment at which people were told to bring users home.
            result = Runner.result(of: run)
        }
        var problems = result.violations.map(\.description)
        let end = End(run, result)
        if run.deaths == 0 { problems.append("nobody died") }
        if !self.isAsGood(end) {
            problems.append(
                "ends \(Self.text(end.phase)) instead of \(Self.text(self.end.phase))"
                    + (end.shares == self.end.shares ? "" : ", with other shares")
                    + (end.entries == self.end.entries ? "" : ", with other entries")
            )
        }
        return problems
    }

    /// What is held rests where it was when it was stopped, which is another moment after a cut; to come further than the
    /// uncut run is no failure, since calls that are throttled by luck have other luck.
    private func isAsGood(_ end: End) -> Bool {
        if end == self.end || end.phase == .rolledBack { return true }
        // A command that was lost with its answer may be refused when it is said again: then everything is as it was before.
        if end.phase == .done, end.shares == self.scenario.world.fleet.homeShares { return true }
        return self.end.phase == .held && (end.phase == .held || end.phase == .evacuated || end.phase == .done)
    }

    private static func text(_ phase: Phase?) -> String { phase?.rawValue ?? "with nothing opened" }

    static func text(_ cut: Cut) -> String { "cut after \(cut.records) records \(cut.moment.words)" }
}
