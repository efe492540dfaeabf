import Foundation
import LeewardForecast
import LeewardModel
import Testing

/// A replay says before the day how good the answers would have been.
@Suite struct BacktestTests {
    private func history(_ world: World) -> [Backtest.Bucket] {
        (0..<world.days * 288).flatMap { slot in
            (["a", "b"] as [RegionID]).enumerated().map { index, region in
                Backtest.Bucket(time: World.time(slot), region: region, loads: world.row(index, slot))
            }
        }
    }

    @Test func itScoresEachServiceAndHorizonFromItsStartOn() throws {
        let world = World(days: 12)
        var forecaster = EvacuationForecaster(cases: [World.evacuation], horizons: [.minutes(10), .minutes(60)])
        for service in World.services { forecaster.setCapacity(service.size / 40, of: service.name, in: "b") }
        let test = Backtest(self.history(world), forecaster: forecaster, scoresFrom: World.time(10 * 288))
        #expect(test.rows.count == 2 * World.services.count)
        for row in test.rows {
            #expect((500...600).contains(row.score.count), "\(row.service): \(row.score.count)")
            #expect((0.5...12).contains(try #require(row.score.wape)))
            #expect(row.score.underPercent != nil && row.score.overPercent != nil && row.score.pinballLoss != nil)
        }
        let totals = [Span.minutes(10), .minutes(60), .hours(3)].map { test.total(ahead: $0)?.wape }
        let near = try #require(totals[0])
        let far = try #require(totals[1])
        #expect(near < far)
        #expect(totals[2] == nil)
    }

    @Test func orderOfArrivalDoesNotMatter() {
        let world = World(days: 9)
        let forecaster = EvacuationForecaster(cases: [World.evacuation])
        let history = self.history(world)
        let start = World.time(8 * 288 + 40)
        let straight = Backtest(history, forecaster: forecaster, scoresFrom: start)
        let reversed = Backtest(history.reversed(), forecaster: forecaster, scoresFrom: start)
        let (left, right) = (straight.rows, reversed.rows)
        #expect(!left.isEmpty)
        #expect(left == right)
    }

    @Test func aHistoryWithoutTruthsHasNoRows() {
        let forecaster = EvacuationForecaster(cases: [World.evacuation])
        let rows = Backtest([], forecaster: forecaster, scoresFrom: World.time(0)).rows
        #expect(rows.isEmpty)
    }
}

/// Where it is known who calls, a load is a sum over kinds of clients.
@Suite struct ClientMixTests {
    @Test func itFindsWhatEachKindOfClientAsksFor() throws {
        var mix = ClientMix(clients: ["tv", "phone"])
        for slot in 0..<600 {
            let phone = 500 + 300 * sin(Double(slot) / 40)
            let tv = 800 + 500 * cos(Double(slot) / 55)
            mix.add(load: 3 * phone + 0.5 * tv + 40, traffic: ["phone": phone, "tv": tv])
        }
        let (byClient, rest) = try #require(mix.coefficients)
        #expect(abs((byClient["phone"] ?? 0) - 3) < 0.02)
        #expect(abs((byClient["tv"] ?? 0) - 0.5) < 0.02)
        #expect(abs(rest - 40) < 20)
        // Users of another mix than the history's.
        #expect(abs((mix.load(for: ["phone": 1000, "tv": 0]) ?? 0) / 3040 - 1) < 0.02)
    }

    @Test func lessThanADayOrAKindMissingIsUnknown() {
        var mix = ClientMix(clients: ["tv"])
        for slot in 0..<200 { mix.add(load: Double(slot), traffic: ["tv": Double(slot)]) }
        #expect(mix.load(for: ["tv": 3]) == nil)
        for slot in 0..<200 { mix.add(load: Double(slot), traffic: ["tv": Double(slot)]) }
        #expect(mix.load(for: ["tv": 3]) != nil)
        #expect(mix.load(for: ["phone": 3]) == nil)
        mix.add(load: .nan, traffic: ["tv": 3])
        #expect(mix.load(for: ["tv": .nan]) == nil)
    }

    @Test func aForecastWithAMixFollowsItsClients() throws {
        let world = World(days: 10)
        var forecaster = EvacuationForecaster(cases: [World.evacuation])
        var mix = ClientMix(clients: ["api", "login"])
        world.feed(&forecaster, 0..<10 * 288) { region, slot, row in
            let load = 2 * (row["api"] ?? 0) + (row["login"] ?? 0)
            row["play"] = load
            if region == 1 { mix.add(load: load, traffic: ["api": row["api"] ?? 0, "login": row["login"] ?? 0]) }
        }
        let answer = forecaster.demand("play", mix: mix, World.evacuation, ahead: .minutes(30)).forecast
        let truth = 2 * world.demand(0, 10 * 288 + 6) + world.demand(2, 10 * 288 + 6)
        #expect(abs(try #require(answer?.median) / truth - 1) < 0.12)
        let unknown = ClientMix(clients: ["api"])
        let nothing = forecaster.demand("play", mix: unknown, World.evacuation, ahead: .minutes(30)).forecast
        #expect(nothing == nil)
    }
}
