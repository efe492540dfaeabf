import Foundation
import LeewardModel
import Testing

@testable import LeewardEngine
@testable import LeewardSimulation

/// The rules bite: without any one guard, some world breaks the guard's own rule, and with it the same world does not.
@Suite struct GuardTests {
    /// Rules, or parts of them, that nothing in this room can break: where they are kept, or what is missing; counted apart.
    static let notBuilt: [(String, String)] = [
        (
            "S11.reap",
            "Leeward ends no instance: no effect can say so, and nothing is there to switch off. In every run NothingEnded "
                + "counts the instances that a call of ours has ended; its list guard is S11.listing."
        ),
        (
            "S21",
            "Leeward has no rule in the proxies that takes targets out, and none that could be suppressed. The last endpoints "
                + "stay where none is ready (LeewardAgentTests, theLastEndpointsStayWhenNoneIsReady); S03.lastHealthy "
                + "keeps the last region."
        ),
        (
            "S22",
            "A fleet is a value here. Files are read in LeewardFleetFile, whose tests reject damaged ones and, in ReloadTests, "
                + "every looser limit."
        ),
        (
            "S32",
            "The journal is the audit log: S12.intent holds that an effect is in it before it leaves, and LeewardStoreTests "
                + "that its chain verifies. A separate sink, which could block, does not exist yet."
        ),
        (
            "S33",
            "Nothing from outside is parsed in this room. The parsers of files, names, requests and journals are bounded in "
                + "LeewardFleetFile, LeewardDNS, LeewardHTTP and LeewardStore, whose tests feed them damaged input."
        ),
        (
            "S34",
            "No start counts the crashes before it: a controller that dies of a record in its journal dies of it again at each "
                + "start, here and in the daemon. To start by only observing, and to set a record aside, are missing."
        ),
        (
            "S36",
            "No generation is ever called last-good, and no proxy of this world crashes on one: users return along the plan's "
                + "own path (S45). A store of generations that have earned trust is missing."
        ),
        (
            "S37",
            "Leeward has no effect that promotes a state store, and a fleet has no class of services with one writer: nothing "
                + "is there to switch off."
        ),
        (
            "L11",
            "Readiness is worked out anew from the present readings whenever somebody asks (Controller.readiness), so that none "
                + "of it is kept and grows old. A daily check of permissions, switches and runbooks is missing."
        ),
        (
            "L12",
            "The engine returns pages as values and waits for nobody. The daemon sends them from a queue of their own "
                + "(LeewardRuntimeTests, aChannelThatHangsHearsTheNewestState); no world here has a sink that blocks."
        ),
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
