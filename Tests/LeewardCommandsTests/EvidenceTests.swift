import Foundation
import LeewardEngine
import LeewardModel
import LeewardRuntime
import Testing

@testable import LeewardCommands

/// What automation acted on, as people and programs read it.
@Suite struct EvidenceTests {
    private static let list = [
        Evidence(.server, weight: 0.31, sentence: "its edge counts 12 good of 600 started in 3 s"),
        Evidence(.business, weight: 0.25, sentence: "us-east-1 serves 40 of 600"),
        Evidence(.probe, weight: -0.1, sentence: "probes are all good"),
    ]

    @Test func explainListsTheEvidenceInOrderOfWeight() async {
        var evacuation = Stories.evacuation(.relieving)
        evacuation.evidence = Self.list
        var daemon = ScriptedDaemon()
        daemon.entries = Stories.journal([.opened(evacuation, findings: [])])
        let terminal = Terminal(daemon)
        #expect(await terminal.run("explain e1") == .done)
        #expect(
            terminal.out.filter { $0.hasPrefix("    evidence") } == [
                "    evidence server 0.31: its edge counts 12 good of 600 started in 3 s",
                "    evidence business 0.25: us-east-1 serves 40 of 600",
                "    evidence probe -0.10: probes are all good",
            ]
        )
    }

    @Test func statusGivesProgramsKindWeightAndSentence() async throws {
        var daemon = ScriptedDaemon()
        daemon.status.status.regions = [
            RegionVerdict(region: "us-east-1", health: .sick, reason: "it dips", evidence: Self.list)
        ]
        let terminal = Terminal(daemon)
        #expect(await terminal.run("status --output json") == .done)
        let value = try JSONSerialization.jsonObject(with: Data(terminal.out.joined().utf8))
        let regions = try #require((value as? [String: Any])?["regions"] as? [[String: Any]])
        let evidence = try #require(regions.first?["evidence"] as? [[String: Any]])
        #expect(evidence.map { $0["kind"] as? String } == ["server", "business", "probe"])
        #expect(evidence.last?["weight"] as? Double == -0.1)
        #expect(evidence.first?["sentence"] as? String == Self.list.first?.sentence)
    }

    @Test func metricsArePrintedAsTheDaemonGivesThem() async {
        let terminal = Terminal()
        #expect(await terminal.run("metrics") == .done)
        #expect(terminal.out == ["leeward_ready 1"])
        var daemon = ScriptedDaemon()
        daemon.error = APIError(.notRunning, "no daemon answers")
        let silent = Terminal(daemon)
        #expect(await silent.run("metrics") == .unreachable)
        #expect(silent.out.isEmpty)
    }
}
