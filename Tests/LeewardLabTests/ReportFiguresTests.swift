import LeewardModel
import Testing

@testable import LeewardLab

@Suite struct ReportFiguresTests {
    private let all: (ClientSecond) -> RequestTally = { $0.total }

    private func recovery(_ good: [Int], outage: Double) -> Double? {
        let outage = ReportSample.zero + .milliseconds(Int64(outage * 1000))
        let found = DrillFigures.recovery(ReportSample.seconds(good), from: outage, judged: self.all)
        return found.map { ($0 - outage).seconds }
    }

    @Test func recoveryIsTheFirstOfTenGoodSecondsInARow() {
        let good = Array(repeating: 1000, count: 5) + [0, 0, 0] + Array(repeating: 1000, count: 10)
        #expect(self.recovery(good, outage: 5) == 3)
        #expect(self.recovery(good, outage: 5.4) == 2.6)
    }

    @Test func nineGoodSecondsAreNoRecovery() {
        #expect(self.recovery([0, 0] + Array(repeating: 1000, count: 9), outage: 0) == nil)
        #expect(self.recovery([0, 0] + Array(repeating: 1000, count: 9) + [998, 1000], outage: 0) == nil)
    }

    @Test func aDipInsideTheRowStartsItAgain() {
        let good = [0] + Array(repeating: 1000, count: 6) + [998] + Array(repeating: 1000, count: 10)
        #expect(self.recovery(good, outage: 0) == 8)
    }

    @Test func ninetyNinePointNinePercentIsEnoughAndOneRequestLessIsNot() {
        #expect(self.recovery([0] + Array(repeating: 999, count: 10), outage: 0) == 1)
        #expect(self.recovery([0] + Array(repeating: 998, count: 12), outage: 0) == nil)
    }

    @Test func aSecondWithoutRequestsProvesNothing() {
        var seconds = ReportSample.seconds([0] + Array(repeating: 1000, count: 12))
        seconds[4].geographies["us-east"]?.total = .init(due: 0, good: 0)
        #expect(DrillFigures.recovery(seconds, from: ReportSample.zero, judged: self.all) == nil)
    }

    @Test func whatWasGoodBeforeTheOutageDoesNotCount() {
        let good = Array(repeating: 1000, count: 9) + [500] + Array(repeating: 1000, count: 10)
        #expect(self.recovery(good, outage: 9) == 1)
    }

    @Test func failuresAfterRecoveryAreThoseDueAfterItsFirstSecond() {
        var record = self.record([1000, 0, 0, 999] + Array(repeating: 1000, count: 10) + [990, 1000])
        record.moments.outage = ReportSample.zero + .seconds(1)
        let figures = DrillFigures(record)
        #expect(figures.recover == 2)
        #expect(figures.failedAfterRecovery == 10)
        #expect(figures.total == RequestTally(due: 16_000, good: 13_989))
    }

    @Test func withoutRecoveryEveryFailureSinceTheOutageCounts() {
        var record = self.record([1000, 0, 400])
        record.moments.outage = ReportSample.zero + .seconds(1)
        let figures = DrillFigures(record)
        #expect(figures.recover == nil)
        #expect(figures.failedAfterRecovery == 1600)
    }

    @Test func usersWhoIgnoreTheTTLAreCountedApartWhenOnlyDNSCanHelp() {
        var record = self.record(Array(repeating: 900, count: 12))
        for index in record.timeline.indices {
            record.timeline[index].geographies["us-east"]?.honouring = .init(due: 900, good: 900)
            record.timeline[index].geographies["us-east"]?.ignoring = .init(due: 100, good: 0)
        }
        record.moments.outage = ReportSample.zero
        #expect(DrillFigures(record).recover == nil)
        record.kind = "edge-down"
        let figures = DrillFigures(record)
        #expect(figures.recover == 0)
        #expect(figures.failedAfterRecovery == 0)
        #expect(figures.ignoring == RequestTally(due: 1200, good: 0))
    }

    @Test func clocksFollowOneAnother() {
        let figures = DrillFigures(ReportSample.drill())
        #expect(figures.detect == 10.6)
        #expect(figures.decide == 0.3)
        #expect(figures.execute == 160.1)
        #expect(figures.committed == 171)
        #expect(figures.recover == 14)
        #expect(figures.failedAfterRecovery == 0)
        #expect(figures.residualBasisPoints == 0)
    }

    @Test func aResidualIsNeverRoundedAway() {
        var seconds = ReportSample.seconds([99_999], due: 100_000)
        seconds[0].geographies["us-east"]?.served = ["us-east-1": 1, "eu-west-1": 99_998]
        #expect(DrillFigures.residual(seconds, of: "us-east-1") == 1)
        #expect(DrillFigures.residual(seconds, of: "us-west-2") == 0)
        #expect(DrillFigures.residual([], of: "us-west-2") == nil)
    }

    @Test func servedSharesSumToTenThousand() {
        var seconds = ReportSample.seconds([3])
        seconds[0].geographies["us-east"]?.served = ["eu-west-1": 1, "us-east-1": 1, "us-west-2": 1]
        #expect(seconds.servedShares() == ["us-east": ["eu-west-1": 3334, "us-east-1": 3333, "us-west-2": 3333]])
        #expect(ReportSample.seconds([7, 5]).servedShares() == ["us-east": ["us-east-1": 10_000]])
        #expect(ReportSample.seconds([0]).servedShares() == [:])
    }

    private func record(_ good: [Int]) -> DrillRecord {
        var record = DrillRecord(
            kind: "brownout",
            region: "us-east-1",
            hasDaemon: true,
            hasShadow: true,
            moments: .init(begun: ReportSample.zero, ended: ReportSample.zero + .seconds(Int64(good.count)))
        )
        record.timeline = ReportSample.seconds(good)
        return record
    }
}
