import Foundation
import LeewardModel
import Testing

/// Our own logarithm and exponential are as good as the system's, and the same everywhere.
@Suite struct NaturalTests {
    /// Numbers of all magnitudes, dense around 1 and around the seam at the square root of 2.
    static let positive: [Double] = {
        var numbers = [Double.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 2.0.squareRoot()]
        for step in -3_000...3_000 { numbers.append(pow(10, Double(step) / 10)) }
        for step in -2_000...2_000 {
            numbers.append(1 + Double(step) * 1e-4)
            numbers.append(1 + Double(step) * 1e-12)
            numbers.append(2.0.squareRoot() * (1 + Double(step) * 1e-15))
        }
        return numbers.filter { $0 > 0 && $0.isFinite }
    }()

    @Test func theLogarithmIsTheSystems() {
        let wrong = Self.positive.filter { abs(Natural.log($0) - log($0)) > 1e-14 * abs(log($0)) }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }

    @Test func theExponentialIsTheSystems() {
        let numbers = (-69_999...69_999).map { Double($0) / 100 }
        let wrong = numbers.filter { abs(Natural.exp($0) - exp($0)) > 1e-14 * exp($0) }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }

    @Test func eachUndoesTheOther() {
        let numbers = (-6_990...6_990).map { Double($0) / 10 }
        let wrong = numbers.filter { abs(Natural.log(Natural.exp($0)) - $0) > 1e-14 * max(1, abs($0)) }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }

    @Test func theEdgesAreWhatTheyShouldBe() {
        #expect(Natural.log(1) == 0)
        #expect(Natural.exp(0) == 1)
        #expect(Natural.log(0) == -.infinity)
        #expect(Natural.log(-0.0) == -.infinity)
        for x in [-1, -Double.infinity, .infinity, .nan] { #expect(Natural.log(x).isNaN, "\(x)") }
        #expect(Natural.exp(-.infinity) == 0)
        #expect(Natural.exp(-701) == 0)
        #expect(Natural.exp(.infinity) == .infinity)
        #expect(Natural.exp(701) == .infinity)
        #expect(Natural.exp(.nan).isNaN)
    }

    @Test func aBiggerNumberNeverHasTheSmallerLogarithm() {
        let sorted = Self.positive.sorted()
        let wrong = zip(sorted, sorted.dropFirst()).filter { Natural.log($0) > Natural.log($1) }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }
}
