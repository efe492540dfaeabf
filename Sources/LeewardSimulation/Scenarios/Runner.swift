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
        return self.result(of: on, failedOff: self.failuresWithoutController(scenario, seed: seed))
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
        let lastChange = on.chronicle.lastOutward
        let isLate =
            lastChange.map { last in
                scenario.faults.contains { $0.fault.touchesUsers && $0.at.milliseconds > last }
            } ?? false
        var violations = on.oracles.violations
        let excess = tally.failed - failedOff - Self.epsilon * tally.total
        if excess > 0, !isLate {
            violations.append(
                Violation(
                    rule: .s44,
                    at: scenario.length,
                    detail: "\(Int(tally.failed)) requests failed with the controller, \(Int(failedOff)) without, "
                        + "of \(Int(tally.total))",
                    records: []
                )
            )
        }
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
