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
        let leftOut = self.missedEnds(on) + self.heldSpans(on)
        guard on.scenario.crowd == nil, result.isLate || on.chronicle.calledHomeAt != nil || !leftOut.isEmpty else {
            return result
        }
        // Until the first later fault, and until a person was told to bring users home, the rule stands as it is.
        let until = min(self.laterFault(on) ?? .max, on.chronicle.calledHomeAt ?? .max)
        result.violations.removeAll { $0.rule == .s44 }
        let failed = self.failures(on.world.tally, before: until, without: leftOut)
        let failedOff = self.failures(off.world.tally, before: until, without: leftOut)
        let judgedAt = min(until, on.scenario.length.milliseconds)
        if let violation = self.harm(failed, failedOff, on.world.tally.total, at: .milliseconds(judgedAt)) {
            result.violations.append(violation)
        }
        return result
    }

    /// The seconds, by the run's clock, that S44 leaves out: a region recovered less than 3 s after its users were moved.
    private static func missedEnds(_ on: Simulation) -> [Range<Int>] {
        on.scenario.faults.compactMap { timed in
            guard timed.fault.lasts, timed.fault.touchesUsers, let end = timed.end?.milliseconds,
                on.chronicle.isMissed(end, of: timed.fault)
            else { return nil }
            let span = on.chronicle.wayHome(from: end)
            return Int(span.lowerBound / 1000)..<Int(span.upperBound / 1000)
        }
    }

    /// The seconds for which a person held users where they are: what fails meanwhile is that person's word.
    private static func heldSpans(_ on: Simulation) -> [Range<Int>] {
        let length = on.scenario.length.milliseconds
        return on.chronicle.holds.map { Int($0.from / 1000)..<Int(max($0.from, $0.to ?? length) / 1000) }
    }

    private static func failures(_ tally: Tally, before time: Int64, without spans: [Range<Int>]) -> Double {
        let last = Int(time / 1000)
        // Two that overlap are one.
        let seconds = SortedMap(spans.flatMap { $0.map { ($0, true) } }).keys.filter { $0 < last }
        return seconds.reduce(tally.failed(before: last)) {
            $0 - (tally.failed(before: $1 + 1) - tally.failed(before: $1))
        }
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
