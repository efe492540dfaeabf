import LeewardModel
import Testing

@testable import LeewardDetection

/// What other days promise, against the same thing written as plainly as possible.
@Suite struct BaselineTests {
    private static let now = WallTime(milliseconds: 1_700_000_000_000)

    private static func plain(_ points: [Point], at time: WallTime) -> Double? {
        let promises = [Int64(1), 7, 14, 21, 28].compactMap { days -> Double? in
            let near = points.filter {
                abs(($0.time - (time - .days(days))).milliseconds) <= 300_000 && $0.value.isFinite && $0.value >= 0
            }
            return near.isEmpty ? nil : near.reduce(0) { $0 + $1.value } / Double(near.count)
        }.sorted()
        guard !promises.isEmpty else { return nil }
        let middle = promises.count / 2
        return promises.count % 2 == 1 ? promises[middle] : (promises[middle - 1] + promises[middle]) / 2
    }

    /// Points around the same times of other days, some of them no numbers, with holes and a few days missing.
    private static func points(_ seed: Int) -> [Point] {
        var points: [Point] = []
        for (index, days) in [Int64(28), 21, 14, 7, 1].enumerated() where (seed >> index) & 1 == 1 {
            for minute in stride(from: -12, through: 12, by: 1 + seed % 4) where (minute + 12) % (3 + seed % 5) != 2 {
                let value = (minute + seed) % 7 == 0 ? .nan : 100 + Double((minute * 37 + seed * 11) % 29)
                points.append(Point(time: Self.now - .days(days) + .minutes(Int64(minute)), value: value))
            }
        }
        return points
    }

    @Test func aPromiseIsTheMedianOfWhatTheOtherDaysMakeAroundTheSameTime() {
        var known = 0
        for seed in 0..<128 {
            let points = Self.points(seed)
            for second in stride(from: Int64(-900), through: 900, by: 50) {
                let time = Self.now + .seconds(second)
                let promise = Baseline.promise(of: points, at: time)
                #expect(promise.value == Self.plain(points, at: time), "seed \(seed), \(second) s")
                #expect(promise.times.contains(time))
                for end in [promise.times.lowerBound, promise.times.upperBound] {
                    #expect(promise.value == Self.plain(points, at: end), "seed \(seed), \(second) s until \(end)")
                }
                if promise.value != nil { known += 1 }
            }
        }
        #expect(known > 1_000)
    }

    @Test func aTableHoldsEachSeriesInOrderAndTheLaterOfTwoSamplesWithTheSameTime() {
        func sample(_ signal: Signal, _ region: RegionID, _ second: Int64, _ value: Double) -> Sample {
            Sample(signal: signal, region: region, time: Self.now + .seconds(second), value: value)
        }
        let table = SeriesTable(
            [
                sample(.served, "b", 10, 1), sample(.served, "b", 5, 2), sample(.load, "b", 5, 9),
                sample(.entered, "b", 5, 3), sample(.served, "c", 5, 9), sample(.served, "b", 10, 4),
            ],
            regions: ["a", "b"]
        )
        #expect(table[.served, 0].isEmpty && table[.entered, 0].isEmpty)
        #expect(table[.served, 1].map(\.value) == [2, 4])
        #expect(table[.entered, 1].map(\.value) == [3])
    }
}
