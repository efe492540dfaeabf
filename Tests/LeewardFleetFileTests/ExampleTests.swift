import Foundation
import LeewardFleetFile
import LeewardModel
import Testing

/// The shipped example is what a newcomer starts from: it must be read, and read as it is meant.
@Suite struct ExampleTests {
    @Test func theExampleIsAFleet() throws {
        let fleet = try FleetFile.load(path: Example.path)
        #expect(fleet.name == "three-regions")
        #expect(fleet.regions.keys == ["eu-west-1", "us-east-1", "us-west-2"])
        #expect(fleet.geographies.count == 4)
        #expect(fleet.geographies["south-america"]?.saviors == ["us-west-2": 10_000])
        #expect(fleet.regions["us-east-1"]?.edge.agent == .unix(path: "/run/leeward/us-east-1/agent.sock"))
        #expect(fleet.services["play"]?.clusters["eu-west-1"] == ClusterSpec(live: "play-live", shadow: "play-shadow"))
        #expect(fleet.limits.soakMax == .seconds(15))
        #expect(fleet.limits.emergencyLadder == [100, 1000, 5000, 10_000])
        #expect(fleet.policy == Policy(relief: .act, evacuation: .act))
        #expect(fleet.signals.served.contains("$window"))
        #expect(fleet.pages.alertmanager == .tcp(host: "127.0.0.1", port: 9093))
    }

    @Test func withoutASecondChannelPagesGoToTheLog() throws {
        let text = try Example.with("pages:\n  alertmanager: http://127.0.0.1:9093\n", "")
        #expect(try FleetFile.read(text, name: "x").pages == PagesSpec())
    }

    @Test func theKindsOfClientsMayBeNamed() throws {
        #expect(try Example.fleet().signals.clients == nil)
        let query = "sum by (region, client) (rate(starts_total[$window]))"
        let text = try Example.with("pages:\n", "  clients: \(query)\npages:\n")
        #expect(try FleetFile.read(text, name: "x").signals.clients == query)
    }

    @Test func aCalendarIsReadInUTC() throws {
        let event =
            "{ name: Leap, from: 2028-02-29T06:00Z, to: 2028-03-01T00:00:30Z, expect: 6000, regions: [eu-west-1] }"
        let text = try Example.with("policy:", "calendar:\n  - \(event)\npolicy:")
        let calendar = try FleetFile.read(text, name: "x").calendar
        #expect(
            calendar == [
                CalendarEvent(
                    name: "Leap",
                    from: WallTime(milliseconds: 1_835_416_800_000),
                    to: WallTime(milliseconds: 1_835_481_630_000),
                    regions: ["eu-west-1"],
                    expect: 6000
                )
            ]
        )
    }

    @Test func windowsLineEndsChangeNothing() throws {
        let text = try Example.text().replacing("\n", with: "\r\n")
        #expect(try FleetFile.read(text, name: "x") == Example.fleet())
    }

    @Test func clusterNamesCanBeSaidPerRegion() throws {
        let text = try Example.with(
            "    path: /play\n",
            "    path: /play\n    clusters:\n      us-west-2: { live: play-v7, shadow: play-v7-dark }\n"
        )
        let play = try #require(try FleetFile.read(text, name: "x").services["play"])
        #expect(play.clusters["us-west-2"] == ClusterSpec(live: "play-v7", shadow: "play-v7-dark"))
        #expect(play.clusters["us-east-1"] == ClusterSpec(live: "play-live", shadow: "play-shadow"))
    }

    @Test func aMessageNamesFileLineValueAndRange() throws {
        let text = try Example.with("saviorLimit: 8000", "saviorLimit: \"80%\"")
        let line = try Example.line(of: "saviorLimit:", in: text)
        #expect(
            Example.problems(text).map(\.description) == [
                "fleet.yaml:\(line): limits.saviorLimit is \"80%\"; allowed is an integer 1000...9500 (basis points)"
            ]
        )
    }

    @Test func theDocumentationNamesEveryLimitWithItsRange() throws {
        let page = try String(contentsOf: Example.root.appending(path: "docs/limits.md"), encoding: .utf8)
        for rule in LimitRule.all {
            let row = try #require(
                page.split(separator: "\n").first { $0.hasPrefix("| `\(rule.key)` |") },
                "\(rule.key)"
            )
            let words = rule.allowed.replacing(",", with: "").split(separator: " ")
            let range = words.first { $0.contains("...") } ?? "see below"
            #expect(
                row.contains("| \(range)")
                    && row.hasSuffix("\(rule.looser == .fewerRungs ? "fewer rungs" : rule.looser.rawValue) |")
            )
        }
    }

    @Test func aFleetOfTenThousandServicesIsRead() throws {
        let text = try Example.text()
        let start = try #require(text.firstRange(of: "services:\n")).lowerBound
        let end = try #require(text.firstRange(of: "signals:")).lowerBound
        let services = (0..<10_000).map {
            "  s\($0): { path: /s\(10_000 + $0), instanceCapacity: 9, critical: true }\n"
        }
        let fleet = try FleetFile.read("\(text[..<start])services:\n\(services.joined())\(text[end...])", name: "x")
        #expect(fleet.services.count == 10_000)
    }

    @Test func aFileThatIsNotThereIsAProblemAndNoCrash() {
        for path in ["/nonexistent/fleet.yaml", "/dev/zero", "/"] {
            #expect(throws: FleetFileError.self) { try FleetFile.load(path: path) }
        }
    }
}
