import LeewardDetection
import LeewardModel
import Testing

/// What a series has lived through neither echoes nor blinds.
@Suite struct SeriesWatchMemoryTests {
    static let day = 1_440

    @Test(arguments: [1, 7]) func anOutageSeenLiveDoesNotEcho(days: Int) {
        var course = Course.calm
        #expect(course.dips(in: 60) { _ in 0.3 } == [3])
        #expect(course.dips(in: days * Self.day - 90).isEmpty)
        var quiet = course
        #expect(quiet.dips(in: 240).isEmpty, "neither its beginning nor its end is a dip a period later")
        for offset in [20, 45, 75, 95] {
            var again = course
            again.dips(in: offset)
            #expect(again.dips(in: 10) { _ in 0.75 } == [3], "nor does it hide one, \(offset)")
        }
    }

    @Test(arguments: [1, 7], [30, 90]) func anOutageInTheHistoryDoesNotEcho(days: Int, minutes: Int) {
        // Noon of a day ago or a week ago; the history ends at noon.
        let begin = (28 - days) * 86_400 + 1_800
        let course = Course(days: 28) { ($0 >= begin && $0 < begin + minutes * 60) ? 0.3 : 1 }
        var quiet = course
        #expect(quiet.dips(in: 240).isEmpty)
        for offset in [20, 35, 60, 115, 130] {
            var again = course
            again.dips(in: offset)
            #expect(again.dips(in: 10) { _ in 0.75 } == [3], "\(offset)")
        }
    }

    @Test func aLowerLevelThatStaysForHoursIsTheNewLevel() throws {
        var course = Course.calm
        #expect(course.dips(in: 175) { _ in 0.7 } == [3])
        #expect(course.watch.mode == .dip)
        course.mean *= 0.7
        let limit = course.buckets(until: 30) { $0.mode == .calm }
        #expect(try (5...12).contains(#require(limit)))
        #expect(course.dips(in: 120).isEmpty)
        let expected = try #require(course.watch.expected)
        #expect(abs(expected / course.curve(course.time) - 1) < 0.03)
        #expect(course.dips(in: 10) { _ in 0.7 } == [3], "the next one is seen from the new level")
    }

    @Test func aHigherLevelThatStaysForHoursIsTheNewLevel() throws {
        var course = Course.calm
        #expect(course.dips(in: 80) { _ in 1.5 }.isEmpty)
        #expect(course.watch.mode == .surge)
        course.mean *= 1.5
        #expect(course.buckets(until: 30) { $0.mode == .calm } != nil)
        #expect(course.dips(in: 60).isEmpty)
        #expect(course.dips(in: 10) { _ in 1 / 1.5 } == [3], "going back to the old one is a dip now")
    }

    /// Ten minutes a day it is low by itself, at another time each day, so that no time of day stands out.
    static let nervous = Course(days: 28) { second in
        let begin = (second / 86_400 * 7_919 % 1_380) * 60
        return (begin..<begin + 600).contains(second % 86_400) ? 0.87 : 1
    }

    @Test func aSeriesThatFallsByItselfEveryDayEarnsAWiderThreshold() {
        var nervous = Self.nervous
        nervous.dips(in: 30)
        var calm = Course.calm
        calm.dips(in: 30)
        #expect(calm.dips(in: 10) { _ in 0.87 } == [3])
        #expect(nervous.dips(in: 10) { _ in 0.87 }.isEmpty)
        #expect(nervous.dips(in: 60).isEmpty)
        #expect(nervous.dips(in: 10) { _ in 0.4 } == [3], "what is deeper than its habit is seen")
    }

    @Test func whatIsNeitherProvenNorGoneIsTheLevelAfterAQuarterOfAnHour() throws {
        var course = Self.nervous
        course.dips(in: 30)
        #expect(course.dips(in: 12) { _ in 0.87 }.isEmpty)
        let held = try #require(course.watch.expected) / course.curve(course.time)
        #expect(abs(held - 1) < 0.04)
        #expect(course.dips(in: 12) { _ in 0.87 }.isEmpty)
        let given = try #require(course.watch.expected) / course.curve(course.time)
        #expect(abs(given - 0.87) < 0.04)
    }

    @Test func oneBadDayInTwoWeeksDoesNotWidenTheThreshold() {
        let course = Course(days: 28) { second in
            let minute = second / 60
            return (minute % (14 * Self.day) > 600 && minute % (14 * Self.day) < 612) ? 0.6 : 1
        }
        var again = course
        again.dips(in: 30)
        #expect(again.dips(in: 10) { _ in 0.87 } == [3])
    }

    @Test func historyTeachesAndNeverAlarms() {
        var course = Course.calm
        #expect(course.dips(in: 60, isLive: false) { _ in 0.2 }.isEmpty)
        #expect(course.watch.mode == .calm)
    }

    @Test func rowsThatArriveTogetherCountInTheirOrder() {
        var punctual = Course.calm
        var late = Course.calm
        punctual.dips(in: 10)
        var rows: [(Int, Double)] = []
        for _ in 0..<10 { rows.append((late.time, late.next())) }
        for (time, rate) in rows { late.watch.add(time: time, rate: rate, isLive: true) }
        #expect(late.watch == punctual.watch)
        #expect(late.dips(in: 5) { _ in 0.6 } == [3])
    }
}
