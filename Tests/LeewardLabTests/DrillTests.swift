import Foundation
import LeewardModel
import Testing

@testable import LeewardLab

@Suite struct DrillTests {
    private func line(_ second: Double, _ record: String) throws -> JournalLine {
        let wall = ReportSample.zero.milliseconds + Int64(second * 1000)
        let text = "{\"sequence\":1,\"at\":5,\"boot\":\"b\",\"wall\":\(wall),\"record\":\(record)}"
        return try JSONDecoder().decode(JournalLine.self, from: Data(text.utf8))
    }

    @Test func momentsAreReadFromTheJournal() throws {
        let sick = #"{"verdict":{"_0":{"regional":{"_0":"us-east-1"}},"reason":"dip","classes":[]}}"#
        let lines = [
            try self.line(1, sick),
            try self.line(2, #"{"intent":{"_0":{"epoch":1,"key":"claim"},"_1":{}}}"#),
            try self.line(20, #"{"verdict":{"_0":{"regional":{"_0":"eu-west-1"}},"reason":"dip","classes":[]}}"#),
            try self.line(21.5, sick),
            try self.line(21.6, #"{"intent":{"_0":{"epoch":1,"key":"e1/1"},"_1":{}}}"#),
            try self.line(30, #"{"phase":{"_0":"e1","_1":"publishing","reason":"","findings":[]}}"#),
            try self.line(31, #"{"phase":{"_0":"e1","_1":"settling","reason":"read back","findings":[]}}"#),
            try self.line(52, #"{"phase":{"_0":"e1","_1":"evacuated","reason":"quiet","findings":[]}}"#),
        ]
        var moments = DrillRecord.Moments(begun: ReportSample.zero, ended: ReportSample.zero)
        moments.outage = ReportSample.zero + .seconds(10)
        DrillJournal.note(lines, in: &moments, region: "us-east-1")
        let seconds = [moments.verdict, moments.intent, moments.committed, moments.evacuated].map {
            $0.map { ($0 - ReportSample.zero).seconds }
        }
        #expect(seconds == [21.5, 21.6, 31, 52])
    }

    @Test func decisionsSayWhatAndWhy() throws {
        let findings = """
            [{"rule":"S06","ruling":{"permits":{}},"evidence":"3 ready of 2 needed","stoppedBy":"less"},
             {"rule":"S38","ruling":{"refuses":{"rule":"S38","reason":"too much"}},"evidence":"x","stoppedBy":"y"}]
            """
        let lines = [
            try self.line(1, #"{"rung":{"_0":"e1","points":5000,"_1":3,"_2":{},"findings":\#(findings)}}"#),
            try self.line(2, #"{"entries":{"_0":"e1","_1":"us-east","_2":["eu-west-1"],"_3":4,"findings":[]}}"#),
            try self.line(3, #"{"outcome":{"_0":"e1/1","_1":{"done":{}}}}"#),
            try self.line(4, #"{"somethingNew":{"_0":1}}"#),
        ]
        let decisions = DrillJournal.decisions(lines, since: ReportSample.zero)
        #expect(decisions.map(\.what) == ["50 % moved away", "DNS of us-east to eu-west-1"])
        #expect(decisions.first?.reason == "3 ready of 2 needed (S06); too much (S38)")
    }

    @Test func theStatusIsReadWithoutItsOtherKeys() throws {
        let text = """
            {"wall":5,"notices":[{"wall":1,"level":"info","text":"x"}],"status":{"fleet":"lab","epoch":1,
            "verdict":{"regional":{"_0":"us-east-1"}},"reason":"dip","injectedLive":3,"isReady":true,"probesGoodFor":1500,
            "evacuation":{"id":"e1","phase":"relieving","points":100},"orphans":[]}}
            """
        let status = try JSONDecoder().decode(DaemonStatus.self, from: Data(text.utf8))
        #expect(status.phase == "relieving")
        #expect(status.status.verdict == .regional("us-east-1"))
        #expect(status.status.probesGoodFor == .milliseconds(1500))
    }

    @Test func theProgressFitsItsTerminal() {
        var view = DrillView(time: ReportSample.zero + .seconds(42))
        view.timeline = ReportSample.seconds([1000, 995])
        view.shares = ["us-east": ["eu-west-1": 2550, "us-east-1": 7450]]
        let progress = DrillProgress(
            kind: "hang",
            region: "us-east-1",
            geographies: ["us-east"],
            outage: ReportSample.zero
        )
        let block = progress.block(view, width: 60) { _, text in text }
        #expect(block.allSatisfy { $0.count <= 60 })
        #expect(block.contains { $0.contains("eu-west-1 25.5 %, us-east-1 74.5 %") })
        #expect(block.contains { $0.contains("99.750 %") })
        let line = progress.line(view)
        #expect(line.hasPrefix("+42.0 s  at rest  good 99.750 %"))
        #expect(!line.contains("\n"))
    }

    @Test func theMedianOfRunsCountsThoseThatNeverCameBack() {
        #expect(DrillSummary.median([15, 12, nil]) == 15)
        #expect(DrillSummary.median([nil, nil, 12]) == nil)
        #expect(DrillSummary.median([18, 12, 14, 16, 90]) == 16)
        #expect(DrillSummary.median([]) == nil)
    }

    @Test func fiveRunsMustKeepThePromisedMedian() {
        var slow = ReportSample.drill()
        for index in 30..<54 { slow.timeline[index].geographies["us-east"]?.total.good = 0 }
        let good = ReportSample.drill()
        #expect(DrillSummary.keepsPromise([slow, slow, good, good, good]))
        #expect(!DrillSummary.keepsPromise([slow, slow, slow, good, good]))
        #expect(DrillSummary.keepsPromise([slow]))
    }

    @Test func bothTimesAndTheirRatioAreCompared() {
        var cold = ReportSample.drill()
        cold.timeline = Array(ReportSample.drill().timeline)
        for index in 30..<114 { cold.timeline[index].geographies["us-east"]?.total.good = 0 }
        let text = DrillSummary.comparison(ReportSample.drill(), cold)
        #expect(
            text.contains("14.0 s") && text.contains("84.0 s") && text.contains("6.0 times as long")
                && DrillSummary.isWorthwhile(ReportSample.drill(), cold)
        )
    }
}
