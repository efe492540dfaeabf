import Foundation
import LeewardForecast
import LeewardModel
import LeewardTestKit
import Testing

@testable import LeewardCommands

/// Looking back: what the forecast would have been worth on the fleet's own load.
///
/// A store on loopback holds load whose answer is known; the command line reads it as it would read a real one.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BacktestCommandTests {
    private struct Report: Decodable {
        struct Quality: Decodable, Equatable {
            var aheadMinutes: Int
            var forecasts: Int
            var wape: Double
            var pinball: Double
            var under: Double
            var over: Double
        }
        struct Service: Decodable {
            var service: String
            var quality: [Quality]
        }
        struct Series: Decodable {
            var service: String
            var evacuee: String
            var savior: String
            var quality: [Quality]
            var problem: String?
        }
        struct Evacuation: Decodable {
            var evacuee: String
            var savior: String
            var share: Int
        }
        struct Region: Decodable {
            var region: String
            var since: String?
            var buckets: Int
            var possible: Int
        }
        var regions: [Region]
        var notes: [String]
        var evacuations: [Evacuation]
        var services: [Service]
        var total: [Quality]
        var series: [Series]

        init(_ terminal: Terminal) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(terminal.out.joined(separator: "\n").utf8))
        }
    }

    /// Days that repeat, and one service that nobody can foretell.
    private static let restless: LoadStore.Load = { region, service, time in
        let load = Users.load(region, service, time)
        return service == "search" ? load * (1 + 0.3 * Users.chance(region, service, time)) : load
    }

    @Test func theServiceThatCannotBeForetoldStandsFirst() async throws {
        try await LoadStore.with(Self.restless) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("backtest --file \(file) --history 14d --from 3d") == .done)
            let start = try #require(terminal.out.firstIndex(of: "Services, worst first"))
            let rows = terminal.out[(start + 1)...].map { $0.split(separator: " ").map(String.init) }
            let heading = "service ahead forecasts WAPE % pinball % passed % under % over %"
            #expect(rows.first?.joined(separator: " ") == heading)
            let worst = rows.dropFirst().prefix(5).map { $0.prefix(3).joined(separator: " ") }
            #expect(worst == ["10 min", "30 min", "60 min", "6 h", "24 h"].map { "search \($0)" })
            // Half of three tenths either way is a mean error of 15 %; two regions together have less of it.
            let first = try #require(rows.dropFirst().first.flatMap { Double($0[4]) })
            #expect((5.0...20).contains(first))
            let quiet = try #require(rows.first { $0.first == "play" }.flatMap { Double($0[4]) })
            #expect(quiet < 1)
            #expect(rows.last?.first == "all")
            #expect(!terminal.out.contains("No answer"))
            #expect(terminal.err.isEmpty)
        }
    }

    @Test func programsGetTheSameNumbers() async throws {
        try await LoadStore.with(Self.restless) { _, file in
            let people = Terminal()
            let programs = Terminal()
            let line = "backtest --fleet \(file) --history 14d --from 2d --service play --service search"
            #expect(await people.run(line) == .done)
            #expect(await programs.run(line + " --json") == .done)
            let report = try Report(programs)
            #expect(report.services.map(\.service) == ["search", "play"])
            let rows = people.out.map { $0.split(separator: " ").map(String.init) }
            for service in report.services {
                let row = try #require(rows.first { $0.first == service.service && $0.count == 9 })
                let first = try #require(service.quality.first)
                let cells = [
                    String(first.aheadMinutes), "min", String(first.forecasts), String(format: "%.2f", first.wape),
                    String(format: "%.3f", first.pinball),
                ]
                #expect(Array(row[1...5]) == cells)
                #expect(Array(row[7...8]) == [first.under, first.over].map { String(format: "%.1f", $0) })
            }
            #expect(report.total.map(\.forecasts) == report.services[0].quality.map { $0.forecasts * 2 })
        }
    }

    @Test func onlyWhatBeganAfterFromIsScored() async throws {
        try await LoadStore.with(Users.load) { _, file in
            var counts: [Int] = []
            for days in [1, 2] {
                let terminal = Terminal()
                #expect(await terminal.run("backtest --file \(file) --history 11d --from \(days)d --json") == .done)
                counts.append(try #require(try Report(terminal).total.first).forecasts)
            }
            // A day has 288 buckets, for five evacuations and four services.
            #expect(counts[1] - counts[0] == 288 * 5 * 4)
        }
    }

    @Test func aGapIsNoDip() async throws {
        // The first bucket of the gap is where the store invents a zero.
        let gap = Span.hours(30)...Span.hours(36)
        let broken: LoadStore.Load = { region, service, time in
            region == "us-east-1" && gap.contains(time.age) ? nil : Users.load(region, service, time)
        }
        try await LoadStore.with(broken) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("backtest --file \(file) --history 12d --from 2d --json") == .done)
            let report = try Report(terminal)
            let region = try #require(report.regions.first { $0.region == "us-east-1" })
            #expect(region.possible - region.buckets == 72)
            let into = try #require(report.series.first { $0.savior == "us-east-1" }?.quality.first)
            let whole = try #require(report.series.first { $0.savior == "us-west-2" && $0.evacuee == "eu-west-1" })
            #expect(try #require(whole.quality.first).forecasts - into.forecasts == 72)
            #expect(into.wape < 5)
        }
    }

    @Test func theUsersOfARegionGoWhereTheFleetFileSendsThem() async throws {
        try await LoadStore.with(Users.load) { _, file in
            func shares(_ options: String) async throws -> (Report, [String: Int]) {
                let terminal = Terminal()
                let line = "backtest --file \(file) --history 10d --from 1d --json \(options)"
                #expect(await terminal.run(line) == .done)
                let report = try Report(terminal)
                let pairs = report.evacuations.map { ("\($0.evacuee) \($0.savior)", $0.share) }
                return (report, Dictionary(uniqueKeysWithValues: pairs))
            }
            let (alike, equal) = try await shares("")
            #expect(
                equal == [
                    "eu-west-1 us-east-1": 5000, "eu-west-1 us-west-2": 5000, "us-east-1 eu-west-1": 5000,
                    "us-east-1 us-west-2": 5000, "us-west-2 us-east-1": 10_000,
                ]
            )
            #expect(alike.notes.count == 1)
            #expect(alike.notes.first?.hasPrefix("south-america, us-east count alike in us-east-1") == true)
            let (known, weighed) = try await shares("--arrivals us-east=300 --arrivals south-america=100")
            #expect(weighed["us-east-1 eu-west-1"] == 7500 && weighed["us-east-1 us-west-2"] == 2500)
            #expect(known.notes.isEmpty)
        }
    }

    @Test func aSeriesWithoutAnAnswerSaysWhy() async throws {
        let partial: LoadStore.Load = { region, service, time in
            if service == "profile", region == "eu-west-1" { return nil }
            if region == "us-west-2", time.age > .days(3) { return nil }
            return Users.load(region, service, time)
        }
        try await LoadStore.with(partial) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("backtest --file \(file) --history 10d --from 1d") == .done)
            let start = try #require(terminal.out.firstIndex(of: "No answer"))
            let lines = terminal.out[(start + 2)...].map { $0.split(separator: " ").joined(separator: " ") }
            #expect(lines.contains("profile us-east-1 eu-west-1 eu-west-1: the service was never seen there"))
            let young = "us-west-2: its region has less than eight days of history"
            #expect(lines.contains("play us-west-2 us-east-1 \(young)"))
            #expect(!lines.contains { $0.hasPrefix("play us-east-1 eu-west-1") })
        }
    }

    @Test func tooLittleHistoryIsNoReport() async throws {
        let young: LoadStore.Load = { $2.age > .hours(80) ? nil : Users.load($0, $1, $2) }
        try await LoadStore.with(young) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("backtest --file \(file) --from 1d") == .failed)
            #expect(terminal.out.isEmpty)
            let message = try #require(terminal.err.first)
            #expect(message.contains("3 days and 8 hours ago") && message.contains("a forecast needs 8 days"))
            #expect(message.contains("come again after 2018-06-07T12:"))
        }
        let nothing: LoadStore.Load = { _, _, _ in nil }
        try await LoadStore.with(nothing) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("backtest --file \(file)") == .failed)
            #expect(terminal.err.first?.contains("`signals.load` must give series with the labels region") == true)
        }
    }

    @Test func aStoreThatIsNotThereIsUnreachableAndOneThatComplainsIsAFailure() async throws {
        let folder = try TemporaryFolder()
        let port = try FreePorts.pickOne()
        let file = try LoadStore.fleet(in: folder, store: "http://127.0.0.1:\(port)")
        let terminal = Terminal()
        #expect(await terminal.run("backtest --file \(file)") == .unreachable)
        #expect(terminal.out.isEmpty)
        let message = try #require(terminal.err.first)
        #expect(message.contains("http://127.0.0.1:\(port)") && message.contains("signals.prometheus"))
        try await LoadStore.with(complaint: "too many samples", Users.load) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("backtest --file \(file)") == .failed)
            #expect(terminal.err.first?.contains("answers 422: too many samples") == true)
        }
    }

    @Test(arguments: [
        "--service nothing", "--from 28d", "--history 8d", "--history month", "--risk 0.5", "--arrivals us-east",
        "--arrivals nowhere=3", "--arrivals us-east=-1",
    ])
    func whatIsNotUnderstoodIsSaidBeforeTheStoreIsAsked(options: String) async throws {
        try await LoadStore.with(Users.load) { store, file in
            let terminal = Terminal()
            #expect(await terminal.run("backtest --file \(file) \(options)") == .usage)
            #expect(terminal.out.isEmpty && !terminal.err.isEmpty)
            #expect(store.questions == 0)
        }
    }

    @Test func aSampleBelongsToTheFiveMinutesBeforeIt() {
        let start = WallTime(milliseconds: 0)
        let end = start + .minutes(15)
        func sample(_ minutes: Int64, _ value: Double) -> Sample {
            Sample(signal: .load, region: "a", service: "play", time: start + .minutes(minutes), value: value)
        }
        let samples = [sample(0, 1), sample(5, 2), sample(10, .nan), sample(15, 4), sample(20, 5)]
        let history = LoadHistory(samples, regions: ["a", "b"], after: start, through: end)
        #expect(history.buckets.map(\.time) == [start, start + .minutes(10)])
        #expect(history.buckets.map { $0.loads["play"] } == [2, 4])
        #expect(history.regions.map(\.buckets) == [2, 0] && history.regions.map(\.possible) == [3, 0])
    }
}
