import Foundation
import LeewardForecast
import LeewardModel
import Testing

/// The forecaster as the controller uses it: buckets in, answers out, and every answer scored by what came.
@Suite struct EvacuationForecasterTests {
    private let horizons: [Int64] = [10, 30, 60]

    private func fresh() -> EvacuationForecaster {
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        for service in World.services { forecaster.setCapacity(service.size / 40, of: service.name, in: "b") }
        return forecaster
    }

    private func answers(_ forecaster: EvacuationForecaster) -> [DemandAnswer] {
        World.services.flatMap { service in
            self.horizons.map { forecaster.demand(service.name, World.evacuation, ahead: .minutes($0)) }
        }
    }

    /// What an origin may use ends with the savior's row before it and the evacuee's row of fifteen minutes ago.
    @Test func nothingThatComesLaterLeaksIntoAnAnswer() {
        let world = World(days: 10)
        let origin = 9 * 288 + 100
        var whole = self.fresh()
        world.feed(&whole, 0..<origin)
        var truncated = self.fresh()
        world.feed(&truncated, 0..<origin) { region, slot, row in
            if region == 0, slot > origin - 3 { row = [:] }
        }
        var spoilt = self.fresh()
        world.feed(&spoilt, 0..<origin) { region, slot, row in
            if region == 0, slot > origin - 3 { row = row.mapValues { $0 * 0.01 } }
        }
        let expected = self.answers(whole)
        #expect(expected.allSatisfy { $0.forecast != nil })
        let fromTruncated = self.answers(truncated)
        #expect(fromTruncated == expected)
        let fromSpoilt = self.answers(spoilt)
        #expect(fromSpoilt == expected)
    }

    @Test func theNewestRowsThatMayBeUsedAreUsed() {
        let world = World(days: 10)
        let origin = 9 * 288 + 100
        var whole = self.fresh()
        world.feed(&whole, 0..<origin)
        for (changed, newest) in [(0, origin - 3), (1, origin - 1)] {
            var other = self.fresh()
            world.feed(&other, 0..<origin) { region, slot, row in
                if region == changed, slot == newest { row = row.mapValues { $0 * 0.8 } }
            }
            let (changedAnswers, answers) = (self.answers(other), self.answers(whole))
            #expect(changedAnswers != answers)
        }
    }

    @Test func theSameHistoryGivesTheSameAnswersToTheLastBit() {
        let world = World(days: 9)
        var first = self.fresh()
        var second = self.fresh()
        world.feed(&first, 0..<9 * 288)
        world.feed(&second, 0..<9 * 288)
        let isSame = first == second
        #expect(isSame)
        let (left, right) = (self.answers(first), self.answers(second))
        #expect(left == right)
    }

    /// Last week's value, moved to today's level, is what one would write first.
    @Test func itBeatsLastWeekMovedToTodaysLevelByAThird() {
        let world = World(days: 16)
        var forecaster = self.fresh()
        world.feed(&forecaster, 0..<12 * 288)
        var (own, naive) = (0.0, 0.0)
        for slot in 12 * 288..<16 * 288 - 12 {
            if slot % 7 == 0 {
                for (index, service) in World.services.enumerated() {
                    let truth = world.demand(index, slot + 6)
                    let answer = forecaster.demand(service.name, World.evacuation, ahead: .minutes(30)).forecast
                    own += abs((answer?.median ?? 0) - truth) / service.size
                    let level = (world.demand(index, slot - 3) / world.demand(index, slot - 2019))
                    naive += abs(world.demand(index, slot + 6 - 2016) * level - truth) / service.size
                }
            }
            world.feed(&forecaster, slot..<slot + 1)
        }
        #expect(own < naive * 2 / 3, "\(own) against \(naive)")
    }

    @Test func theRiskIsWhatOneAskedFor() {
        let world = World(days: 24)
        var forecaster = self.fresh()
        world.feed(&forecaster, 0..<14 * 288)
        forecaster.forgetScores()
        world.feed(&forecaster, 14 * 288..<24 * 288)
        for minutes in self.horizons {
            let scores = World.services.compactMap {
                forecaster.score($0.name, World.evacuation, ahead: .minutes(minutes))
            }
            let all = scores.dropFirst().reduce(scores[0], +)
            #expect((8.5...11.5).contains(all.passedPercent ?? 0), "\(minutes) min: \(all.passedPercent ?? 0)")
            #expect((8...11.5).contains(all.underPercent ?? 0), "\(minutes) min: \(all.underPercent ?? 0)")
        }
    }

    @Test func aSmallerRiskNeverAsksForLess() throws {
        let world = World(days: 10)
        var forecaster = self.fresh()
        world.feed(&forecaster, 0..<10 * 288)
        for service in World.services {
            let uppers = try [0.3, 0.2, 0.1, 0.05, 0.01].map { risk in
                let answer = forecaster.demand(service.name, World.evacuation, ahead: .minutes(30), risk: risk)
                return try #require(answer.forecast?.upper)
            }
            #expect(uppers == uppers.sorted())
        }
    }

    @Test(arguments: [Int64(5), 45, 90, 240, 720, 1440]) func itAnswersUpToADayAhead(_ minutes: Int64) throws {
        let world = World(days: 13)
        var forecaster = self.fresh()
        let origin = 11 * 288 + 50
        world.feed(&forecaster, 0..<origin)
        for (index, service) in World.services.enumerated() {
            let answer = forecaster.demand(service.name, World.evacuation, ahead: .minutes(minutes))
            let forecast = try #require(answer.forecast)
            let truth = world.demand(index, origin + Int(minutes / 5))
            #expect(abs(forecast.median / truth - 1) < 0.35, "\(service.name): \(forecast.median) of \(truth)")
            #expect(forecast.upper >= forecast.median)
        }
    }

    @Test func beyondADayAndBeforeAnyHistoryItSaysWhyNot() {
        var forecaster = self.fresh()
        var found: DemandForecast?
        let unwatched = EvacuationCase(savior: "a", evacuee: "b", share: 1)
        found = forecaster.demand("api", World.evacuation, ahead: .minutes(10)).forecast
        #expect(found == nil)
        let world = World(days: 9)
        world.feed(&forecaster, 0..<7 * 288)
        guard case .unknown(let reason) = forecaster.demand("api", World.evacuation, ahead: .minutes(10)) else {
            Issue.record("seven days gave an answer")
            return
        }
        #expect(reason.contains("eight days"))
        world.feed(&forecaster, 7 * 288..<9 * 288)
        found = forecaster.demand("api", World.evacuation, ahead: .minutes(10)).forecast
        #expect(found != nil)
        found = forecaster.demand("api", World.evacuation, ahead: .hours(25)).forecast
        #expect(found == nil)
        found = forecaster.demand("nobody", World.evacuation, ahead: .minutes(10)).forecast
        #expect(found == nil)
        found = forecaster.demand("api", unwatched, ahead: .minutes(10)).forecast
        #expect(found == nil)
    }

    @Test func unusableCapacityMakesInstancesUnknownAndNotZero() {
        let world = World(days: 9)
        var forecaster = self.fresh()
        world.feed(&forecaster, 0..<9 * 288)
        for capacity in [0, -1, .nan, .infinity] {
            forecaster.setCapacity(capacity, of: "api", in: "b")
            let answer = forecaster.demand("api", World.evacuation, ahead: .minutes(10)).forecast
            #expect(answer != nil && answer?.instances == nil)
        }
    }

    @Test func aServiceThatSeemsToLeadDoesNotSpoilTheNextMinutesOfTheOthers() throws {
        var forecaster = EvacuationForecaster(cases: [World.evacuation], horizons: [.minutes(10), .minutes(30)])
        var random = World.Sequence(state: 7)
        for slot in 0..<(16 * 288) {
            for (index, region) in (["a", "b"] as [RegionID]).enumerated() {
                // Eight services are exactly their region's curve; the ninth has a day of its own and seems to lead them.
                var loads = SortedMap<ServiceID, Double>(
                    (0..<8).map {
                        (ServiceID("calm-\($0)"), 1000 * exp(World.curve(slot, index) + 0.003 * random.normal()))
                    }
                )
                let own = 1 + 0.5 * sin(2 * Double.pi * Double(slot) / 288 + Double(index))
                loads["other"] = 1000 * exp(World.curve(slot, index)) * own
                forecaster.add(loads, of: region, at: World.time(slot))
            }
            forecaster.advance(to: World.time(slot + 1))
            if slot == 12 * 288 { forecaster.forgetScores() }
        }
        let near = try #require(forecaster.score("calm-0", World.evacuation, ahead: .minutes(10))?.wape)
        let far = try #require(forecaster.score("calm-0", World.evacuation, ahead: .minutes(30))?.wape)
        #expect(near < 1 && near < 1.2 * far, "\(near) % and \(far) %")
    }
}
