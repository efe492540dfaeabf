import Foundation
import LeewardDetection
import LeewardModel
import Testing

/// What looks like a dip and is none.
@Suite struct SeriesWatchCalmTests {
    @Test func anOrdinaryWeekIsCalm() {
        var course = Course.calm
        #expect(course.dips(in: 7 * 1_440).isEmpty)
    }

    @Test(arguments: [0, 0.2, 0.5, 0.8], [1, 2]) func aDeploysBlipIsNoDipHoweverDeep(left: Double, buckets: Int) {
        var course = Course.calm
        for _ in 0..<20 {
            let found = course.dips(in: 63) { $0 <= buckets ? left : 1 }
            #expect(found.isEmpty)
        }
    }

    @Test(arguments: [1, 3, 10, 20, 120, 299]) func aGapIsNoDipNorAreTheFirstBucketsAfterIt(buckets: Int) {
        var course = Course.calm
        course.dips(in: 30)
        course.skip(buckets)
        #expect(course.dips(in: 2) { _ in 0.5 }.isEmpty)
        #expect(course.dips(in: 30).isEmpty)
    }

    @Test func aSilenceOfHoursStartsOverAndIsNoDip() {
        var course = Course.calm
        course.dips(in: 10) { _ in 0.5 }
        course.skip(400)
        course.dips(in: 1)
        #expect(course.watch.mode == .calm)
        #expect(course.dips(in: 60).isEmpty)
        #expect(course.watch.mode == .calm && course.watch.badRun == 0)
        #expect(course.dips(in: 10) { _ in 0.6 } == [3])
    }

    @Test(arguments: [1.5, 2, 5], [5, 20, 60]) func anAttackIsNoDipNeitherWhenItBeginsNorWhenItEnds(
        times: Double,
        buckets: Int
    ) {
        var course = Course.calm
        for _ in 0..<5 { #expect(course.dips(in: buckets + 60) { $0 <= buckets ? times : 1 }.isEmpty) }
    }

    @Test(arguments: [3, 4, 5, 6, 8]) func theEndOfSomethingAMomentHighIsNoDip(buckets: Int) {
        var course = Course.calm
        course.noise = 0.004
        for _ in 0..<10 { #expect(course.dips(in: buckets + 90) { $0 <= buckets ? 1.12 : 1 }.isEmpty) }
    }

    @Test func anOutageDuringAnAttackIsStillFound() {
        var course = Course.calm
        #expect(course.dips(in: 30) { _ in 3 }.isEmpty)
        #expect(course.watch.mode == .surge)
        #expect(course.dips(in: 20) { _ in 0.4 } != [])
    }

    @Test(arguments: [0, 0.3, 0.5], [0.1, 0.14, 0.25, 0.4, 1]) func retriesAfterAnOutageDoNotMakeItsEndANewDip(
        left: Double,
        retries: Double
    ) {
        for minutes in [4, 10, 40] {
            var course = Course.calm
            let found = course.dips(in: minutes + 120) { number in
                number <= minutes ? left : 1 + retries * exp(-Double(number - minutes) / 8)
            }
            #expect(found == [3], "\(minutes) minutes")
        }
    }

    @Test(arguments: SeriesWatchTests.onsets) func aShallowDeclineOverAQuarterOfAnHourIsNoStep(onset: Int) {
        var course = Course.calm
        course.noise = 0.004
        course.dips(in: onset)
        let found = course.dips(in: 60) { 1 - 0.12 * min(1, Double($0) / 15) }
        #expect(found.isEmpty)
    }

    @Test(arguments: [360, 480]) func aHolidayIsNoDip(shoulder: Int) {
        var course = Course.calm
        let found = course.dips(in: 1_440) { number in
            let inside = Double(min(number, 1_440 - number)) / Double(shoulder)
            return 1 - 0.25 * min(1, inside)
        }
        #expect(found.isEmpty)
    }

    @Test func whatIsNoNumberIsIgnored() {
        var course = Course.calm
        course.dips(in: 5)
        let before = course.watch
        for value in [Double.nan, .infinity, -.infinity, -1, .greatestFiniteMagnitude] {
            course.watch.add(time: course.time, rate: value, isLive: true)
            #expect(course.watch == before, "\(value)")
        }
        #expect(course.dips(in: 10) { _ in 0.5 } == [3])
    }

    @Test func olderRowsAreIgnored() {
        var course = Course.calm
        course.dips(in: 5)
        let before = course.watch
        for back in [1, 2, 5, 10_000] {
            course.watch.add(time: course.time - back * 60, rate: 1, isLive: true)
            #expect(course.watch == before, "\(back) buckets back")
        }
        course.watch.add(time: -60, rate: 1, isLive: true)
        #expect(course.watch == before)
    }

    @Test func aSecondRowWithinTheSameBucketIsIgnored() {
        var course = Course.calm
        course.dips(in: 5)
        let before = course.watch
        course.watch.add(time: course.time - 30, rate: 1, isLive: true)
        #expect(course.watch == before)
    }

    @Test func aRowFromBeforeItsEpochIsIgnored() {
        var watch = SeriesWatch(bucket: .minutes(1))
        for minute in -200..<0 { watch.add(time: minute * 60, rate: 100, isLive: true) }
        #expect(watch == SeriesWatch(bucket: .minutes(1)))
    }
}
