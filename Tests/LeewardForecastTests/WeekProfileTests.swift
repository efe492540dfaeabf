import Foundation
import LeewardModel
import Testing

@testable import LeewardForecast

/// The usual week is a regression on 55 columns that was never set up: the tests set it up.
@Suite struct WeekProfileTests {
    private func series(weeks: Int) -> [Float] {
        var random = World.Sequence(state: 5)
        return (0..<weeks * 2016).map { slot in
            let day = sin(2 * Double.pi * Double(slot) / 288) * ((slot / 288) % 7 >= 5 ? 0.5 : 1)
            return Float(7 + day + 0.1 * Double((slot / 288) % 7) + 0.2 * random.normal())
        }
    }

    private func row(_ slot: Int) -> [Double] {
        let day = (slot / 288) % 7
        let kind = WeekProfile.dayClass(day)
        var row = [Double](repeating: 0, count: 55)
        row[kind * 17] = 1
        for wave in 1...8 {
            let angle = 2 * Double.pi * Double(slot % 288 * wave) / 288
            row[kind * 17 + 2 * wave - 1] = sin(angle)
            row[kind * 17 + 2 * wave] = cos(angle)
        }
        if (1...4).contains(day) { row[50 + day] = 1 }
        return row
    }

    @Test func itIsTheLeastSquaresAnswerOnWholeWeeks() throws {
        let series = self.series(weeks: 2)
        var squares = LeastSquares(dimension: 55)
        for (slot, value) in series.enumerated() { squares.add(self.row(slot), Double(value)) }
        let coefficients = try #require(squares.solve(ridge: 0))
        let profile = try #require(series.withUnsafeBufferPointer { WeekProfile.fit(wholeWeeks: $0) })
        for slot in stride(from: 0, to: 2016, by: 5) {
            let expected = zip(self.row(slot), coefficients).reduce(0) { $0 + $1.0 * $1.1 }
            let value = try #require(profile.value(weekday: slot / 288, slot: slot % 288))
            #expect(abs(value - expected) < 1e-4)
        }
    }

    @Test func oneByOneItLearnsTheSameAsAllAtOnce() throws {
        let series = self.series(weeks: 4)
        let batch = try #require(series.withUnsafeBufferPointer { WeekProfile.fit(wholeWeeks: $0) })
        var online = WeekProfile()
        for (slot, value) in series.enumerated() {
            online.add(Double(value), weekday: (slot / 288) % 7, slot: slot % 288)
        }
        online.solve()
        for slot in stride(from: 0, to: 2016, by: 7) {
            let left = try #require(batch.value(weekday: slot / 288, slot: slot % 288))
            let right = try #require(online.value(weekday: slot / 288, slot: slot % 288))
            #expect(abs(left - right) < 1e-3)
        }
    }

    @Test func partsOfWeeksAndNumbersThatAreNoneAreRefused() {
        var series = self.series(weeks: 1)
        #expect(series.dropLast().withContiguousStorageIfAvailable { WeekProfile.fit(wholeWeeks: $0) == nil } ?? false)
        series[100] = .nan
        #expect(series.withUnsafeBufferPointer { WeekProfile.fit(wholeWeeks: $0) } == nil)
        #expect(WeekProfile().value(weekday: 0, slot: 0) == nil)
    }

    @Test func logarithmAndExponentialAreThePlatforms() {
        for exponent in stride(from: -300.0, through: 300, by: 0.37) {
            let x = pow(10, exponent)
            #expect(abs(Natural.log(x) - log(x)) <= 1e-13 * max(1, abs(log(x))))
            let y = exponent * 2
            #expect(abs(Natural.exp(y) / exp(y) - 1) < 1e-12)
        }
        #expect(Natural.log(0) == -.infinity && Natural.log(-1).isNaN && Natural.log(.infinity).isNaN)
        #expect(Natural.exp(-800) == 0 && Natural.exp(800) == .infinity && Natural.exp(.nan).isNaN)
    }
}
