import Foundation
import LeewardForecast
import LeewardModel

/// Time and memory of the forecast's own code, for `Benchmarks/forecast`, which runs numpy beside it.
enum ForecastSpeed {
    /// Fits and predicts every row of a matrix of 32-bit floats, then times single samples in a region.
    static func run(matrix path: String, points text: String) throws {
        guard let points = Int(text), points > 0, points % 2016 == 0 else {
            throw InputProblem(place: text, problem: "is no number of whole weeks", remedy: "give a multiple of 2016")
        }
        let data = try TextFile.read(path)
        guard data.count > 0, data.count % (4 * points) == 0 else {
            throw InputProblem(
                place: path,
                problem: "\(data.count) bytes are no rows of \(points) floats",
                remedy: "let Benchmarks/forecast write it"
            )
        }
        let values = [Float](unsafeUninitializedCapacity: data.count / 4) { buffer, count in
            count = data.copyBytes(to: buffer) / 4
        }
        for ofLogarithms in [false, true] {
            var sum = 0.0
            let seconds = self.cpuSeconds {
                values.withUnsafeBufferPointer { all in
                    for start in stride(from: 0, to: all.count, by: points) {
                        let series = UnsafeBufferPointer(rebasing: all[start..<start + points])
                        let profile = WeekProfile.fit(wholeWeeks: series, ofLogarithms: ofLogarithms)
                        sum += profile?.nextHour(after: series, ofLogarithms: ofLogarithms).reduce(0, +) ?? .nan
                    }
                }
            }
            print("fit \(ofLogarithms ? "log" : "raw") \(seconds) \(sum)")
        }
        print("bytes profile \(WeekProfile.bytes)")
        self.timeSamples()
    }

    /// One region of 200 services, sample by sample: the cost must not grow with the history.
    private static func timeSamples() {
        let services = 200
        let names = (0..<services).map { ServiceID("service-\($0)") }
        var region = RegionForecaster()
        var bytes = 0
        var first = 0.0
        for day in 0..<22 {
            let seconds = self.cpuSeconds {
                for slot in day * 288..<(day + 1) * 288 {
                    let row = SortedMap(names.enumerated().map { ($1, self.load($0, slot)) })
                    region.add(row, at: WallTime(milliseconds: 1_704_067_200_000 + Int64(slot) * 300_000))
                }
            }
            let micro = seconds / 288 / Double(services) * 1e6
            if day == 8 { first = seconds }
            if day == 9 || day == 21 { print("sample day\(day) \(micro)") }
            bytes = region.bytes
        }
        print("first-fit \(first)")
        print("bytes service \((bytes - RegionForecaster().bytes) / services)")
        print("bytes region \(RegionForecaster().bytes)")
    }

    private static func load(_ service: Int, _ slot: Int) -> Double {
        let turn = Double(slot % 288) / 288 * 2 * Double.pi
        let jitter = Double((slot &* 7919 &+ service &* 104_729) % 1000) / 20_000
        return 1000 * Double(1 + service % 7) * (1 + 0.5 * sin(turn) + jitter)
    }

    private static func cpuSeconds(_ work: () -> Void) -> Double {
        let start = clock()
        work()
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }
}
