import Foundation
import LeewardModel
import Testing

@testable import LeewardSimulation

/// DNS cannot be emptied: planner, several enactors and cleaner, each delayed or dead at any instruction (SC13, S15, L10).
@Suite struct ZoneTests {
    /// A setting, and what the figures are printed under.
    struct Whole: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var setting: ZoneSetting
        init(_ name: String, _ change: (inout ZoneSetting) -> Void) {
            self.testDescription = name
            self.setting = .small()
            change(&self.setting)
        }
    }

    static let wholes = [
        Whole("two enactors, two plans, a cleaner, one death at any instruction") { $0.crashes = 1 },
        Whole("the same, and who starts again begins a new term") {
            $0.crashes = 1
            $0.startsTerms = true
        },
        Whole("two deaths") { $0.crashes = 2 },
        Whole("two servers, nobody dies") { $0.servers = 2 },
    ]

    @Test(arguments: Self.wholes) func noOrderOfStepsBreaksTheZone(_ whole: Whole) {
        let findings = ZoneExplorer.explore(whole.setting)
        print(
            "zone: \(whole.testDescription): \(findings.scenes) scenes, \(findings.steps) steps, \(findings.ends) ends"
        )
        #expect(findings.isComplete)
        #expect(findings.ends > 0)
        #expect(findings.breaches == [], "\(findings.stories.first ?? [])")
    }

    @Test(arguments: ZoneTrial.all) func someOrderOfStepsBreaksTheRuleOfAGuardThatIsOff(_ trial: ZoneTrial) throws {
        let with = trial.withGuard()
        #expect(with.isComplete && with.breaches == [], "with \(trial.name): \(with.breaches)")
        let without = trial.withoutGuard()
        guard let breach = without.first(trial.kind) else {
            print("guard \(trial.name) -> SURVIVES")
            Issue.record("\(trial.name) can be off, and nothing breaks in \(without.steps) steps: \(without.breaches)")
            return
        }
        #expect(breach.rule.rawValue == trial.name.prefix(3))
        print("guard \(trial.name) -> killed by \(without.story(of: trial.kind).count) lines of steps: \(breach)")
    }

    /// October 2025: a late enactor wrote an old plan over a new one, and tidying up then removed that plan from under the name.
    @Test func theStoryOfOctober2025NeedsTheCompareAndSetToBeOff() throws {
        let trial = try #require(ZoneTrial.all.first { $0.guarded == .compareAndSet && $0.kind == .emptied })
        let story = trial.withoutGuard().story(of: .emptied)
        print((["October 2025, without the compare-and-set:"] + story).joined(separator: "\n"))
        let late = try #require(story.firstIndex { $0.contains("was delayed") })
        let fall = try #require(story.firstIndex { $0.contains("falls from generation 3 to 2") })
        let end = try #require(story.firstIndex { $0.contains("THE NAME HAS NO ADDRESS LEFT") })
        #expect(late < fall && fall < end)
    }

    @Test func withTheCompareAndSetNoGenerationFallsWhateverElseIsOff() {
        for off in ZoneTrial.own.map({ [$0] }) + [ZoneTrial.own] {
            var setting = ZoneSetting.small()
            setting.receivers.off = off
            #expect(ZoneExplorer.explore(setting, until: [.falls], limit: 20_000).first(.falls) == nil, "\(off)")
        }
    }

    /// Each change stays within the limit; where more is damaged, several generations follow one another.
    @Test(arguments: ZoneDamage.allCases, [1, 2]) func anEnactorMendsTheZoneFromAnyState(
        _ damage: ZoneDamage,
        _ servers: Int
    ) {
        var setting = ZoneSetting.small()
        setting.proposals = []
        setting.servers = servers
        setting.enactors = 1
        setting.crashes = 1
        var start = ZoneScene(setting)
        damage.befall(&start.servers[servers - 1])
        let findings = ZoneExplorer.explore(setting, from: start, limit: 200_000)
        #expect(findings.isComplete)
        #expect(findings.breaches == [], "\(damage.rawValue): \(findings.stories.first ?? [])")
    }

    @Test func aChangeThatIsTooLargeIsRefusedWithBothNumbersAndCallsAPerson() {
        var setting = ZoneSetting.small()
        let all: ZoneSetting.Content = ["a.test": ZoneSetting.there, "b.test": ZoneSetting.there]
        setting.proposals = [all]
        var scene = ZoneScene(setting)
        let reason = scene.refusal(of: all, after: setting.home, setting)
        #expect(reason == "one change would move 10000 of 10000 of all names; the limit is 5000")
        scene.step(0, setting)
        #expect(scene.refused == 1 && scene.newest == Generation(1) && !scene.isReady(0, setting))
    }

    /// `LEEWARD_ZONE_SEEDS=20000` plays more.
    static let seeds = ProcessInfo.processInfo.environment["LEEWARD_ZONE_SEEDS"].flatMap { UInt64($0) } ?? 3000

    @Test func longRunsWithDelaysOfUpToAnHourKeepTheZone() {
        var sum = ZoneRace.Outcome()
        for seed in 1...Self.seeds {
            let outcome = ZoneRace.run(seed: seed)
            sum.steps += outcome.steps
            sum.delays += outcome.delays
            sum.deaths += outcome.deaths
            sum.damages += outcome.damages
            sum.refused += outcome.refused
            guard let breach = outcome.breach else { continue }
            let story = ZoneRace.run(seed: seed, tells: true).story
            Issue.record("seed \(seed): \(breach)\n\(story.joined(separator: "\n"))")
            return
        }
        print(
            "zone: seeds 1 to \(Self.seeds): \(sum.steps) steps, \(sum.delays) delays of 10 s to 1 h, \(sum.deaths) deaths, "
                + "\(sum.damages) damages, \(sum.refused) plans refused"
        )
        #expect(sum.delays > 0 && sum.deaths > 0 && sum.damages > 0 && sum.refused > 0)
    }

    @Test func longRunsWithoutTheCompareAndSetDoNot() {
        let receivers = Receivers(off: [.compareAndSet])
        let falls = (UInt64(1)...100).filter { ZoneRace.run(seed: $0, receivers).breach?.kind == .falls }
        print("zone: without the compare-and-set a generation falls in \(falls.count) of 100 seeds")
        #expect(!falls.isEmpty)
    }
}
