public import LeewardEngine
import LeewardModel

/// What came of one scenario under one seed, with the controller and without.
public struct RunResult: Hashable, Sendable {
    public var scenario: String
    public var seed: UInt64
    public var violations: [Violation]
    /// Expectations that did not come true and forbidden things that happened.
    public var unmet: [String]
    /// Failed user requests with and without a controller, and all of them.
    public var failedOn: Double
    public var failedOff: Double
    public var total: Double
    /// From the first fault until the evacuee served no more than the residual; nil: never.
    public var secondsToResidual: Double?
    /// Where the run ended: the active evacuation's phase, or the last end, or nil where nothing was ever opened.
    public var phase: Phase?
    /// Equal for two runs exactly when every record, call and answer was the same at the same time.
    public var traceHash: String
    public var records: Int
    /// True where a fault that hurts users began after users were last moved away: S44 then holds over many seeds only.
    public var isLate: Bool
}

/// Runs scenarios.
public enum Runner {
    /// Part of all requests that S44 forgives.
    public static let epsilon = 0.0001

    /// Runs a scenario twice, with the controller and without, and holds S44 against the two.
    public static func run(_ scenario: Scenario, seed: UInt64) -> RunResult {
        var on = Simulation(scenario, seed: seed)
        on.run()
        return self.result(of: on)
    }

    /// Judges a run that is over, and makes the one without a controller that it is held against.
    public static func result(of on: Simulation) -> RunResult {
        var off = Simulation(on.scenario, seed: on.seed, isControlled: false)
        off.run()
        var result = self.result(of: on, failedOff: off.world.tally.failed)
        let chronicle = on.chronicle
        guard on.scenario.crowd == nil,
            result.isLate || chronicle.calledHomeAt != nil || !chronicle.holds.isEmpty
        else { return result }
        // Until the first later fault, and until a person was told to bring users home, the rule stands as it is; who holds users
        // where they are answers for as long as they are held.
        let length = on.scenario.length.milliseconds
        let until = min(self.laterFault(on) ?? length, chronicle.calledHomeAt ?? length)
        result.violations.removeAll { $0.rule == .s44 }
        var spans: [(Int64, Int64)] = [(0, until)]
        for hold in chronicle.holds where hold.from < until {
            spans.append((min(until, hold.to ?? until), until))
            spans[spans.count - 2].1 = hold.from
        }
        let count = { (tally: Tally) in
            spans.reduce(0) { $0 + tally.failed(before: Int($1.1 / 1000)) - tally.failed(before: Int($1.0 / 1000)) }
        }
        let tally = on.world.tally
        if let violation = self.harm(count(tally), count(off.world.tally), tally.total, at: .milliseconds(until)) {
            result.violations.append(violation)
        }
        return result
    }

    /// When the first fault began that users notice and that came after the last move outwards.
    private static func laterFault(_ on: Simulation) -> Int64? {
        on.scenario.faults.filter { $0.fault.touchesUsers && on.chronicle.isLate($0.at.milliseconds) }
            .map(\.at.milliseconds).min()
    }

    private static func harm(_ failed: Double, _ failedOff: Double, _ total: Double, at time: Span) -> Violation? {
        guard failed - failedOff - self.epsilon * total > 0 else { return nil }
        return Violation(
            rule: .s44,
            at: time,
            detail: "\(Int(failed)) requests failed with the controller, \(Int(failedOff)) without, of \(Int(total))",
            records: []
        )
    }

    /// Failed requests of the same world without a controller.
    public static func failuresWithoutController(_ scenario: Scenario, seed: UInt64) -> Double {
        var off = Simulation(scenario, seed: seed, isControlled: false)
        off.run()
        return off.world.tally.failed
    }

    /// Judges a run that is over.
    public static func result(of on: Simulation, failedOff: Double) -> RunResult {
        let scenario = on.scenario
        let tally = on.world.tally
        let isLate = self.laterFault(on) != nil
        var violations = on.oracles.violations
        // What people do knowingly within the rules is theirs.
        let harm =
            isLate || scenario.crowd != nil
            ? nil : self.harm(tally.failed, failedOff, tally.total, at: scenario.length)
        if let harm { violations.append(harm) }
        if let difference = self.wallClockDifference(on) { violations.append(difference) }
        return RunResult(
            scenario: scenario.name,
            seed: on.seed,
            violations: violations,
            unmet: on.chronicle.unmet(scenario, failedOn: tally.failed, failedOff: failedOff),
            failedOn: tally.failed,
            failedOff: failedOff,
            total: tally.total,
            secondsToResidual: on.chronicle.residualAt.map { Double($0) / 1000 },
            phase: on.oracles.story.active == nil ? on.chronicle.lastEnding : on.oracles.story.phase,
            traceHash: on.chronicle.trace.hash.short,
            records: on.recordCount,
            isLate: isLate
        )
    }
}
