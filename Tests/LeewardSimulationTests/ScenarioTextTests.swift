import Foundation
import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

@Suite struct ScenarioTextTests {
    private func problems(_ text: String) -> [String] {
        do throws(ScenarioProblems) {
            _ = try Scenario(text: text)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test func thereAreFilesToRead() { #expect(ScenarioFiles.names.count > 30) }

    @Test(arguments: ScenarioFiles.names) func everyFileIsReadAndSurvivesBeingWritten(_ name: String) throws {
        let scenario = try ScenarioFiles.scenario(name)
        #expect(scenario.name == name)
        #expect(!scenario.about.isEmpty)
        #expect(try Scenario(text: scenario.text) == scenario, "\(scenario.text)")
    }

    @Test func randomScenariosSurviveBeingWritten() throws {
        for seed: UInt64 in 0..<600 {
            let scenario = Scenario.random(seed: seed, drawsFleet: seed % 2 == 1)
            #expect(try Scenario(text: scenario.text) == scenario, "seed \(seed)\n\(scenario.text)")
        }
    }

    @Test func everyWordSurvivesBeingWritten() throws {
        let east: RegionID = "us-east-1"
        let faults: [Fault] = [
            .path(from: east, to: "eu-west-1"), .batch(east, 3300), .listing(east, .late(.seconds(300))),
            .listing(east, .empty), .listing(east, .cutShort), .listing(east, .twice), .delegationGone, .journalRefuses,
            .telemetry(.part(5000), east), .telemetry(.part(5000), nil), .telemetry(.clock(-1500), nil),
            .telemetry(.clock(31_536_000_000), nil),
            .successRate(east, 1), .successRateEverywhere(9999), .hang(east), .capacity(east, 3300), .edgeDown(east),
            .agentSilent(east), .surge("europe", 15_000), .telemetry(.vanish, nil), .telemetry(.freeze, east),
            .telemetry(.lag(.seconds(61)), nil), .telemetry(.notANumber, east), .telemetry(.storeDown, nil),
            .calls(.provider(east), .outage), .calls(.edge(east), .throttle(12)), .calls(.zone, .lyingSuccess),
            .calls(.zone, .doneButFailed), .calls(.zone, .lostAnswer), .calls(.provider(east), .partial),
            .calls(.zone, .slow(.milliseconds(1))), .coldStartsFail(east, 5), .nameServerSilent(0),
            .nameServerStale(1), .darkDefects(east, failed: 10_000, wrongImage: 0), .freezeReverted(east),
            .deploy("play", east, darkAfter: .zero), .controllerKilled(restartAfter: .seconds(1), newBoot: true),
            .controllerKilled(restartAfter: .zero, newBoot: false), .controllerClock(1, 50),
            .controllerPaused(nil, .now, .milliseconds(100)), .controllerPaused(2, .beforeAppend, .minutes(10)),
            .controllerPaused(0, .beforeCalls, .seconds(1)), .coordination(.unreachable, 0), .leaseLost,
            .coordination(.unanswered, nil), .coordination(.dropsRenewals, 2), .coordination(.stale(.hours(1)), nil),
            .coordination(.slow(.milliseconds(7)), 1), .serviceRate("play", east, 1250), .serviceRate("play", nil, 0),
            .network(east), .controllerWall(nil, 1000), .controllerWall(2, -31_536_000_000),
            .calls(.provider(east), .swallowed),
        ]
        let deploy = Deploy(service: "play", regions: [east, "nowhere"], version: "4.2 beta", rollback: .minutes(5))
        let commands: [Command] = [
            .evacuate("*", planHash: "a\"b"), .shift("europe", to: east, points: 1), .approve("e1", planHash: nil),
            .approve("e1", planHash: "x"), .hold(reason: "two\nlines \\ # \"quoted\""), .resume, .rollback, .failback,
            .pin("europe", true), .pin("europe", false), .kill(true), .kill(false), .acknowledge, .deployed(deploy),
        ]
        var scenario = Scenario(name: "a name", about: "# \"all\" \\ words\n", length: .hours(2))
        scenario.faults = faults.enumerated().map { index, fault in
            TimedFault(
                fault,
                at: .milliseconds(Int64(index) * 1001),
                lasts: fault.lasts && index % 2 == 0 ? .milliseconds(1) : nil
            )
        }
        scenario.commands = commands.enumerated().map { index, command in
            OperatorAct(
                command,
                by: index % 2 == 0 ? "operator" : "night shift",
                at: .seconds(Int64(index)),
                insistsFor: .seconds(Int64(index % 3)),
                whilePhase: index < Phase.allCases.count ? Phase.allCases[index] : nil
            )
        }
        scenario.cut = Cut(records: 3, moment: .afterSome(calls: 2), restartAfter: .milliseconds(7), again: 2)
        scenario.paces = .daemon
        scenario.expectations =
            [
                .verdict(.regional(east), within: .zero), .verdict(.normal, within: .zero), .residual(within: .zero),
                .verdict(.global, within: .zero), .verdict(.unknown, within: .zero), .paged(within: .seconds(1)),
                .ended(.refused), .failuresAtMost(12_345),
            ] + Phase.allCases.map { .phase($0, within: .minutes(1)) }
            + Rule.allCases.map { .refused($0, within: .minutes(1)) }
        scenario.forbidden =
            [
                .shareChange, .zoneChange, .opening, .reliefs(moreThan: 0), .evacuations(moreThan: 3),
                .verdict(.regional(east)), .verdict(.global),
            ] + Phase.allCases.map { .phase($0) }
        scenario.world = WorldShape.threeRegions(services: 7)
        scenario.world.controllers = 3
        scenario.world.lease = .seconds(6)
        scenario.world.startsAt = WallTime(milliseconds: 1_709_251_199_999)
        scenario.world.clients = [WorldShape.Clients(part: 10_000, keeps: .milliseconds(1))]
        scenario.world.policy = Policy(relief: .observe, evacuation: .approve)
        scenario.world.limits.emergencyLadder = [1, 10_000]
        scenario.world.limits.maxAttempts = 99
        scenario.world.limits.residual = 11
        scenario.world.limits.dnsTTL = .milliseconds(1)
        scenario.world.historyDays = 28
        scenario.world.stock = 0
        scenario.world.usualFailures = 33
        #expect(scenario.text.contains("world starts 2024-02-29T23:59:59.999Z"))
        #expect(try Scenario(text: scenario.text) == scenario, "\(scenario.text)")
        scenario.world.services = [WorldShape.Service(name: "a b", weight: 2, instanceCapacity: 10)]
        scenario.world.regions.append(WorldShape.Region(name: "ap-1", group: "asia"))
        scenario.world.geographies[0].saviors = ["ap-1": 1, "eu-west-1": 9999]
        scenario.world.geographies[0].peak = 0.125
        scenario.faults.removeAll { timed in
            switch timed.fault {
            case .deploy, .serviceRate: true
            default: false
            }
        }
        #expect(try Scenario(text: scenario.text) == scenario, "\(scenario.text)")
    }

    @Test func anUnknownWordIsNamedWithItsLineAndTheNearestKnownOne() {
        let found = self.problems("scenario x\nlength 5m\n\nat 30s region us-east-1 serbes 10%\n")
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("line 4: 'serbes' is not known here; did you mean 'serves'?"), "\(found)")
        #expect(self.problems("scenaro x").contains { $0.contains("did you mean 'scenario'?") })
        let region = self.problems("scenario x\nlength 5m\nat 1s region us-eats-1 hangs")
        #expect(
            region.first?.contains("line 3: region 'us-eats-1' is not known here; did you mean 'us-east-1'?") == true
        )
    }

    @Test func troubleOfSeveralControllersNeedsThemAndALeaseThatIsLongEnough() {
        let head = "scenario x\nlength 5m\n"
        let single = self.problems(head + "at 1s controller 2 paused before-calls 3s")
        #expect(single == ["line 3: there is one controller, which has no lease; say: world controllers 3"])
        let third = self.problems(head + "world controllers 2\nat 1s coordination unreachable from 3")
        #expect(third == ["line 4: there is no controller 3; the world has 2"])
        let short = self.problems(head + "world controllers 2 lease 5s")
        #expect(short == ["line 3: a lease of 5 s is too short for calls that may take 2 s; make it 6 s or more"])
        let clock = self.problems(head + "world controllers 2\nat 1s controller 1 clock 12.5%")
        #expect(clock == ["line 4: the rate of the clock is 1250bp; allowed are whole percents"])
    }

    @Test func allProblemsOfATextAreSaidAtOnceInTheOrderOfTheirLines() {
        let text = """
            scenario x
            lenght 5m
            world stock 10
            at 30s region r9 serves 10%
            at 30s for 5s freeze us-east-1 lifted
            at 9h region us-east-1 serves 101%
            forbid more then 1 reliefs
            expect refusal S99 within 1s
            about "open
            scenario y
            """
        let lines = self.problems(text).map { $0.split(separator: ":")[0] }
        #expect(
            lines == [
                "the length is missing; say how long it runs, as in", "line 2", "line 3", "line 4", "line 5", "line 6",
                "line 7", "line 8", "line 9", "line 10",
            ]
        )
    }

    @Test func aRecoveryEndsWhatEarlierLinesBroke() throws {
        let said = try Scenario(
            text: """
                scenario x
                length 5m
                at 30s region us-east-1 serves 10%
                at 40s region us-east-1 carries 50%
                at 50s region eu-west-1 hangs
                at 73s region us-east-1 recovers
                """
        )
        #expect(said.faults.map(\.lasts) == [.seconds(43), .seconds(33), nil])
        let none = self.problems("scenario x\nlength 5m\nat 73s region us-east-1 recovers")
        #expect(none.first?.contains("nothing of us-east-1 is broken then") == true)
    }

    @Test func whatWouldNeverHappenIsAProblem() {
        let start = "scenario x\nlength 1m\nat 30s region us-east-1 hangs\n"
        #expect(
            self.problems(start + "at 2m region eu-west-1 hangs").first?.hasPrefix("line 4: at 2m is not before")
                == true
        )
        #expect(self.problems(start + "expect page within 31s").first?.contains("after the end of the run") == true)
        #expect(self.problems(start + "at 1s name-server 3 silent").first?.contains("the world has 2") == true)
        #expect(self.problems(start + "world clients 50% keep 1m").first?.contains("sum to 50%") == true)
        #expect(self.problems(start + "world region only group one").count > 1)
    }

    @Test func theExamplesOfThePageEndAsTheySay() throws {
        let page = ScenarioFiles.folder.deletingLastPathComponent().appending(path: "docs/scenarios.md")
        var texts: [String] = []
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("    scenario ") { texts.append("") }
            if line.hasPrefix("    "), !texts.isEmpty { texts[texts.count - 1] += line + "\n" }
            if !line.hasPrefix("    "), !texts.isEmpty, !(texts.last?.isEmpty ?? true) { texts.append("") }
        }
        texts.removeAll { !$0.hasPrefix("    scenario ") }
        #expect(texts.count == 4)
        for text in texts {
            let scenario = try Scenario(text: text)
            let result = Runner.run(scenario, seed: 1)
            #expect(result.unmet == [] && result.violations.isEmpty, "\(scenario.name): \(result)")
        }
    }

    @Test func noTextEndsTheProcess() {
        let pieces = [
            "scenario", "x", "at", "30s", "for", "every", "times", "999999999999", "region", "us-east-1", "serves",
            "10%", "\"", "\\", "#", "\n", "world", "limit", "ladder.gentle", "starts", "2023-02-30T00:00:00Z", "expect",
            "within", "-1s", "99999999999d", "999999999999%", "99999999999999999999", "cut", "after", "ahead", "é",
            "\r",
        ]
        var state: UInt64 = 42
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count] + " "
            }
            _ = self.problems(text)
        }
        #expect(!self.problems(String(repeating: "a", count: 1_000_001)).isEmpty)
    }
}
