import Foundation
import LeewardModel
import Testing

@testable import LeewardCommands

/// What each savior should hold dark: known load, and so known instances.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DarkStockCommandTests {
    private struct Report: Decodable {
        struct Hour: Decodable, Equatable {
            var hour: Int
            var own: Int
            var worst: Int
            var dark: Int
            var evacuee: String
        }
        struct Stock: Decodable {
            var savior: String
            var service: String
            var hours: [Hour]
            var peak: Hour
        }
        struct Unknown: Decodable {
            var savior: String
            var service: String
            var evacuee: String
            var why: String
        }
        var stocks: [Stock]
        var unknown: [Unknown]

        init(_ terminal: Terminal) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(terminal.out.joined(separator: "\n").utf8))
        }
    }

    @Test func theStockIsWhatTheWorstEvacuationNeedsMore() async throws {
        try await LoadStore.with(Users.load) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("dark-stock --file \(file) --history 12d --json") == .done)
            let report = try Report(terminal)
            #expect(report.stocks.count == 3 * 4 && report.unknown.isEmpty)
            let stock = try #require(report.stocks.first { $0.savior == "us-east-1" && $0.service == "play" })
            #expect(stock.hours.map(\.hour) == Array(0..<24))
            #expect(stock.hours.allSatisfy { $0.dark == $0.worst - $0.own })
            #expect(stock.peak == stock.hours.max { $0.dark < $1.dark })
            // us-west-2 comes whole and eu-west-1 by half, so that west is always worse; its users come by day.
            #expect(stock.hours.allSatisfy { $0.evacuee == "us-west-2" })
            #expect((10...13).contains(stock.peak.hour))
            // At noon: 1,600 x 0.8 x 1.5 requests per second of its own and 1,200 x 0.8 x 1.5 of west's, 80 an instance.
            let noon = try #require(stock.hours.first { $0.hour == 12 })
            #expect((24...26).contains(noon.own) && (42...45).contains(noon.worst))
        }
    }

    @Test func peopleSeeThePeakAndEveryHour() async throws {
        try await LoadStore.with(Users.load) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("dark-stock --file \(file) --history 12d") == .done)
            let peaks = try #require(terminal.out.firstIndex(of: "Peak hours"))
            #expect(
                terminal.out[peaks + 1].split(separator: " ").map(String.init)
                    == ["savior", "service", "hour", "evacuee", "own", "worst", "dark"]
            )
            let savior = try #require(terminal.out.firstIndex(of: "us-west-2, own + dark"))
            let hours = terminal.out[(savior + 2)...].prefix(24).compactMap { $0.split(separator: " ").first }
            #expect(hours.first == "00:00" && hours.last == "23:00" && hours.count == 24)
        }
    }

    @Test func aStockThatCouldBeTooSmallIsUnknownAsAWhole() async throws {
        let partial: LoadStore.Load = { region, service, time in
            service == "play" && region == "eu-west-1" ? nil : Users.load(region, service, time)
        }
        try await LoadStore.with(partial) { _, file in
            let terminal = Terminal()
            #expect(await terminal.run("dark-stock --file \(file) --history 12d --json") == .done)
            let report = try Report(terminal)
            #expect(!report.stocks.contains { $0.service == "play" })
            let why = try #require(report.unknown.first { $0.savior == "us-east-1" && $0.service == "play" })
            #expect(why.evacuee == "eu-west-1" && why.why == "eu-west-1: the service was never seen there")
            #expect(report.stocks.contains { $0.savior == "us-east-1" && $0.service == "browse" })
        }
    }
}
