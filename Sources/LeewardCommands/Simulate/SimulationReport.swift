import ArgumentParser
import Foundation
import LeewardEngine
import LeewardModel
import LeewardSimulation

/// Tells runs one after another: a line each, and everything about those that went wrong.
final class SimulationReport {
    /// What all runs come to.
    struct Sum {
        var runs = 0
        var broken = 0
        var unmet = 0
        /// Runs that S44 alone says nothing about.
        var late = 0
        var failedOn = 0.0
        var failedOff = 0.0
        var total = 0.0
    }

    private let isQuiet: Bool
    private let format: OutputFormat
    private let surroundings = Surroundings.current
    private var shrinks: Int

    /// - Parameter shrinks: How many broken scenarios are made smaller.
    init(isQuiet: Bool, format: OutputFormat, shrinks: Int) {
        self.isQuiet = isQuiet
        self.format = format
        self.shrinks = shrinks
    }

    /// For people: on stdout, or on stderr where stdout is for programs.
    func say(_ line: String) {
        if self.format == .json { self.surroundings.err(line) } else { self.surroundings.out(line) }
    }

    func tell(_ job: SimulationJob, _ result: RunResult, _ sum: inout Sum) {
        sum.runs += 1
        sum.late += result.isLate ? 1 : 0
        sum.failedOn += result.failedOn
        sum.failedOff += result.failedOff
        sum.total += result.total
        let isBroken = !result.violations.isEmpty
        if isBroken { sum.broken += 1 } else if !result.unmet.isEmpty { sum.unmet += 1 }
        if self.format == .json {
            self.surroundings.out(SimulationLine(result, kind: job.kind).text)
        } else if !self.isQuiet || isBroken || !result.unmet.isEmpty {
            self.surroundings.out(Self.line(result))
        }
        guard isBroken || !result.unmet.isEmpty else { return }
        for line in self.details(job, result) { self.say("  " + line) }
    }

    func end(_ sum: Sum) {
        let spared = sum.failedOff > 0 ? Int((1 - sum.failedOn / sum.failedOff) * 100) : 0
        self.say(
            "\(sum.runs) runs: \(sum.broken) broke a rule, \(sum.unmet) did not meet an expectation; of "
                + "\(Int(sum.total)) requests \(Int(sum.failedOn)) failed with the controller, \(Int(sum.failedOff)) "
                + "without (\(spared) % spared); \(sum.late) too late for S44 alone"
        )
    }

    private static func line(_ result: RunResult) -> String {
        let state = result.violations.isEmpty ? (result.unmet.isEmpty ? "ok" : "NOT AS EXPECTED") : "BROKEN"
        let residual = result.secondsToResidual.map { ", residual after \($0) s" } ?? ""
        return
            "\(result.scenario) seed \(result.seed): \(state), \(result.phase?.rawValue ?? "nothing opened")\(residual), "
            + "failed \(Int(result.failedOn)) with and \(Int(result.failedOff)) without of \(Int(result.total)), "
            + "trace \(result.traceHash)"
    }

    // MARK: - What went wrong

    private func details(_ job: SimulationJob, _ result: RunResult) -> [String] {
        var lines = result.unmet
        for violation in result.violations {
            lines.append("\(violation.rule.rawValue) at \(violation.at): \(violation.detail)")
        }
        if let first = result.violations.first, !first.records.isEmpty {
            lines.append("last records before the first:")
            lines += first.records.map { "  " + ($0.count > 240 ? $0.prefix(240) + "..." : $0) }
        }
        let build = "version \(LeewardCommand.configuration.version), \(SourceCommit.current.text)"
        lines.append("play it again: \(job.command) (\(build))")
        guard let rule = result.violations.first?.rule, self.shrinks > 0 else { return lines }
        self.shrinks -= 1
        let whole = job.scenario
        let small = Shrinker.shrink(whole, seed: job.seed, rule: rule)
        lines.append(
            "\(rule.rawValue) still breaks with \(small.faults.count) of \(whole.faults.count) faults and "
                + "\(small.commands.count) of \(whole.commands.count) commands; as a file, with --seed \(job.seed):"
        )
        return lines + small.text.split(separator: "\n").map { "  " + $0 }
    }
}

/// A run for programs: one object on one line.
struct SimulationLine: Encodable {
    private struct Broken: Encodable {
        var rule: String
        /// Seconds after the start of the run.
        var at: Double
        var detail: String
    }

    private enum Key: String, CodingKey {
        case seed, scenario, violations, unmet, failedOn, failedOff, total, secondsToResidual, phase, traceHash, records
        case isLate, kind, commit
    }

    private let result: RunResult

    private let kind: String

    /// - Parameter kind: As `SimulationJob.kind` says it.
    init(_ result: RunResult, kind: String) {
        self.result = result
        self.kind = kind
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.result.seed, forKey: .seed)
        try container.encode(self.result.scenario, forKey: .scenario)
        try container.encode(
            self.result.violations.map { Broken(rule: $0.rule.rawValue, at: $0.at.seconds, detail: $0.detail) },
            forKey: .violations
        )
        try container.encode(self.result.unmet, forKey: .unmet)
        try container.encode(self.result.failedOn, forKey: .failedOn)
        try container.encode(self.result.failedOff, forKey: .failedOff)
        try container.encode(self.result.total, forKey: .total)
        // Null and not missing: "never" is an answer.
        try container.encode(self.result.secondsToResidual, forKey: .secondsToResidual)
        try container.encode(self.result.phase?.rawValue, forKey: .phase)
        try container.encode(self.result.traceHash, forKey: .traceHash)
        try container.encode(self.result.records, forKey: .records)
        try container.encode(self.result.isLate, forKey: .isLate)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(SourceCommit.current.name, forKey: .commit)
    }

    /// Sorted keys, so that the same run is the same text.
    ///
    /// What can not be written says so, on a line of its own that is still an object.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch {
            return "{\"seed\":\(self.result.seed),\"problem\":\"the run can not be written as JSON\"}"
        }
    }
}
