import LeewardLab
import LeewardModel
import Testing

@Suite struct HistoryTests {
    @Test func nowIsWhatTheUsersReallySend() throws {
        let traffic = Traffic(now: .wednesdayEvening)
        let history = History(traffic: traffic, seed: 7, minutes: 60)
        for users in Traffic.users {
            let series = try Self.find(history, ["__name__": "leeward_client_good_total", "geography": users.id.text])
            let lastMinute = Double(series.values[59] - series.values[58]) / 60
            #expect(abs(lastMinute - Double(traffic.clientRate(of: users))) < 0.5)
            #expect(traffic.clientRate(of: users) >= 300)
        }
    }

    @Test func serversAndUsersCountTheSameRequests() throws {
        let history = History(traffic: Traffic(), seed: 7, minutes: 600)
        let served = try Self.find(history, ["__name__": "leeward_edge_good_total", "region": "us-east-1"])
        let entered = try ["us-east", "south-america"].map {
            try Self.find(history, ["__name__": "leeward_client_good_total", "geography": $0]).values[599]
        }
        let loads = try ["browse", "play", "search", "profile"].map {
            try Self.find(
                history,
                ["__name__": "leeward_edge_requests_total", "region": "us-east-1", "service": $0]
            ).values[599]
        }
        let good = Double(served.values[599])
        #expect(abs(good - Double(entered.reduce(0, +))) < 10)
        #expect(abs(good / Double(loads.reduce(0, +)) - 0.9999) < 0.0001)
    }

    @Test func theSameSeedGivesTheSameHistory() {
        let one = History(traffic: Traffic(), seed: 3, minutes: 300)
        #expect(one.series == History(traffic: Traffic(), seed: 3, minutes: 300).series)
        #expect(one.series != History(traffic: Traffic(), seed: 4, minutes: 300).series)
    }

    @Test func everyCounterOnlyRises() {
        let history = History(traffic: Traffic(), seed: 1, minutes: 2000)
        #expect(history.series.count == 3 + 12 + 4)
        for series in history.series {
            #expect(zip(series.values, series.values.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func yesterdayAndLastWeekLookLikeNow() throws {
        let history = History(traffic: Traffic(), seed: 1)
        let series = try Self.find(history, ["__name__": "leeward_edge_good_total", "region": "us-east-1"])
        let rates = zip(series.values, series.values.dropFirst()).map { $1 - $0 }
        let now = Double(rates[rates.count - 1])
        for days in [1, 7, 14, 28] {
            let then = Double(rates[rates.count - 1 - days * 24 * 60])
            #expect((0.9...1.1).contains(then / now))
        }
    }

    @Test func theLastMinutesComeAsDenseAsLiveSamples() throws {
        let history = History(traffic: Traffic(), seed: 1, minutes: 30)
        let series = try #require(history.series.first)
        let points = HistoryImport.points(series, endingAt: WallTime(milliseconds: 1_000_000_000))
        #expect(points.times.count == 30 + 2 * 11)
        #expect(points.times.last == 1_000_000_000)
        #expect(points.values.last == series.values.last)
        let steps = zip(points.times, points.times.dropFirst()).map { $1 - $0 }
        #expect(steps.prefix(27).allSatisfy { $0 == 60_000 })
        #expect(steps.suffix(24).allSatisfy { $0 == 5000 })
        #expect(zip(points.values, points.values.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func aTroughIsAFifthOfThePeakAndWeekendsHaveBusierAfternoons() {
        let hours = (0..<24).map { TrafficShape.value(at: WeekTime(minute: (24 + $0) * 60)) }
        #expect(abs((hours.min() ?? 0) / (hours.max() ?? 1) - 0.2) < 0.01)
        #expect(hours.firstIndex(of: hours.max() ?? 0) == 21)
        let saturday = TrafficShape.value(at: WeekTime(minute: (5 * 24 + 14) * 60))
        #expect(saturday > 1.3 * hours[14])
    }

    @Test func theMixChangesSlowlyAndAlwaysSumsToTheWhole() {
        let traffic = Traffic()
        for minute in stride(from: 0, to: 1440, by: 10) {
            let mix = traffic.mix(minutesFromNow: minute)
            #expect(mix.values.reduce(0, +) == 10_000)
            let later = traffic.mix(minutesFromNow: minute + 10)
            for (service, part) in mix { #expect(abs(part - (later[service] ?? 0)) < 30) }
        }
    }

    @Test func timesOfTheWeekAreReadAndWrapAround() {
        #expect(WeekTime("wed 20:00") == .wednesdayEvening)
        #expect(WeekTime("Sun 23:59")?.description == "sun 23:59")
        #expect(WeekTime(minute: -1).description == "sun 23:59")
        for text in ["", "wed", "20:00", "wed 24:00", "wed 20:0", "xyz 10:00", "wed 20:00 x"] {
            #expect(WeekTime(text) == nil)
        }
    }

    private static func find(_ history: History, _ labels: [String: String]) throws -> HistorySeries {
        try #require(history.series.first { series in labels.allSatisfy { series.labels[$0.key] == $0.value } })
    }
}
