import LeewardDetection
import LeewardEngine
import LeewardModel
import Testing

/// What deploys explain, and what follows from it: advice, never an action.
@Suite struct DeployTests {
    private static let deploy = Deploy(service: "play", regions: ["us-east-1"], version: "4.2", rollback: .minutes(5))

    @Test func aDipAfterADeployComesWithAdviceOnce() throws {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.deployed(Self.deploy))
        run.pass(seconds: 20)
        run.world.fault["us-east-1"] = .down
        run.pass(seconds: 30)
        let said = run.notices.filter { $0.text.contains("play 4.2 reached us-east-1") }
        #expect(said.count == 1)
        #expect(try #require(said.first).text.contains("rolling it back takes 300 s, leaving"))
        #expect(run.controller.status(at: run.world.now).advice == said.first?.text)
        #expect(run.journal.contains { $0.record == .advised(said.first?.text ?? "") })
        #expect(run.controller.state.evacuation?.evacuee == "us-east-1", "relief goes on all the same")
    }

    @Test func aDipWithoutADeployHasNone() {
        var run = Run()
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        run.pass(seconds: 30)
        #expect(run.controller.status(at: run.world.now).advice == nil)
    }

    @Test func deploysSurviveTheController() {
        var run = Run()
        run.pass(seconds: 30)
        run.say(.deployed(Self.deploy))
        run.crash()
        #expect(run.controller.state.deploys.map(\.deploy) == [Self.deploy])
    }

    @Test func aDeployThatNamesNothingKnownIsRefused() {
        var run = Run()
        run.pass(seconds: 10)
        let wrong = Deploy(service: "plya", regions: ["us-east-9"], version: "", rollback: .zero)
        guard case .refused(let reasons)? = run.say(.deployed(wrong)) else {
            Issue.record("nonsense was noted")
            return
        }
        #expect(reasons.count == 4)
        #expect(run.controller.state.deploys.isEmpty)
    }
}
