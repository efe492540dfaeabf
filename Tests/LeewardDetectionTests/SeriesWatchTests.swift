import LeewardDetection
import LeewardModel
import Testing

/// What is a dip is found, and as early as can be.
@Suite struct SeriesWatchTests {
    /// Onsets all around the clock and the week, in buckets from the end of the history.
    static let onsets = Array(stride(from: 7, to: 2_900, by: 241))

    @Test(arguments: onsets) func aThirdMissingIsProvenInItsThirdBucket(onset: Int) {
        var course = Course.calm
        course.dips(in: onset)
        #expect(course.dips(in: 10) { _ in 0.7 } == [3])
    }

    @Test(arguments: onsets) func aTenthMissingFromACalmSeriesIsProvenWithinMinutes(onset: Int) throws {
        var course = Course.calm
        course.noise = 0.004
        course.dips(in: onset)
        let found = course.dips(in: 12) { _ in 0.9 }
        #expect(found.count == 1)
        #expect(try (3...10).contains(#require(found.first)))
    }

    @Test func aTotalOutageIsProvenInItsThirdBucket() {
        var course = Course.calm
        #expect(course.dips(in: 10) { _ in 0 } == [3])
        #expect(course.watch.missing > 0.99)
    }

    @Test(arguments: [20.0, 50, 100, 400]) func aSmallRegionsTotalOutageIsProvenInItsThirdBucketToo(count: Double) {
        var course = Course(days: 8, mean: count / 60)
        #expect(course.dips(in: 240).isEmpty)
        #expect(course.dips(in: 10) { _ in 0 } == [3])
    }

    @Test(arguments: onsets) func aRampOfFortyPercentOverTwentyMinutesIsFound(onset: Int) throws {
        var course = Course.calm
        course.dips(in: onset)
        let found = course.dips(in: 40) { 1 - 0.4 * min(1, Double($0) / 20) }
        #expect(found.count == 1)
        #expect(try #require(found.first) <= 20)
    }

    @Test(arguments: onsets) func aDeepFallOverAFewBucketsNeedNotBeAStep(onset: Int) throws {
        var course = Course.calm
        course.dips(in: onset)
        let found = course.dips(in: 20) { 1 - 0.5 * min(1, Double($0) / 6) }
        #expect(try #require(found.first) <= 5)
    }

    @Test(arguments: [2, 3, 4]) func aFlapIsFoundAndIsOneDip(buckets: Int) throws {
        var course = Course.calm
        let found = course.dips(in: 30) { (($0 - 1) / buckets).isMultiple(of: 2) ? 0.5 : 1 }
        #expect(try #require(found.first) <= 3 * buckets + 1)
    }

    @Test func aDipIsOneUntilItsEndAndThenItIsOver() throws {
        var course = Course.calm
        #expect(course.dips(in: 60) { _ in 0.6 } == [3])
        #expect(course.watch.age == 57)
        let expected = try #require(course.watch.expected)
        #expect(abs(expected / course.curve(course.time) - 1) < 0.05)
        #expect(course.buckets(until: 10) { $0.mode == .calm } == 3)
        #expect(course.dips(in: 60).isEmpty)
    }

    @Test func aSecondOutageAfterTheFirstIsASecondDip() {
        var course = Course.calm
        let found = course.dips(in: 90) { (1...20).contains($0) || (51...70).contains($0) ? 0.6 : 1 }
        #expect(found == [3, 53])
    }

    @Test func theShorterTheBucketTheSoonerTheProof() {
        var seconds: [Int] = []
        for bucket in [1, 5, 15, 60] {
            var course = Course(bucket: bucket, days: bucket == 1 ? 2 : 8)
            #expect(course.dips(in: 1_800 / bucket).isEmpty, "\(bucket) s")
            let found = course.dips(in: 20) { _ in 0.6 }
            #expect(found.count == 1, "\(bucket) s")
            seconds.append((found.first ?? .max / 60) * bucket)
        }
        #expect(seconds == [3, 15, 45, 180])
    }

    @Test func withoutAnyHistoryADeepOutageIsFoundAndNothingElseIs() {
        var course = Course(days: 0)
        #expect(course.dips(in: 1_440).isEmpty)
        #expect(course.dips(in: 10) { _ in 0.3 } == [3])
        var young = Course(days: 0)
        young.dips(in: 20)
        #expect(young.dips(in: 10) { _ in 0.3 } == [3])
    }

    @Test func anOutageThatBeginsUnseenIsProvenOnceThreeBucketsInARowAreSeen() {
        var course = Course.calm
        course.dips(in: 30)
        course.skip(10)
        #expect(course.dips(in: 10) { _ in 0.5 } == [3])
    }

    @Test func theSameRowsLeadToTheSameState() {
        var first = Course.calm
        var second = Course(days: 28)
        #expect(first.watch == second.watch)
        for factor in [1, 0.5, 1, 3, 1, 0.9] {
            #expect(first.dips(in: 17) { _ in factor } == second.dips(in: 17) { _ in factor })
            #expect(first.watch == second.watch)
        }
        first.dips(in: 1)
        #expect(first.watch != second.watch)
    }
}
