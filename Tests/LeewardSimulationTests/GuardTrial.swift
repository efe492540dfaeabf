import LeewardModel
import Testing

@testable import LeewardEngine
@testable import LeewardSimulation

/// One guard, the rule that must break without it, and worlds in which it does.
struct GuardTrial: CustomTestStringConvertible, Sendable {
    var name: String
    var rule: RuleID
    /// Guards behind which this one stands: they are off in both runs, and alone their absence breaks nothing.
    var behind: [String] = []
    var scenarios: [Scenario]
    var testDescription: String { self.name }

    init(_ name: String, _ rule: RuleID, behind: [String] = [], _ scenarios: [Scenario]) {
        self.name = name
        self.rule = rule
        self.behind = behind
        self.scenarios = scenarios
    }

    /// What came of it: the first scenario that kills, or nothing.
    struct Kill: Sendable {
        var scenario: Int
        var violation: Violation
    }

    static let seed: UInt64 = 7

    /// Violations of the rule with all guards but those that this one stands behind.
    func withGuard(_ scenario: Scenario) -> [Violation] { self.violations(scenario, without: self.behind) }

    func kill() -> Kill? {
        for (index, scenario) in self.scenarios.enumerated() {
            let found = self.violations(scenario, without: self.behind + [self.name])
            if let violation = found.first(where: { $0.rule == self.rule }) {
                return Kill(scenario: index, violation: violation)
            }
        }
        return nil
    }

    /// What the oracles said; harm is seen only beside the same world without a controller.
    private func violations(_ scenario: Scenario, without names: [String]) -> [Violation] {
        let run = Self.run(scenario, without: names)
        // What the clock on the wall decides shows only beside the same world without its jumps, too.
        return self.rule == .s44 || self.rule == .s26 ? Runner.result(of: run).violations : run.oracles.violations
    }

    static func run(_ scenario: Scenario, without names: [String]) -> Simulation {
        var scenario = scenario
        scenario.world.receivers.off = names.compactMap { ReceiverGuard(rawValue: $0) }
        let off = names.compactMap { EngineGuard(rawValue: $0) }
        var run = Simulation(scenario, seed: Self.seed) { $0.guardsOff = off }
        run.run()
        return run
    }
}

extension GuardTrial {
    static let east: RegionID = "us-east-1"
    static let west: RegionID = "us-west-2"
    static let europe: RegionID = "eu-west-1"

    /// One region serves a tenth from second 40 on, and whatever else.
    static func outage(
        lasting: Int64? = nil,
        _ faults: [TimedFault] = [],
        _ commands: [OperatorAct] = [],
        length: Int64 = 420,
        _ shape: (inout WorldShape) -> Void = { _ in }
    ) -> Scenario {
        let outage = TimedFault(.successRate(Self.east, 1000), at: .seconds(40), lasts: lasting.map { .seconds($0) })
        return Self.world([outage] + faults, commands, length: length, shape)
    }

    static func world(
        _ faults: [TimedFault],
        _ commands: [OperatorAct] = [],
        length: Int64 = 420,
        _ shape: (inout WorldShape) -> Void = { _ in }
    ) -> Scenario {
        var world = WorldShape.threeRegions()
        shape(&world)
        return Scenario(
            name: "guard",
            about: "",
            world: world,
            length: .seconds(length),
            faults: faults,
            commands: commands
        )
    }

    static func at(_ second: Int64, _ fault: Fault, for length: Int64? = nil) -> TimedFault {
        TimedFault(fault, at: .seconds(second), lasts: length.map { .seconds($0) })
    }

    /// No stock, on a busy evening in the east: whoever leaves needs cold starts.
    static func bare(_ shape: inout WorldShape) {
        shape.stock = 0
        shape.startsAt = shape.startsAt + .hours(10)
        shape.limits.maxRegionShare = 10_000
        shape.limits.hardenAfter = .seconds(300)
        for index in shape.geographies.indices where shape.geographies[index].name == "us-east" {
            shape.geographies[index].peak = 2500
        }
    }

    static func cut(_ scenario: Scenario, _ cut: Cut) -> Scenario {
        var scenario = scenario
        scenario.cut = cut
        return scenario
    }

    /// When the outage enters a phase, in milliseconds; what depends on a moment is placed around it.
    static func time(of phase: Phase, in scenario: Scenario) -> Int64 {
        var run = Simulation(scenario, seed: Self.seed)
        run.run()
        let first = run.chronicle.phases.first { $0.0 == phase }?.1 ?? 0
        return first + scenario.firstFault.milliseconds
    }

    /// Calls that leave around the opening hang for a minute, and land after another life has claimed their receiver.
    static func zombies(_ target: CallTarget, around phase: Phase) -> [Scenario] {
        let time = Self.time(of: phase, in: Self.outage())
        return [0, 100, 1100, 2100, 3100].map { (later: Int64) in
            Self.outage([
                TimedFault(
                    .calls(target, .slow(.seconds(60))),
                    at: .milliseconds(time - 1000),
                    lasts: .milliseconds(1000 + later + 50)
                ),
                TimedFault(
                    .controllerKilled(restartAfter: .milliseconds(300), newBoot: false),
                    at: .milliseconds(time + later + 100)
                ),
            ])
        }
    }
}
