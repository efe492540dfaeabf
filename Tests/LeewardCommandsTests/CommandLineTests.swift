import Foundation
import LeewardModel
import LeewardPlanning
import LeewardRuntime
import LeewardSafety
import LeewardStore
import Testing

@testable import LeewardCommands
@testable import LeewardEngine

/// Whole command lines: what they print, where, and how they end.
@Suite struct CommandLineTests {
    @Test func anUnknownCommandIsUsageAndPrintsNoResult() async {
        let terminal = Terminal()
        #expect(await terminal.run("evacuat us-east-1") == .usage)
        #expect(terminal.out.isEmpty && !terminal.err.isEmpty)
    }

    @Test func helpAndVersionAreResults() async {
        let terminal = Terminal()
        #expect(await terminal.run("--help") == .done)
        #expect(await terminal.run("--version") == .done)
        #expect(terminal.err.isEmpty)
        #expect(terminal.out.last == "0.1.0")
    }

    @Test func everyCommandExplainsItself() async {
        let names = [
            "status", "verdicts", "readiness", "plan", "evacuate", "shift", "approve", "hold", "resume", "rollback",
            "failback", "pin", "kill", "ack", "history", "explain", "doctor", "replay", "config check",
            "journal verify", "backtest", "dark-stock", "deployed", "metrics",
        ]
        for name in names {
            let terminal = Terminal()
            #expect(await terminal.run("\(name) --help") == .done, "\(name)")
            #expect(terminal.out.joined().contains("OVERVIEW"), "\(name)")
        }
    }

    @Test func withoutADaemonEverythingIsUnreachable() async {
        var daemon = ScriptedDaemon()
        daemon.error = APIError(.notRunning, "no daemon answers")
        for line in [
            "status", "verdicts", "readiness", "plan us-east-1", "evacuate us-east-1 --yes", "kill", "history",
        ] {
            let terminal = Terminal(daemon)
            #expect(await terminal.run(line) == .unreachable, "\(line)")
            #expect(terminal.err == ["no daemon answers"] && terminal.out.isEmpty)
        }
    }

    @Test func statusIsATableForPeople() async {
        let terminal = Terminal()
        #expect(await terminal.run("status") == .done)
        #expect(
            terminal.out == [
                "fleet    three-regions",
                "verdict  regional(us-east-1): us-east-1 serves 40 % of what it should",
                "",
                "Regions",
                "region     health   why",
                "eu-west-1  healthy  102 % of what it should",
                "us-east-1  sick     40 % of what it should",
                "",
                "Geographies",
                "geography  shares           enters at",
                "us-east    us-east-1 100 %  us-east-1",
            ]
        )
    }

    @Test func statusIsPlainJSONForPrograms() async throws {
        let terminal = Terminal()
        #expect(await terminal.run("status --output json") == .done)
        let value = try JSONSerialization.jsonObject(with: Data(terminal.out.joined().utf8))
        let status = try #require(value as? [String: Any])
        #expect(status["verdict"] as? String == "regional")
        #expect(status["sickRegion"] as? String == "us-east-1")
        #expect((status["shares"] as? [String: [String: Int]])?["us-east"] == ["us-east-1": 10_000])
        #expect(status["at"] as? String == "2018-06-01T20:00:00Z")
    }

    @Test func anEvacuationBeginsOnlyWhenItsNameIsTyped() async {
        let terminal = Terminal(answers: ["us-east-1"])
        #expect(await terminal.run("evacuate us-east-1") == .done)
        #expect(terminal.sent == [.evacuate("us-east-1", planHash: Stories.plan.hash)])
        #expect(terminal.out == ["e1: us-east-1 is being evacuated", "follow it with `leeward history e1`"])
        #expect(terminal.err.contains { $0.contains("plan \(Stories.plan.hash): empty us-east-1") })
    }

    @Test func anyOtherAnswerLeavesEverythingAsItIs() async {
        for answers in [["yes"], ["us-west-2"], []] {
            let terminal = Terminal(answers: answers)
            #expect(await terminal.run("evacuate us-east-1") == .usage)
            #expect(terminal.sent.isEmpty)
        }
        let nobody = Terminal()
        #expect(await nobody.run("evacuate us-east-1") == .usage)
        #expect(nobody.sent.isEmpty && nobody.err.last?.contains("--yes") == true)
    }

    @Test func aGateThatRefusesEndsBeforeTheQuestion() async {
        var daemon = ScriptedDaemon()
        daemon.plan = .plan(Stories.preview(refusal: "eu-west-1/play has 61 ready of 80 needed"))
        let terminal = Terminal(daemon, answers: ["us-east-1"])
        #expect(await terminal.run("evacuate us-east-1") == .refused)
        #expect(terminal.sent.isEmpty)
        #expect(terminal.err.last == "refused: eu-west-1/play has 61 ready of 80 needed (S06)")
    }

    @Test func aRefusedCommandNamesEveryReason() async throws {
        var daemon = ScriptedDaemon()
        daemon.status.status = Stories.status(Stories.evacuation(.evacuated))
        daemon.reply = .refused(["us-east-1 has had good probes for 3 s; 20 s are needed (S25)"])
        let terminal = Terminal(daemon)
        #expect(await terminal.run("failback --yes --output json") == .refused)
        #expect(terminal.sent == [.failback])
        let result = try JSONDecoder().decode(CommandResult.self, from: Data(terminal.out.joined().utf8))
        #expect(result.reasons == ["us-east-1 has had good probes for 3 s; 20 s are needed (S25)"])
        #expect(terminal.err.last == "refused: us-east-1 has had good probes for 3 s; 20 s are needed (S25)")
    }

    @Test func withNothingActiveThereIsNothingToReturn() async {
        for line in ["resume --yes", "rollback --yes", "failback --yes", "approve --yes"] {
            let terminal = Terminal()
            #expect(await terminal.run(line) == .refused, "\(line)")
            #expect(terminal.sent.isEmpty)
        }
    }

    @Test func stoppingIsNeverAskedTwice() async {
        let terminal = Terminal()
        #expect(await terminal.run("kill") == .done)
        #expect(await terminal.run("hold --reason checking") == .done)
        #expect(terminal.sent == [.kill(true), .hold(reason: "checking")])
        #expect(await terminal.run("kill --off") == .usage)
    }

    @Test func aShiftChecksItsNumbersBeforeItAsksAnybody() async {
        let terminal = Terminal()
        #expect(await terminal.run("shift us-east --to eu-west-1 --percent 101 --yes") == .usage)
        #expect(await terminal.run("shift nowhere --to eu-west-1 --percent 10 --yes") == .usage)
        #expect(terminal.sent.isEmpty)
        #expect(await terminal.run("shift us-east --to eu-west-1 --percent 10 --yes") == .done)
        #expect(terminal.sent == [.shift("us-east", to: "eu-west-1", points: 1000)])
    }

    @Test func followEndsAsTheEvacuationDoes() async {
        for (phase, exit) in [
            (Phase.done, Exit.done), (.evacuated, .done), (.rolledBack, .failed), (.refused, .refused),
        ] {
            var daemon = ScriptedDaemon()
            daemon.entries = Stories.journal([
                .opened(Stories.evacuation(.proposed), findings: []), .phase("e1", phase, reason: "so", findings: []),
            ])
            let terminal = Terminal(daemon)
            #expect(await terminal.run("evacuate us-east-1 --yes --follow") == exit, "\(phase)")
            #expect(terminal.err.contains("2018-06-01T20:00:01Z  phase: \(phase.rawValue): so"))
        }
        var daemon = ScriptedDaemon()
        daemon.entries = Stories.journal([
            .opened(Stories.evacuation(.shifting), findings: []), .held("e1", reason: "S08"),
        ])
        #expect(await Terminal(daemon).run("evacuate us-east-1 --yes --follow") == .held)
    }

    @Test func historyListsAndTells() async {
        var daemon = ScriptedDaemon()
        let fence = Fence(epoch: Epoch(3), key: "e1/edge/us-east-1/6")
        daemon.entries = Stories.journal([
            .started(Epoch(3), fleet: "three-regions"),
            .opened(Stories.evacuation(.proposed), findings: [Stories.finding]),
            .intent(fence, .claimEdge("us-east-1")), .outcome(fence.key, .done),
            .phase("e1", .done, reason: "all is back", findings: []),
        ])
        let terminal = Terminal(daemon)
        #expect(await terminal.run("history") == .done)
        #expect(
            terminal.out == [
                "id  evacuee    by        opened                ended                 phase",
                "e1  us-east-1  operator  2018-06-01T20:00:01Z  2018-06-01T20:00:04Z  done",
            ]
        )
        let one = Terminal(daemon)
        #expect(await one.run("history e1") == .done)
        #expect(one.out.count == 5)
        #expect(one.out[2].hasSuffix("intent   e1/edge/us-east-1/6: claim the edge of us-east-1"))
        #expect(await one.run("history e9") == .failed)
        let explained = Terminal(daemon)
        #expect(await explained.run("explain e1") == .done)
        #expect(
            explained.out.contains(
                "    S03 permits | seen: every geography keeps a healthy region | would stop it: no healthy region left"
            )
        )
    }

    @Test func doctorEndsWithWhatWouldStopAnEvacuation() async {
        var daemon = ScriptedDaemon()
        daemon.readiness = [Readiness(region: "us-east-1", isReady: true, isWarm: true, blocks: [])]
        #expect(await Terminal(daemon).run("doctor") == .done)
        #expect(await Terminal(daemon).run("readiness") == .done)
        daemon.status.status = Stories.status(isKilled: true)
        let terminal = Terminal(daemon)
        #expect(await terminal.run("doctor") == .refused)
        #expect(terminal.out.contains { $0.hasPrefix("kill switch") && $0.contains("stops") })
    }

    @Test func aDamagedJournalIsAFailure() async {
        var daemon = ScriptedDaemon()
        #expect(await Terminal(daemon).run("journal verify") == .done)
        daemon.verification.damage = JournalDamage(sequence: 3, what: "its hash does not follow")
        let terminal = Terminal(daemon)
        #expect(await terminal.run("journal verify") == .failed)
        #expect(await terminal.run("journal verify --offline --state /nonexistent") == .failed)
    }
}
