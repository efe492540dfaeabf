import Foundation
import LeewardModel
import Testing

@testable import LeewardEngine
@testable import LeewardSimulation

/// The rules bite: without any one guard, some world breaks the guard's own rule, and with it the same world does not.
@Suite struct GuardTests {
    /// Rules that nothing in this room can hold, and why; counted apart.
    static let notBuilt: [(String, String)] = [
        ("S11", "the engine ends no instance"), ("S17", "the agent has no timer that could be switched off"),
        ("S21", "no local protection rule; no start without a savior is S03"),
        ("S22", "fleet files are read elsewhere"),
        ("S23", "the world has no network between regions that the controller needs"),
        ("S26", "the wall clock of the world does not jump; bent monotonic clocks are S14"),
        ("S32", "audit sink"), ("S33", "parsers are outside the pure rooms"),
        ("S34", "observe-only start"), ("S36", "last-good generations"), ("S37", "state stores"),
        ("S41.signature", "faults of the world do not tell services apart"),
        ("L11", "readiness"), ("L12", "audit sink"),
    ]

    @Test(arguments: GuardTrial.all) func aWorldBreaksTheRuleOfAGuardThatIsOff(_ trial: GuardTrial) {
        let kill = trial.kill()
        if let kill {
            let found = trial.withGuard(trial.scenarios[kill.scenario])
            // A world that was made short for its guard may end before its evacuation does.
            let own = found.filter { $0.rule == trial.rule || trial.behind.isEmpty && $0.rule != .l02 }
            #expect(own.isEmpty, "with \(trial.name): \(own.map(\.description))")
            let behind = trial.behind.isEmpty ? "" : ", behind \(trial.behind.joined(separator: " and "))"
            print("guard \(trial.name) -> killed by world \(kill.scenario)\(behind): \(kill.violation)")
        } else {
            print("guard \(trial.name) -> SURVIVES")
        }
        #expect(kill != nil, "\(trial.name) can be off, and \(trial.rule.rawValue) holds")
    }

    /// `LEEWARD_SIM_GUARD=S06.capacity` tells the guard's worlds in full, without it.
    static let told = ProcessInfo.processInfo.environment["LEEWARD_SIM_GUARD"] ?? ""

    @Test(.enabled(if: !told.isEmpty)) func aTrialIsToldInFull() throws {
        let trial = try #require(GuardTrial.all.first { $0.name == Self.told })
        for scenario in trial.scenarios {
            let run = GuardTrial.run(scenario, without: trial.behind + [trial.name])
            print((run.told + run.oracles.violations.map(\.description)).joined(separator: "\n"))
        }
    }

    @Test func everyGuardIsTriedOrCountedApart() {
        let tried = GuardTrial.all.map(\.name) + ZoneTrial.own.map(\.rawValue)
        let apart = Self.notBuilt.map(\.0)
        let names = EngineGuard.allCases.map(\.rawValue) + ReceiverGuard.allCases.map(\.rawValue)
        for name in names { #expect(tried.contains(name) != apart.contains(name), "\(name)") }
        #expect(Set(tried).count == tried.count)
        for (name, reason) in Self.notBuilt { print("guard \(name) -> NOT BUILT: \(reason)") }
        print("guards: \(tried.count) tried, \(apart.count) not built")
    }

    /// October 2025: an enactor that was late wrote an old plan over a new one.
    @Test func theLateEnactorNeedsTheCompareAndSetToBeOff() throws {
        let trial = try #require(GuardTrial.all.first { $0.name == "S15.compareAndSet" })
        for scenario in trial.scenarios {
            #expect(!trial.withGuard(scenario).contains { $0.rule == .s15 })
        }
        let kill = try #require(trial.kill())
        #expect(kill.violation.detail.contains("falls from generation"))
    }
}
