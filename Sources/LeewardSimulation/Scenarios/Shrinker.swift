import LeewardEngine
import LeewardModel

/// Makes a scenario that breaks a rule smaller while it still breaks the same rule.
///
/// Whole halves are tried first, then smaller parts, in the way of delta debugging (Zeller, Hildebrandt 2002). Luck depends on
/// the seed and the subject alone, so what stays is played as before.
public struct Shrinker {
    private let seed: UInt64
    private let rule: RuleID
    /// Runs that are left; each costs as much as a run with and a run without the controller.
    private var budget: Int
    private var scenario: Scenario

    /// The smallest scenario that was found within so many runs; the given one where nothing can be left out.
    public static func shrink(_ scenario: Scenario, seed: UInt64, rule: RuleID, runs: Int = 200) -> Scenario {
        var shrinker = Self(seed: seed, rule: rule, budget: runs, scenario: scenario.spelledOut(seed: seed))
        var before = -1
        while shrinker.size != before {
            before = shrinker.size
            shrinker.drop(\.faults)
            shrinker.drop(\.commands)
            shrinker.drop(\.hands)
            shrinker.dropCut()
        }
        shrinker.endEarlier()
        return shrinker.scenario
    }

    private var size: Int {
        self.scenario.faults.count + self.scenario.commands.count + self.scenario.hands.count
            + (self.scenario.cut == nil ? 0 : 1)
    }

    private mutating func drop<Item>(_ path: WritableKeyPath<Scenario, [Item]>) {
        var part = max(1, self.scenario[keyPath: path].count / 2)
        while !self.scenario[keyPath: path].isEmpty {
            var start = 0
            while start < self.scenario[keyPath: path].count {
                var smaller = self.scenario
                let end = min(start + part, smaller[keyPath: path].count)
                smaller[keyPath: path].removeSubrange(start..<end)
                if !self.accept(smaller) { start = end }
            }
            if part == 1 { return }
            part = max(1, part / 2)
        }
    }

    private mutating func dropCut() {
        guard self.scenario.cut != nil else { return }
        var smaller = self.scenario
        smaller.cut = nil
        _ = self.accept(smaller)
    }

    /// A violation by an oracle needs nothing of what would come after it.
    private mutating func endEarlier() {
        var simulation = Simulation(self.scenario, seed: self.seed)
        simulation.run()
        guard let first = simulation.violations.first(where: { $0.rule == self.rule }) else { return }
        var smaller = self.scenario
        smaller.length = .seconds(first.at.milliseconds / 1000 + 5)
        smaller.expectations = []
        guard smaller.length < self.scenario.length,
            smaller.faults.allSatisfy({ $0.at < smaller.length }),
            smaller.commands.allSatisfy({ $0.at < smaller.length }),
            smaller.hands.allSatisfy({ $0.at < smaller.length })
        else { return }
        _ = self.accept(smaller)
    }

    private mutating func accept(_ smaller: Scenario) -> Bool {
        guard self.budget > 0 else { return false }
        self.budget -= 1
        let result = Runner.run(smaller, seed: self.seed)
        guard result.violations.contains(where: { $0.rule == self.rule }) else { return false }
        self.scenario = smaller
        return true
    }
}
