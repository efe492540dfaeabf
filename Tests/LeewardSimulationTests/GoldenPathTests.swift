import Foundation
import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

/// Every file of `Scenarios`, against its own expectations, every rule, and the story that it told last time.
///
/// `LEEWARD_REWRITE_GOLDEN=1 swift test --filter GoldenPathTests` writes the stories anew; read the difference before you keep it.
@Suite struct GoldenPathTests {
    static let isRewriting = ProcessInfo.processInfo.environment["LEEWARD_REWRITE_GOLDEN"] == "1"

    @Test(arguments: ScenarioFiles.names) func aScenarioEndsAsItSaysAndTellsItsGoldenStory(_ name: String) throws {
        let scenario = try ScenarioFiles.scenario(name)
        var run = Simulation(scenario, seed: 1)
        run.run()
        let result = Runner.result(of: run, failedOff: Runner.failuresWithoutController(scenario, seed: 1))
        #expect(result.unmet == [], "\(name)")
        #expect(result.violations.map(\.description) == [], "\(name)")
        let story = run.story(result).joined(separator: "\n") + "\n"
        let file = ScenarioFiles.folder.appending(path: "golden/\(name).txt")
        if Self.isRewriting {
            try story.write(to: file, atomically: true, encoding: .utf8)
        } else {
            let golden = try String(contentsOf: file, encoding: .utf8)
            #expect(Self.difference(golden, story) == nil, "\(name): rewrite with LEEWARD_REWRITE_GOLDEN=1")
        }
    }

    @Test(.enabled(if: !isRewriting)) func noStoryIsLeftOfAScenarioThatIsGone() throws {
        let stories = try FileManager.default.contentsOfDirectory(
            atPath: ScenarioFiles.folder.appending(path: "golden").path
        )
        #expect(stories.map { $0.replacingOccurrences(of: ".txt", with: "") }.sorted() == ScenarioFiles.names)
    }

    /// The first line that differs, or nil.
    private static func difference(_ golden: String, _ story: String) -> String? {
        let old = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let new = story.split(separator: "\n", omittingEmptySubsequences: false)
        for index in 0..<max(old.count, new.count) {
            let before = index < old.count ? old[index] : "(nothing)"
            let now = index < new.count ? new[index] : "(nothing)"
            if before != now { return "line \(index + 1) was: \(before)\nand is now: \(now)" }
        }
        return nil
    }
}
