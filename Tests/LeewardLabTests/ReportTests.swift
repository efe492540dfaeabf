import Foundation
import LeewardModel
import Testing

@testable import LeewardLab

@Suite struct ReportTests {
    @Test func theJSONHasEveryFieldOfTheContract() throws {
        let text = try ReportJSON.text(ReportSample.drill())
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        func object(_ key: String) throws -> [String: Any] { try #require(root[key] as? [String: Any], "\(key)") }
        #expect(try object("outage") as? [String: String] == ["kind": "backends-down", "region": "us-east-1"])
        #expect(Set(try object("clocks").keys) == ["detect", "decide", "execute", "recover"])
        #expect(root["secondsTo999"] as? Double == 14)
        let requests = try object("requests")
        #expect(requests["total"] as? Int == ReportSample.drill().timeline.reduce(0) { $0 + $1.total.due })
        #expect(requests["failedAfterRecovery"] as? Int == 0)
        #expect(requests["failed"] as? Int ?? 0 > 0)
        let shares = try object("shares")
        #expect(Set(shares.keys) == ["before", "during", "after"])
        let during = try #require(shares["during"] as? [String: [String: Int]])
        #expect(during["us-east"]?["eu-west-1"] == 10_000)
        #expect(root["residualBasisPoints"] as? Int == 0)
        #expect(try object("ledger") as? [String: Int] == ["injected": 14, "withdrawn": 14, "orphans": 0])
        #expect(try object("evacuation") as? [String: String] == ["id": "ev-1", "phase": "done"])
        #expect((root["timeline"] as? [Any])?.count == 300)
        #expect(root["planned"] == nil)
    }

    @Test func aClockThatDidNotStopIsNullAndNotMissing() throws {
        var record = ReportSample.drill()
        record.moments.committed = nil
        record.timeline = ReportSample.seconds([0, 0])
        let text = try ReportJSON.text(record)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["secondsTo999"] is NSNull)
        let clocks = try #require(root["clocks"] as? [String: Any])
        #expect(clocks["execute"] is NSNull)
    }

    @Test func aPlannedDrillReportsItsOwnCount() throws {
        var record = ReportSample.drill()
        record.kind = "planned"
        record.timeline = ReportSample.seconds([1000, 999])
        let text = try ReportJSON.text(record)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["planned"] as? [String: Int] == ["total": 2000, "failed": 1])
    }

    @Test func theJSONComesBackAsItWas() throws {
        let report = ReportJSON(ReportSample.drill())
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(ReportJSON.self, from: data) == report)
    }

    @Test func thePageNeedsNothingElse() {
        let page = ReportHTML.text(ReportSample.drill())
        for part in ["http:", "https:", "url(", "@import", "<link", "src=", "xlink"] {
            #expect(!page.contains(part), "\(part)")
        }
    }

    @Test func thePageShowsWhatTheDrillSaw() {
        let page = ReportHTML.text(ReportSample.drill())
        for part in ["10.6<small>", "relieving", "us-east-1", "DNS committed", "marker matched", "✓ passed", "14 / 14"]
        {
            #expect(page.contains(part), "\(part)")
        }
        #expect(page.contains("0 of 312,000 &lt;requests&gt;"))
        #expect(!page.contains("<requests>"))
    }

    @Test func aFailedCheckFailsThePage() {
        var record = ReportSample.drill()
        record.checks.append(.init("no orphan", isMet: false, found: "2 instances"))
        #expect(ReportHTML.text(record).contains("✗ failed"))
    }

    @Test func anEmptyDrillStillMakesAPage() {
        let record = DrillRecord(
            kind: "hang",
            region: "us-east-1",
            hasDaemon: false,
            hasShadow: true,
            moments: .init(begun: ReportSample.zero, ended: ReportSample.zero)
        )
        #expect(ReportHTML.text(record).contains("without controller"))
    }

    @Test func aNameCannotLeaveItsScript() {
        var record = ReportSample.drill()
        record.samples[0].phase = "</script><b>"
        let page = ReportHTML.text(record)
        #expect(page.components(separatedBy: "</script>").count == 2)
    }

    @Test(arguments: [(9999, "99.99 %"), (10_000, "100 %"), (2550, "25.5 %"), (0, "0 %")])
    func percentagesAreExact(points: Int, text: String) { #expect(Markup.percent(points) == text) }

    @Test func aPartIsNotRoundedUpToAllOfIt() {
        #expect(ReportTables.part(.init(due: 1_000_000, good: 999_999)) == "99.999 %")
        #expect(ReportTables.part(.init(due: 10, good: 10)) == "100 %")
    }
}
