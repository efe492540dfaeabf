import Foundation
import LeewardForecast
import LeewardModel
import Testing

/// New, renamed, silent, broken and shifted services: each has one defined answer.
@Suite struct OddHistoryTests {
    private func fed(
        _ world: World,
        _ days: Int,
        edit: (Int, Int, inout SortedMap<ServiceID, Double>) -> Void = { _, _, _ in }
    ) -> EvacuationForecaster {
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        world.feed(&forecaster, 0..<days * 288, edit: edit)
        return forecaster
    }

    private func median(_ forecaster: EvacuationForecaster, _ service: ServiceID) -> Double? {
        forecaster.demand(service, World.evacuation, ahead: .minutes(30)).forecast?.median
    }

    @Test func aNewServiceTakesItsRegionsShapeWithAWideInterval() throws {
        let world = World(days: 12)
        let forecaster = self.fed(world, 11) { _, slot, row in
            if slot < 10 * 288 + 216 { row["cart"] = nil }
        }
        let answers = (["cart", "api"] as [ServiceID]).map {
            forecaster.demand($0, World.evacuation, ahead: .minutes(30)).forecast
        }
        let young = try #require(answers[0])
        let old = try #require(answers[1])
        let truth = world.demand(1, 11 * 288 + 6)
        #expect(abs(young.median / truth - 1) < 0.3, "\(young.median) of \(truth)")
        #expect(young.upper / young.median > old.upper / old.median)
    }

    @Test func aServiceFirstSeenMinutesAgoIsUnknown() {
        let world = World(days: 10)
        let forecaster = self.fed(world, 10) { _, slot, row in
            if slot < 10 * 288 - 8 { row["cart"] = nil }
        }
        guard case .unknown(let reason) = forecaster.demand("cart", World.evacuation, ahead: .minutes(10)) else {
            Issue.record("eight buckets gave an answer")
            return
        }
        #expect(reason.contains("less than an hour"))
    }

    @Test func aRenamedServiceContinuesItsHistoryToTheLastBit() {
        let world = World(days: 10)
        let plain = self.fed(world, 10)
        var renamed = EvacuationForecaster(cases: [World.evacuation])
        let moved: (Int, Int, inout SortedMap<ServiceID, Double>) -> Void = { _, slot, row in
            guard slot >= 9 * 288 else { return }
            row["basket"] = row["cart"]
            row["cart"] = nil
        }
        world.feed(&renamed, 0..<9 * 288, edit: moved)
        renamed.rename("cart", to: "basket")
        world.feed(&renamed, 9 * 288..<10 * 288, edit: moved)
        let expected = plain.demand("cart", World.evacuation, ahead: .minutes(30))
        let answer = renamed.demand("basket", World.evacuation, ahead: .minutes(30))
        let old = renamed.demand("cart", World.evacuation, ahead: .minutes(30)).forecast
        #expect(answer == expected)
        #expect(old == nil)
    }

    @Test func aSilentServiceNeedsNothing() throws {
        let world = World(days: 10)
        let forecaster = self.fed(world, 10) { _, _, row in row["cart"] = 0 }
        let answer = forecaster.demand("cart", World.evacuation, ahead: .minutes(30)).forecast
        let forecast = try #require(answer)
        #expect(forecast.median == 0)
        #expect(forecast.upper == 0)
    }

    @Test func aSilentServiceDoesNotDisturbTheOthers() throws {
        let world = World(days: 10)
        let forecaster = self.fed(world, 10) { _, _, row in row["cart"] = 0 }
        let found = self.median(forecaster, "api")
        let median = try #require(found)
        #expect(abs(median / world.demand(0, 10 * 288 + 6) - 1) < 0.1)
    }

    @Test func aServiceThatWakesUpIsNewAgain() throws {
        let world = World(days: 12)
        let forecaster = self.fed(world, 12) { _, slot, row in
            if slot < 11 * 288 { row["cart"] = 0 }
        }
        let found = self.median(forecaster, "cart")
        let median = try #require(found)
        #expect(median > 0)
    }

    @Test func aServiceThatDoublesIsForetoldAtItsNewLevelWithinTwoHours() throws {
        let world = World(days: 11)
        let from = 10 * 288 + 100
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        world.feed(&forecaster, 0..<from + 24) { _, slot, row in
            if slot >= from { row["cart"] = (row["cart"] ?? 0) * 2 }
        }
        let found = self.median(forecaster, "cart")
        let median = try #require(found)
        let truth = 2 * world.demand(1, from + 24 + 6)
        #expect(abs(median / truth - 1) < 0.15, "\(median) of \(truth)")
        let foundOther = self.median(forecaster, "api")
        let other = try #require(foundOther)
        #expect(abs(other / world.demand(0, from + 24 + 6) - 1) < 0.1)
    }

    @Test func holesOfHoursLeaveAnAnswerFromWhatWasLastSeen() throws {
        let world = World(days: 11)
        let end = 10 * 288 + 100
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        world.feed(&forecaster, 0..<end) { _, slot, row in
            if slot >= end - 18 || (8 * 288..<8 * 288 + 60).contains(slot) { row = [:] }
        }
        let found = self.median(forecaster, "api")
        let median = try #require(found)
        #expect(abs(median / world.demand(0, end + 6) - 1) < 0.3)
    }

    @Test func valuesThatAreNoLoadsAreHoles() throws {
        let world = World(days: 10)
        let forecaster = self.fed(world, 10) { _, slot, row in
            if slot % 11 == 0 { row["api"] = .nan }
            if slot % 13 == 0 { row["play"] = -5 }
            if slot % 17 == 0 { row["search"] = .infinity }
        }
        for service in World.services {
            let found = self.median(forecaster, service.name)
            let median = try #require(found)
            #expect(median.isFinite && median > 0)
        }
    }

    @Test func clocksThatJumpNeitherCrashNorSpoilWhatFollows() {
        let world = World(days: 10)
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        for milliseconds in [Int64.min, -1, 0] {
            forecaster.add(["api": 5], of: "a", at: WallTime(milliseconds: milliseconds))
            forecaster.add(["api": 5], of: "b", at: WallTime(milliseconds: milliseconds))
        }
        world.feed(&forecaster, 0..<9 * 288)
        forecaster.add(["api": 5], of: "b", at: WallTime(milliseconds: .max))
        world.feed(&forecaster, 9 * 288..<10 * 288)
        let found = self.median(forecaster, "api") ?? 0
        #expect(abs(found / world.demand(0, 10 * 288 + 6) - 1) < 0.1)
    }

    /// A batch job keeps a clock of its own and knows nothing of the region's users.
    @Test func aServiceWithAClockOfItsOwnIsNotForcedIntoItsRegionsShape() throws {
        let world = World(days: 16)
        let job = { (slot: Int) in 1000 * exp(0.8 * sin(2 * Double.pi * Double(slot) / 288 * 3 + 1)) }
        let forecaster = self.fed(world, 15) { _, slot, row in row["cart"] = job(slot) }
        let found = self.median(forecaster, "cart")
        let median = try #require(found)
        let truth = 1.5 * job(15 * 288 + 6)
        #expect(abs(median / truth - 1) < 0.15, "\(median) of \(truth)")
    }
}
