import LeewardModel
import Testing

@testable import LeewardForecast

private let region: RegionID = "us-east-1"
private let start = WallTime(milliseconds: 1_519_257_600_000)

/// A small generator of numbers that look random and are the same in every run.
private struct Noise {
    var state: UInt64 = 7
    /// Uniform in -1...1.
    mutating func next() -> Double {
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(self.state >> 40) / Double(1 << 23) - 1
    }
}

private func traffic(_ time: WallTime) -> Double {
    let day = Double(time.milliseconds % 86_400_000) / 86_400_000
    let week = Double(time.milliseconds % 604_800_000) / 604_800_000
    return 400 + 200 * Wave.sine(day - 0.3) + 40 * Wave.cosine(week)
}

private func history(
    days: Int64 = 28,
    step: Span = .minutes(30),
    load: (WallTime, Double) -> Double,
    traffic shape: (WallTime) -> Double = traffic
) -> [Sample] {
    var served: [Sample] = []
    var loads: [Sample] = []
    var time = start
    while time < start + .days(days) {
        let arriving = shape(time)
        served.append(.init(signal: .served, region: region, time: time, value: arriving))
        loads.append(.init(signal: .load, region: region, service: "play", time: time, value: load(time, arriving)))
        time = time + step
    }
    return served + loads
}

@Suite struct DemandModelTests {
    private let later = start + .days(30) + .hours(7)

    @Test func knownCoefficientsAreRecovered() throws {
        let model = DemandModel.fit(
            history: history { time, traffic in
                let day = Double(time.milliseconds % 86_400_000) / 86_400_000
                return 12 + traffic * (0.5 + 0.1 * Wave.cosine(day))
            }
        )
        #expect(model.problems.isEmpty)
        for hour in 0..<24 {
            let time = start + .days(29) + .hours(Int64(hour))
            let expected = 12 + 900 * (0.5 + 0.1 * Wave.cosine(Double(hour) / 24))
            let forecast = try #require(model.load(of: "play", in: region, traffic: 900, at: time))
            #expect(abs(forecast.p50 - expected) < 0.01, "\(hour): \(forecast.p50) of \(expected)")
            #expect(forecast.p90 - forecast.p50 < 0.01)
        }
    }

    @Test func nineOfTenOutcomesStayUnderTheUpperForecast() throws {
        var noise = Noise()
        let model = DemandModel.fit(history: history { _, traffic in traffic * 0.5 * (1 + 0.1 * noise.next()) })
        var under = 0
        for sample in 0..<1000 {
            let time = self.later + .minutes(Int64(sample))
            let forecast = try #require(model.load(of: "play", in: region, traffic: 700, at: time))
            if 350 * (1 + 0.1 * noise.next()) <= forecast.p90 { under += 1 }
        }
        #expect((870...930).contains(under))
    }

    @Test func trafficFollowsTheTimeOfDayAndTheWeek() throws {
        let model = DemandModel.fit(history: history { $1 })
        for hours in stride(from: Int64(0), to: 168, by: 5) {
            let time = start + .days(28) + .hours(hours)
            let forecast = try #require(model.traffic(of: region, at: time))
            #expect(abs(forecast.p50 - traffic(time)) < 1)
        }
    }

    @Test func aConstantSeriesIsForecastAsItself() throws {
        let model = DemandModel.fit(history: history(load: { _, _ in 60 }, traffic: { _ in 200 }))
        let load = try #require(model.load(of: "play", in: region, traffic: 200, at: self.later))
        #expect(abs(load.p50 - 60) < 0.1)
        #expect(load.p90 >= load.p50 && load.p90 < 60.2)
        #expect(abs(try #require(model.traffic(of: region, at: self.later)).p50 - 200) < 0.1)
    }

    @Test func whatWasNeverSeenIsUnknown() {
        let model = DemandModel.fit(history: history { $1 })
        #expect(model.load(of: "search", in: region, traffic: 100, at: self.later) == nil)
        #expect(model.load(of: "play", in: "eu-west-1", traffic: 100, at: self.later) == nil)
        #expect(model.traffic(of: "eu-west-1", at: self.later) == nil)
        #expect(model.load(of: "play", in: region, traffic: .nan, at: self.later) == nil)
        #expect(model.load(of: "play", in: region, traffic: -1, at: self.later) == nil)
    }

    @Test func anEmptyHistoryIsNoModel() {
        let model = DemandModel.fit(history: [])
        #expect(model.problems == ["there is no history of traffic"])
        #expect(model.traffic(of: region, at: self.later) == nil)
    }

    @Test func aShortHistoryIsUnknownWithTheReason() {
        let model = DemandModel.fit(history: history(days: 3) { $1 })
        #expect(model.load(of: "play", in: region, traffic: 100, at: self.later) == nil)
        #expect(model.problems.contains("load of us-east-1/play: only 71 hours of history; 7 days are needed"))
    }

    @Test func aHistoryThatIsMostlyHolesIsUnknownWithTheReason() {
        let samples = history { $1 }.filter { sample in
            let hours = (sample.time - start).milliseconds / 3_600_000
            return hours < 100 || hours > 650
        }
        let model = DemandModel.fit(history: samples)
        #expect(model.traffic(of: region, at: self.later) == nil)
        #expect(
            model.problems.contains { $0.hasPrefix("traffic of us-east-1: only 1") && $0.contains("50 % are needed") }
        )
    }

    @Test func aHoleOfADayDoesNoHarm() throws {
        let samples = history { 0.5 * $1 }.filter { sample in
            !(240..<264).contains((sample.time - start).milliseconds / 3_600_000)
        }
        let model = DemandModel.fit(history: samples)
        let forecast = try #require(model.load(of: "play", in: region, traffic: 800, at: self.later))
        #expect(abs(forecast.p50 - 400) < 0.1)
    }

    @Test func valuesThatAreNoNumbersAndDuplicatesAndDisorderChangeNothing() {
        let clean = history { 0.5 * $1 }
        var damaged: [Sample] = []
        for (index, sample) in clean.enumerated() {
            var copy = sample
            copy.value = [.nan, .infinity, -3][index % 3]
            damaged.append(copy)
            damaged.append(sample)
            damaged.append(sample)
        }
        #expect(DemandModel.fit(history: damaged) == DemandModel.fit(history: clean))
        #expect(DemandModel.fit(history: clean.reversed()) == DemandModel.fit(history: clean))
    }

    @Test func loadThatNeverCoincidesWithTrafficIsUnknown() {
        let samples = history { $1 }.map { sample in
            var copy = sample
            if copy.signal == .load { copy.time = copy.time + .seconds(1) }
            return copy
        }
        let model = DemandModel.fit(history: samples)
        #expect(model.load(of: "play", in: region, traffic: 100, at: self.later) == nil)
        #expect(model.problems == ["load of us-east-1/play: no usable history"])
    }

    @Test func aRegionWithoutTrafficHasNoLoadModel() {
        let model = DemandModel.fit(history: history(load: { _, _ in 3 }, traffic: { _ in 0 }))
        #expect(model.load(of: "play", in: region, traffic: 100, at: self.later) == nil)
        #expect(model.problems == ["load of us-east-1/play: no traffic"])
    }

    @Test(arguments: [(0.0, 0), (80, 1), (80.1, 2), (799, 10), (801, 11)]) func instancesCarryNineOfTenOutcomes(
        rate: Double,
        instances: Int
    ) {
        #expect(Forecast(p50: 0, p90: rate).instances(capacity: 100, limit: 8000) == instances)
    }

    @Test func instancesOfNonsenseAreUnknown() {
        #expect(Forecast(p50: 1, p90: .nan).instances(capacity: 100, limit: 8000) == nil)
        #expect(Forecast(p50: 1, p90: 1).instances(capacity: 0, limit: 8000) == nil)
        #expect(Forecast(p50: 1, p90: 1).instances(capacity: 100, limit: 0) == nil)
        #expect(Forecast(p50: 1, p90: 1e300).instances(capacity: 1, limit: 1) == nil)
    }

    @Test(arguments: (-20...40).map { Double($0) * 0.05 }) func sineIsOddAndPythagorasHolds(turns: Double) {
        #expect(abs(Wave.sine(turns) + Wave.sine(-turns)) < 1e-12)
        let square = Wave.sine(turns) * Wave.sine(turns) + Wave.cosine(turns) * Wave.cosine(turns)
        #expect(abs(square - 1) < 1e-12)
        #expect(abs(Wave.sine(1.0 / 12) - 0.5) < 1e-12)
    }
}
