import LeewardModel
import Testing

@testable import LeewardDetection

@Suite struct ReplayTrustTests {
    private func mark(_ time: Int, _ regions: [RegionID]) -> ReplayMark {
        ReplayMark(
            time: time,
            kind: regions.count == 1 ? .regional : .global,
            regions: regions,
            depth: 0.4,
            evidence: [:],
            expected: [:]
        )
    }

    @Test func withoutPeoplesWordNothingIsRightOrWrong() {
        let judged = ReplayJudge(nil).judge(self.mark(1_000, [east]))
        #expect(judged.judgement == .unconfirmed)
    }

    @Test func aMarkIsRightInAnIncidentOfItsOwnRegion() {
        let judge = ReplayJudge([.init(start: 10_000, end: 11_000, region: east)])
        #expect(judge.judge(self.mark(10_500, [east])).judgement == .confirmed)
        #expect(judge.judge(self.mark(9_800, [east])).judgement == .confirmed, "people notice later than the metric")
        #expect(judge.judge(self.mark(11_500, [east])).judgement == .confirmed, "a window ends after the incident")
        #expect(judge.judge(self.mark(12_000, [east])).judgement == .wrong)
        let other = judge.judge(self.mark(10_500, [west]))
        #expect(other.judgement == .wrong && other.reason == "the incident was one of us-east-1")
    }

    @Test func callingEverybodysTroubleRegionalIsWrongAndTheOtherWayRound() {
        let everybody = ReplayJudge([.init(start: 10_000, end: 11_000, region: nil)])
        #expect(everybody.judge(self.mark(10_500, [east])).judgement == .wrong)
        #expect(everybody.judge(self.mark(10_500, [east, west])).judgement == .confirmed)
        let one = ReplayJudge([.init(start: 10_000, end: 11_000, region: east)])
        let global = one.judge(self.mark(10_500, [east, west]))
        #expect(global.judgement == .wrong && global.reason == "only us-east-1 was in trouble")
    }

    @Test func whatNoMarkNamedIsMissed() {
        let result = ReplayResult(
            setting: ReplaySetting(name: "1"),
            bucket: .minutes(1),
            regions: [:],
            marks: [self.mark(10_500, [east])],
            observed: 0
        )
        let judge = ReplayJudge([
            .init(start: 10_000, end: 11_000, region: east), .init(start: 10_000, end: 11_000, region: west),
            .init(start: 40_000, end: 41_000, region: nil), .init(start: 100, end: 200, region: east),
        ])
        let missed = judge.missed(by: result, from: 5_000, to: 50_000)
        #expect(missed.map(\.region) == [west, nil], "the one before the live time does not count")
    }

    private func climb(
        _ weeks: Double,
        alarms: Int = 0,
        confirmed: Int = 0,
        wrong: Int = 0,
        missed: Int = 0
    ) -> TrustRuling {
        TrustLadder.climb(
            TrustRecord(weeks: weeks, alarms: alarms, confirmed: confirmed, wrong: wrong, missed: missed)
        )
    }

    @Test func twoQuietWeeksAllowRecommending() {
        #expect(self.climb(1.8).allowed == .observe)
        #expect(self.climb(1.8).lacks == ["1.8 of 2 weeks observed"])
        #expect(self.climb(2).allowed == .recommend)
        #expect(self.climb(1.95).allowed == .recommend, "a lost scrape is not a lost week")
        #expect(self.climb(2, alarms: 2).allowed == .recommend)
        #expect(self.climb(2, alarms: 3).lacks == ["1.5 unconfirmed alarms a week, at most 1"])
        #expect(self.climb(2, alarms: 3, confirmed: 1, wrong: 2).allowed == .recommend)
    }

    @Test func aCanaryNeedsPrecisionOrSilence() {
        #expect(self.climb(4).allowed == .canary, "no alarm in four weeks moved nobody for nothing")
        #expect(self.climb(4, alarms: 1).lacks == ["0 of 3 judged alarms"])
        #expect(self.climb(4, alarms: 4, confirmed: 3, wrong: 1).lacks == ["precision 75 % of 90 %"])
        #expect(self.climb(4, alarms: 10, confirmed: 9, wrong: 1).allowed == .canary)
    }

    @Test func automaticNeedsToHaveBeenRightAndNeverWrong() {
        #expect(self.climb(8).lacks == ["0 of 3 judged alarms"], "silence proves no sight")
        #expect(self.climb(8, alarms: 3, confirmed: 3).allowed == .automatic)
        #expect(self.climb(8, alarms: 3, confirmed: 3).next == nil)
        #expect(self.climb(8, alarms: 10, confirmed: 9, wrong: 1).lacks == ["precision 90 % of 100 %"])
        #expect(self.climb(8, alarms: 3, confirmed: 3, missed: 1).lacks == ["1 confirmed incident missed"])
        #expect(self.climb(0).allowed == .observe)
    }
}
