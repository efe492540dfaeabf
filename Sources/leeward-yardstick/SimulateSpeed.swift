import Foundation
import LeewardEngine
import LeewardModel
import LeewardSimulation

/// `simulate-speed FILE [SERVICES...]`: whole simulated evacuations per second of one core, each with a seed of its own.
///
/// A run is the scenario of the file with that many services, oracles included, from its start until the region is
/// evacuated; first at the file's own paces, then at those of simulated fleet-years.
enum SimulateSpeed {
    /// Evacuations per second and core at 50 services.
    private static let goal = 300.0
    /// Sizes of a small fleet, of the goal, and of a large one.
    private static let sizes = [2, 10, 50, 1_000]
    /// Seconds of processor time for each size; what takes longer runs once.
    private static let least = 2.0

    /// Prints one line for each size; ends the program where a number is none or a run does not get there.
    static func run(_ words: [String]) throws {
        guard let file = words.first, let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            self.end(2, "a readable scenario file comes first, as in: simulate-speed Scenarios/SC01.scenario 50")
        }
        let scenario = try Scenario(text: text)
        let words = Array(words.dropFirst())
        let asked = words.map { Int($0) ?? 0 }
        if let wrong = zip(words, asked).first(where: { $0.1 < 1 }) {
            self.end(
                2,
                "\"\(wrong.0)\" is no number of services; give whole numbers from 1 on, as in: simulate-speed \(file) 2 50"
            )
        }
        for services in asked.isEmpty ? self.sizes : asked {
            self.measure(scenario, services)
            self.measure(scenario, services, .fleetYears, ", looking twice in five seconds as fleet-years do")
        }
    }

    /// At the scenario's own paces, or at others that are named.
    private static func measure(_ scenario: Scenario, _ services: Int, _ paces: Paces? = nil, _ named: String = "") {
        var scenario = scenario
        scenario.world = .threeRegions(services: services)
        if let paces { scenario.paces = paces }
        let start = self.processorSeconds
        var (count, steps) = (0, 0)
        repeat {
            var run = Simulation(scenario, seed: UInt64(count))
            while !run.isOver, run.phase != .evacuated { run.pass() }
            guard run.phase == .evacuated else {
                let run = "seed \(count) with \(services) services\(named)"
                self.end(1, "\(run) was not evacuated within \(scenario.length)")
            }
            count += 1
            steps += run.steps
        } while self.processorSeconds - start < self.least
        let rate = Double(count) / (self.processorSeconds - start)
        print(
            "services \(services)\(named): \(self.rounded(rate)) evacuations per second and core, "
                + "\(steps / count) engine steps each, \(self.rounded(rate / self.goal * 100)) % of the goal of "
                + "\(Int(self.goal)) at 50 services"
        )
    }

    /// Of this process, which has one thread: what else runs on the machine does not count.
    private static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    private static func rounded(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func end(_ code: Int32, _ text: String) -> Never {
        FileHandle.standardError.write(Data("leeward-yardstick: \(text)\n".utf8))
        exit(code)
    }
}
