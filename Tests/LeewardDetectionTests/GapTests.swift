import LeewardDetection
import LeewardModel
import Testing

/// What is missing, old, frozen or no number is unknown and never a dip (S18).
@Suite struct GapTests {
    enum Damage: String, CaseIterable, Sendable {
        case missing, blackout, lag, nan, infinite, negative, frozen, noBaseline, failedQuery, hole

        func apply(to report: inout SignalReport) {
            let mine = report.live.indices.filter { report.live[$0].region == east }
            switch self {
            case .missing: report.live.removeAll { $0.region == east }
            case .blackout: report.live = []
            case .lag:
                for index in report.live.indices { report.live[index].time = report.live[index].time - .minutes(10) }
            case .nan: for index in mine { report.live[index].value = .nan }
            case .infinite: for index in mine { report.live[index].value = .infinity }
            case .negative: for index in mine { report.live[index].value = -5 }
            case .frozen: for index in mine { report.live[index].value = 133 }
            case .noBaseline: report.baseline = []
            case .failedQuery:
                report = .init(readAt: report.readAt, live: [], baseline: [], problem: "503 from the store")
            case .hole: report.live.removeAll { $0.region == east && report.readAt - $0.time < .seconds(20) }
            }
        }
    }

    @Test(arguments: Damage.allCases) func damagedSeriesAreUnknownAndNeverSick(damage: Damage) throws {
        var stage = Stage()
        #expect(stage.run(10).fleet == .normal)
        stage.tamper = { damage.apply(to: &$0) }
        // Even while every other class cries wolf: no business evidence, no sickness.
        stage.links = [europe: [east: 0], west: [east: 0]]
        for _ in 0..<25 {
            let assessment = stage.run()
            #expect(assessment.regions[east]?.health == .unknown, "\(damage)")
            #expect(assessment.fleet == .unknown, "\(damage)")
        }
        stage.tamper = { _ in }
        stage.links = [:]
        #expect(stage.run(4).fleet == .normal, "unknown leaves as soon as the series is back")
    }

    @Test func aSilentStoreIsUnknownOnlyOnceItsAnswerIsTooOld() {
        var stage = Stage()
        stage.run(10)
        let old = stage.wall
        stage.tamper = { report in
            let shift = report.readAt - old
            report.readAt = old
            for index in report.live.indices { report.live[index].time = report.live[index].time - shift }
            for index in report.baseline.indices { report.baseline[index].time = report.baseline[index].time - shift }
        }
        #expect(stage.run(10).fleet == .normal)
        #expect(stage.run(10).fleet == .unknown, "the store's clock stands still for longer than staleAfter")
    }

    @Test func withoutAnyAnswerNothingIsKnown() {
        var detector = Detector(fleet: stageFleet)
        let input = DetectionInput(
            signals: nil,
            signalsAge: .zero,
            edges: [:],
            probes: [],
            placement: [east: [east: 1], europe: [europe: 1], west: [west: 1]],
            entry: [east: [east: 1], europe: [europe: 1], west: [west: 1]]
        )
        let assessment = detector.step(input, at: .init(milliseconds: 0))
        #expect(assessment.fleet == .unknown)
        #expect(assessment.regions.values.allSatisfy { $0.health == .unknown })
    }

    @Test func anUnknownRegionWithUsersForbidsCallingAnotherOneRegional() {
        var stage = Stage()
        stage.works[east] = 0
        stage.tamper = { report in report.live.removeAll { $0.region == west } }
        let assessment = stage.run(20)
        #expect(assessment.regions[east]?.health == .sick)
        #expect(assessment.regions[west]?.health == .unknown)
        #expect(assessment.fleet == .unknown)
        #expect(assessment.reason.contains("(S02)"))
    }

    @Test func aRepeatedSampleIsNoSecondBucket() {
        var stage = Stage()
        stage.works[east] = 0
        // Every bucket that overlaps the newest bad one comes again under slightly other times.
        stage.tamper = { report in
            let newest = report.live.filter { report.readAt - $0.time < .seconds(5) }
            let older = report.live.filter { report.readAt - $0.time >= .seconds(5) }
            report.live = older
            for shift in 0..<3 {
                report.live += newest.map {
                    var copy = $0
                    copy.time = copy.time - .milliseconds(Int64(shift) * 700)
                    return copy
                }
            }
        }
        #expect(stage.run(5).regions[east]?.health == .healthy)
    }

    @Test(arguments: [-365, -1, 1, 365]) func anyShiftOfTheStoresClockChangesNothing(days: Int64) {
        var plain = Stage()
        var shifted = Stage()
        shifted.clockShift = .days(days) + .seconds(1234)
        for second in 0..<60 {
            if second == 20 {
                plain.works[east] = 0
                shifted.works[east] = 0
            }
            #expect(plain.run() == shifted.run())
        }
    }

    @Test func samplesFromTheFutureAreLeftOut() {
        var stage = Stage()
        stage.run(10)
        stage.tamper = { report in
            report.live.append(.init(signal: .served, region: east, time: report.readAt + .minutes(5), value: 0))
            report.live.append(.init(signal: .served, region: east, time: report.readAt + .minutes(6), value: 0))
        }
        stage.links = [europe: [east: 0], west: [east: 0]]
        #expect(stage.run(10).regions[east]?.health == .healthy)
    }

    @Test func oneWeekOfHistoryIsEnoughAndAnOutageYesterdayDoesNotLowerTheBar() {
        var stage = Stage()
        stage.tamper = { report in
            for index in report.baseline.indices where report.readAt - report.baseline[index].time < .days(2) {
                report.baseline[index].value = 0
            }
        }
        stage.works[east] = 0.5
        #expect(stage.run(15).fleet == .regional(east))
        var young = Stage()
        young.tamper = { report in report.baseline.removeAll { report.readAt - $0.time > .days(2) } }
        #expect(young.run(10).fleet == .normal)
        young.works[east] = 0
        #expect(young.run(15).fleet == .regional(east))
    }
}
