import Foundation
import LeewardHTTP
import LeewardModel

/// The metrics store: its past, and when its present begins.
extension Lab {
    /// A history that ended at `end`, and goes on with the live counters.
    struct Past {
        var history: History
        var end: WallTime
    }

    func importHistory() async throws -> Past {
        var history = History(traffic: self.traffic, seed: self.options.seed)
        for index in history.series.indices {
            history.series[index].labels.merge(self.target(of: history.series[index])) { $1 }
        }
        let end = Self.now
        try await HistoryImport.send(history, endingAt: end, to: self.storeAddress)
        return Past(history: history, end: end)
    }

    /// Fills the time between the history's end and the users' first request, and only then begins to scrape.
    ///
    /// A live sample between the history's points would look like a counter that jumps back and forth.
    func beginPresent(after past: Past) async throws {
        var begin = Self.now
        if self.options.withClients {
            let due = try await ClientControl(self.clientsEndpoint).status().total.due
            let rate = Traffic.users.reduce(0) { $0 + self.traffic.clientRate(of: $1) }
            begin = Self.now - .milliseconds(Int64(due) * 1000 / Int64(rate))
        }
        try await HistoryImport.fill(past.history, from: past.end, to: begin, in: self.storeAddress)
        try ServerFiles.writeScrape(self.layout, isOn: true)
        let reload = HTTPRequest("GET", "/-/reload")
        let response = try await HTTPClient().send(reload, to: self.storeAddress, within: .seconds(5))
        guard (200..<300).contains(response.status) else {
            throw LabError("the metrics store did not take \(self.layout.file("scrape.yaml")): \(response.text)")
        }
    }

    /// The labels that scraping adds: with them the live counters go on where the history ends, as after a restart.
    ///
    /// Series of their own would add up with the live ones until the store thinks that they have ended.
    private func target(of series: HistorySeries) -> [String: String] {
        if series.labels["geography"] != nil {
            return ["job": "clients", "instance": "\(self.layout.clientsAddress):\(self.layout.clientsMetricsPort)"]
        }
        let region = RegionID(series.labels["region"] ?? "")
        return ["job": "agents", "instance": "\(self.layout.edgeAddress(region)):\(self.layout.agentMetricsPort)"]
    }

    private static var now: WallTime { .init(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
