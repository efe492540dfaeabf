import LeewardDetection
import LeewardModel
import Testing

@testable import LeewardEngine

@Suite struct ReplayTests {
    static let live = 7 * Past.day
    /// One outage of a region, one of everybody, one shallow dip; on the ninth, tenth and eleventh day.
    static let past = Past(
        minutes: 12 * Past.day,
        faults: [
            ([east], (8 * Past.day + 600)..<(8 * Past.day + 625), 0.4),
            ([east, europe, west], (9 * Past.day + 700)..<(9 * Past.day + 715), 0.5),
            ([west], (10 * Past.day + 800)..<(10 * Past.day + 830), 0.8),
        ]
    )

    static func run(_ past: Past, until: Int? = nil, caution: Double = 1, fleet: Fleet = TestFleet.make())
        -> ReplayResult
    {
        let setting = ReplaySetting(name: "x", caution: caution)
        return Replay.run(past.input(liveFrom: self.live, until: until), setting, fleet: fleet)
    }

    @Test func anOutageBeginsReliefAndHardensAndIsToldInTheControllersWords() throws {
        let result = Self.run(Self.past)
        let mark = try #require(result.marks.first)
        #expect(mark.kind == .regional && mark.regions == [east])
        #expect(mark.time == Past.time(8 * Past.day + 602), "two bad buckets")
        #expect(mark.depth > 0.55 && mark.depth < 0.65)
        #expect(mark.refusals.isEmpty && mark.course.reliefAt == mark.time)
        #expect(mark.course.evacuationAt == mark.time + 60, "hardenAfter is 60 s, one bucket of these")
        #expect(mark.course.evacuationIfRelievedAt == mark.time + 180, "150 s end within the third bucket")
        #expect(mark.course.stops.isEmpty, "\(mark.course.stops)")
        let end = try #require(mark.course.endedAt)
        #expect(end > Past.time(8 * Past.day + 625) && end < Past.time(8 * Past.day + 630))
        let evidence = try #require(mark.evidence[east])
        #expect(evidence.contains("us-east-1 serves ") && evidence.contains("2 buckets in a row"), "\(evidence)")
        #expect(evidence.contains("its edge counts ") && evidence.contains("probes from eu-west-1 and us-west-2 fail"))
        #expect(mark.reason.hasPrefix("only us-east-1 is sick: "))
        #expect(abs((mark.expected[east] ?? 0) - 610 * 0.98) < 40, "\(mark.expected)")
    }

    @Test func whatIsEverybodysStaysGlobalAndMovesNobody() {
        let marks = Self.run(Self.past).marks
        #expect(marks.map(\.kind) == [.regional, .global])
        #expect(marks.last?.regions == [europe, east, west].sorted())
        #expect(marks.last?.course == ReplayCourse())
        #expect(marks.last?.reason.contains("(S19)") == true, "\(marks.map(\.reason))")
    }

    @Test func aShallowDipThatNothingElseConfirmsIsToldWithItsGate() throws {
        let result = Self.run(Self.past)
        let dip = try #require(result.regions[west]?.dips.last)
        #expect(dip.from >= Past.time(10 * Past.day + 800) && dip.from < Past.time(10 * Past.day + 812))
        #expect(dip.unmarked?.contains("no second class of evidence agrees (S20)") == true, "\(dip)")
        #expect(result.unmarked(west) == 1 && result.unmarked(east) == 0)
    }

    @Test func nothingLaterChangesAnEarlierMark() {
        let whole = Self.run(Self.past)
        for end in [8 * Past.day + 602, 8 * Past.day + 604, 9 * Past.day, 9 * Past.day + 705] {
            let part = Self.run(Self.past, until: end)
            let known = whole.marks.filter { $0.time <= Past.time(end) }
            let bare: (ReplayMark) -> ReplayMark = { mark in
                var mark = mark
                mark.course = ReplayCourse()
                return mark
            }
            #expect(part.marks.map(bare) == known.map(bare), "until minute \(end)")
            #expect(part.regions[east]?.curve == whole.regions[east].map { Array($0.curve.prefix(end - Self.live)) })
            for (early, late) in zip(part.marks, known) {
                #expect(early.course.reliefAt == late.course.reliefAt)
                if let at = late.course.evacuationAt {
                    #expect(early.course.evacuationAt == (at <= Past.time(end) ? at : nil))
                }
            }
        }
    }

    @Test func aGapIsNoDipAndIsNotObserved() {
        var past = Past(minutes: 9 * Past.day)
        past.holes = [(east, (8 * Past.day)..<(8 * Past.day + 90))]
        let result = Self.run(past)
        #expect(result.marks.isEmpty)
        #expect(result.regions[east]?.observed == 2 * Past.day - 90)
        #expect(result.regions[east]?.dips.isEmpty == true)
        #expect(result.observed == 2 * Past.day)
        #expect(result.regions[east]?.taught == Self.live * 60)
    }

    @Test func aRegionOfWhichNothingIsKnownKeepsEverybodyWhereTheyAre() throws {
        var past = Self.past
        past.holes = [(west, (8 * Past.day + 590)..<(8 * Past.day + 640))]
        let result = Self.run(past)
        #expect(result.marks.map(\.kind) == [.global])
        let dip = try #require(result.regions[east]?.dips.first)
        #expect(dip.unmarked?.contains("nobody knows about us-west-2 (S02)") == true, "\(dip)")
    }

    @Test func aSeriesIsLearntOnceTwoDaysOfItHavePassed() {
        let early = Self.past.input(liveFrom: Past.day)
        let result = Replay.run(early, ReplaySetting(name: "1"), fleet: TestFleet.make())
        #expect(result.marks.map(\.kind) == [.regional, .global])
        #expect(result.regions[west]?.dips.count == 2, "a fifth missing is seen by a watch alone")
    }

    @Test func theCalendarWidensWhatIsNoDip() {
        var fleet = TestFleet.make()
        let day = WallTime(milliseconds: Int64(Past.time(8 * Past.day)) * 1_000)
        fleet.calendar = [CalendarEvent(name: "holiday", from: day, to: day + .days(1), regions: [], expect: 4_000)]
        let result = Self.run(Self.past, fleet: fleet)
        #expect(result.marks.map(\.kind) == [.global], "the ninth day is in the calendar")
        #expect(result.regions[east]?.dips.count == 1)
    }

    @Test func aSettingWithThreeTimesTheThresholdSeesNoShallowDip() {
        let calmer = Self.run(Self.past, caution: 3)
        #expect(calmer.marks.map(\.kind) == [.regional, .global])
        #expect(calmer.regions[west]?.dips.count == 1, "only the one of everybody")
        let usual = Self.run(Self.past).regions[west]?.curve.last?.lower ?? 0
        #expect(usual > calmer.regions[west]?.curve.last?.lower ?? .infinity, "the band follows the setting")
    }

    /// A region that flaps is relieved three times an hour and not a fourth time.
    @Test func theGateThatRefusesIsNamed() throws {
        let first = 8 * Past.day + 600
        let past = Past(
            minutes: 9 * Past.day,
            faults: (0..<5).map { ([east], (first + $0 * 10)..<(first + $0 * 10 + 2), 0.1) }
        )
        let fleet = TestFleet.make { limits in
            limits.hardenAfter = .minutes(10)
            limits.hardenAfterRelieved = .minutes(10)
            limits.reliefWindow = .hours(2)
        }
        let marks = Self.run(past, fleet: fleet).marks
        #expect(marks.count == 5)
        #expect(marks.prefix(3).allSatisfy { $0.refusals.isEmpty && $0.course.reliefAt == $0.time })
        let fourth = try #require(marks.dropFirst(3).first)
        #expect(fourth.refusals.count == 1 && fourth.refusals[0].contains("relieved 3 times"), "\(fourth.refusals)")
        #expect(fourth.refusals[0].hasSuffix("(S24)") && fourth.course.reliefAt == nil)
        #expect(marks.last?.refusals == fourth.refusals, "said again for each")
    }

    @Test func nothingInIsNothingOut() {
        let fleet = TestFleet.make()
        let setting = ReplaySetting(name: "1")
        let empty = ReplayInput(bucket: .minutes(1), liveFrom: 0, series: [:])
        #expect(Replay.run(empty, setting, fleet: fleet).marksPerWeek == nil)
        let silent = ReplayInput(bucket: .minutes(1), liveFrom: 0, series: [east: [], west: []])
        #expect(Replay.run(silent, setting, fleet: fleet).regions.count == 3)
        let strange = [RatePoint(time: .min, rate: 1), .init(time: -1, rate: 1), .init(time: .max, rate: 1)]
        let odd = ReplayInput(bucket: .zero, liveFrom: .min, series: [east: strange, "mars": strange])
        #expect(Replay.run(odd, setting, fleet: fleet).observed == 0)
    }
}
