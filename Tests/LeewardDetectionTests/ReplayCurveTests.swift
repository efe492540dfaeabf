import LeewardModel
import Testing

@testable import LeewardDetection

@Suite struct ReplayCurveTests {
    @Test func aThinnedCurveKeepsItsLowsAndItsGaps() throws {
        var curve: [CurvePoint] = []
        for minute in 0..<7_200 where !(5_000..<5_005).contains(minute) {
            var hash = StableHash()
            hash.combine(Int64(minute))
            let rate = 500 + Double(hash.value % 100)
            curve.append(CurvePoint(time: minute * 60, rate: rate, expected: 550, lower: 400))
        }
        let thin = ThinCurve(curve, length: 60, limit: 2_000).points
        #expect(thin.count <= 2_000 && thin.count > 1_500)
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.point.time < $1.point.time })
        #expect(thin.filter(\.isAfterGap).count == 1)
        // 7,195 buckets in 1,000 stretches of eight.
        for start in stride(from: 0, to: curve.count, by: 8) {
            let stretch = curve[start..<min(start + 8, curve.count)]
            let lowest = stretch.min { $0.rate < $1.rate }
            #expect(thin.contains { $0.point == lowest })
        }
        let few = Array(curve.prefix(100))
        #expect(ThinCurve(few, length: 60, limit: 2_000).points.map(\.point) == few)
        #expect(ThinCurve([], length: 60, limit: 2_000).points.isEmpty)
    }

    @Test func aSettingAsksForSoManyTimesAsMuchMissing() {
        #expect(ReplaySetting(name: "1").dipBelow(7_000) == 7_000)
        #expect(ReplaySetting(name: "1.5", caution: 1.5).dipBelow(7_000) == 5_500)
        #expect(ReplaySetting(name: "4", caution: 4).dipBelow(7_000) == 1_000, "less than a tenth left is no threshold")
        #expect(ReplaySetting(name: "0.25", caution: 0.25).dipBelow(8_000) == 9_500)
        #expect(ReplaySetting(name: "x", caution: .nan).caution == 1)
        #expect(ReplaySetting(name: "x", caution: 90).caution == 4)
    }
}
