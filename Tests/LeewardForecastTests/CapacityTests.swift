import Foundation
import LeewardForecast
import LeewardModel
import Testing

/// From requests to instances: what one carries, when it must be ordered, and what is kept dark.
@Suite struct CapacityTests {
    @Test func theBusiestInstanceSetsWhatAllCarry() throws {
        let capacity = InstanceCapacity(requestsPerSecond: 100, limit: 7_000, spread: 0.4)
        #expect(abs(try #require(capacity.effective) - 50) < 1e-9)
        #expect(InstanceCapacity(requestsPerSecond: 0).effective == nil)
        #expect(InstanceCapacity(requestsPerSecond: 10, limit: 0).effective == nil)
        #expect(InstanceCapacity(requestsPerSecond: 10, spread: -1).effective == nil)
    }

    @Test func theSpreadIsTheBusiestOverTheMean() throws {
        #expect(abs(try #require(InstanceCapacity.spread(of: [90, 110, 100, 140])) - 140 / 110 + 1) < 1e-9)
        #expect(InstanceCapacity.spread(of: []) == nil)
        #expect(InstanceCapacity.spread(of: [0, 0]) == nil)
    }

    @Test func instancesAreOrderedAWarmUpBeforeTheyAreNeeded() {
        let launches = Launch.schedule(
            needs: [(.minutes(30), 14), (.minutes(5), 11), (.minutes(10), 10), (.minutes(60), 13)],
            ready: 9,
            warmUp: .minutes(8)
        )
        #expect(
            launches == [
                Launch(orderIn: .zero, neededIn: .minutes(5), instances: 2, late: .minutes(3)),
                Launch(orderIn: .minutes(22), neededIn: .minutes(30), instances: 3, late: .zero),
            ]
        )
    }

    @Test func aNeedThatIsMetOrdersNothing() {
        #expect(Launch.schedule(needs: [(.minutes(5), 3)], ready: 3, warmUp: .hours(1)).isEmpty)
    }

    @Test func theDarkStockFollowsTheEvacueesDay() throws {
        let world = World(days: 14)
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        forecaster.setCapacity(InstanceCapacity(requestsPerSecond: 100), of: "api", in: "b")
        world.feed(&forecaster, 0..<14 * 288)
        let stocks = (["api", "play"] as [ServiceID]).map { forecaster.darkStock($0, World.evacuation) }
        let stock = try #require(stocks[0])
        #expect(stock.hours.map(\.hour) == Array(0..<24))
        // The evacuee's own day peaks at six and has its trough at eighteen; half of its users come.
        #expect(stock.hours[6].dark > stock.hours[18].dark)
        #expect(stock.hours.allSatisfy { $0.dark > 0 && $0.total > $0.own })
        #expect(stock.peak == stock.hours.map(\.dark).max())
        #expect(stocks[1] == nil)
    }

    @Test func launchesOfTheNextHourAreUnknownWithoutCapacity() throws {
        let world = World(days: 9)
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        world.feed(&forecaster, 0..<9 * 288)
        let without = forecaster.launches("api", World.evacuation, ready: 1, warmUp: .minutes(3))
        #expect(without == nil)
        forecaster.setCapacity(100, of: "api", in: "b")
        let with = forecaster.launches("api", World.evacuation, ready: 1, warmUp: .minutes(3))
        let launches = try #require(with)
        #expect((launches.first?.instances ?? 0) > 10)
    }
}
