import Foundation
import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// Tells one random run in full: `LEEWARD_SIM_SEED=19,34 swift test --filter LeewardSimulationTests.ReplayTests`.
///
/// With `LEEWARD_SIM_PEOPLE=1` there are people in it, with `LEEWARD_SIM_FLEETS=1` it has a fleet of its own.
@Suite struct ReplayTests {
    static let withPeople = ProcessInfo.processInfo.environment["LEEWARD_SIM_PEOPLE"] == "1"

    static let withFleets = ProcessInfo.processInfo.environment["LEEWARD_SIM_FLEETS"] == "1"

    private static func world(_ seed: UInt64) -> Scenario {
        Self.withPeople
            ? .people(seed: seed, drawsFleet: Self.withFleets) : .random(seed: seed, drawsFleet: Self.withFleets)
    }

    static let seeds = (ProcessInfo.processInfo.environment["LEEWARD_SIM_SEED"] ?? "")
        .split(separator: ",").compactMap { UInt64($0) }

    @Test(.enabled(if: !seeds.isEmpty), arguments: seeds) func aSeedIsToldInFull(_ seed: UInt64) {
        let scenario = Self.world(seed)
        var run = Simulation(scenario, seed: seed)
        run.run()
        let result = Runner.result(of: run)
        var lines = ["=== seed \(seed): \(result.phase?.rawValue ?? "-"), stock \(scenario.world.stock)"]
        lines += scenario.faults.map { "fault \($0.at) for \($0.lasts?.description ?? "ever"): \($0.fault)" }
        lines += scenario.commands.map { "command \($0.at) by \($0.by): \($0.command)" }
        lines += scenario.hands.map { "hand \($0.at) by \($0.by): \($0.verb)" }
        lines.append("cut \(String(describing: scenario.cut))")
        lines += run.told
        lines.append("waits: \(run.waiting ?? "-")")
        lines += Self.harm(of: run)
        lines += result.violations.flatMap { [$0.description] + $0.records.map { "    \($0)" } }
        print(lines.joined(separator: "\n"))
        #expect(result.traceHash == Runner.run(scenario, seed: seed).traceHash)
    }

    /// Where S44 is lost: failed requests of every ten seconds with the controller and without, where they differ.
    private static func harm(of on: Simulation) -> [String] {
        var off = Simulation(on.scenario, seed: on.seed, isControlled: false)
        off.run()
        var lines: [String] = []
        var sum = 0.0
        for second in stride(from: 0, to: Int(on.scenario.length.seconds), by: 10) {
            let span = { (tally: Tally) in tally.failed(before: second + 10) - tally.failed(before: second) }
            let (with, without) = (span(on.world.tally), span(off.world.tally))
            sum += with - without
            guard abs(with - without) >= 10 else { continue }
            lines.append("\(second) s: \(Int(with)) failed, \(Int(without)) without; \(Int(sum)) more so far")
        }
        return lines
    }

    /// `LEEWARD_SIM_WORD=network,wall-clock` leaves out of a hunt what has none of these words in its text.
    static let words = (ProcessInfo.processInfo.environment["LEEWARD_SIM_WORD"] ?? "").split(separator: ",")

    /// `LEEWARD_SIM_HUNT=200-1200` plays these seeds and prints each that breaks a rule.
    static let hunt = (ProcessInfo.processInfo.environment["LEEWARD_SIM_HUNT"] ?? "")
        .split(separator: "-").compactMap { UInt64($0) }

    @Test(.enabled(if: hunt.count == 2)) func manySeedsAreHunted() async {
        let half = (Self.hunt[0] + Self.hunt[1]) / 2
        async let first = Self.broken(Self.hunt[0]..<half)
        async let second = Self.broken(half..<Self.hunt[1])
        let lines = await first + second
        print("hunted \(Self.hunt[1] - Self.hunt[0]) seeds, \(lines.count) broken")
    }

    private static func broken(_ seeds: Range<UInt64>) async -> [String] {
        seeds.compactMap { seed in
            let scenario = Self.world(seed)
            guard Self.words.isEmpty || Self.words.contains(where: { scenario.text.contains($0) }) else { return nil }
            var run = Simulation(scenario, seed: seed)
            run.run()
            let result = Runner.result(of: run)
            guard !result.violations.isEmpty else { return nil }
            let line = "seed \(seed): \(result.violations.map(\.description)) waits: \(run.waiting ?? "-")"
            // A long hunt that is stopped has told what it found.
            print(line)
            return line
        }
    }
}
