import LeewardForecast
import LeewardModel

/// What `dark-stock` found: for each savior and service the worst evacuation of every hour of the day.
struct DarkStockReport: Encodable {
    /// One hour of the day, in UTC.
    struct Hour: Hashable, Encodable {
        var hour: Int
        /// Instances for the savior's own users alone.
        var own: Int
        /// Instances for the users of the worst evacuation as well.
        var worst: Int
        /// Instances to hold dark.
        var dark: Int
        /// Whose users the worst evacuation brings.
        var evacuee: RegionID
    }

    /// One service in one savior.
    struct Stock: Hashable, Encodable {
        var savior: RegionID
        var service: ServiceID
        /// In order of the day; only hours that are known for every evacuation.
        var hours: [Hour]
        /// The hour that asks for most, the earliest of several.
        var peak: Hour
    }

    /// One evacuation that is in no stock because it is not known.
    struct Unknown: Hashable, Encodable {
        var savior: RegionID
        var service: ServiceID
        var evacuee: RegionID
        var why: String
    }

    var fleet: String
    var store: String
    var to: String
    var risk: Double
    var notes: [String]
    var stocks: [Stock] = []
    var unknown: [Unknown] = []

    /// A stock that leaves out an evacuation would be too small without saying so: then it is unknown as a whole.
    init(_ forecaster: EvacuationForecaster, fleet: Fleet, history: LoadHistory, notes: [String]) {
        self.fleet = fleet.name
        self.store = fleet.signals.prometheus.description
        self.to = Words.time(history.end)
        self.risk = forecaster.risk
        self.notes = notes
        for savior in fleet.regions.keys {
            let cases = forecaster.cases.filter { $0.savior == savior }
            for service in fleet.services.keys {
                var stocks: [DarkStock] = []
                for evacuation in cases {
                    if let stock = forecaster.darkStock(service, evacuation, risk: forecaster.risk) {
                        stocks.append(stock)
                    } else {
                        let why = Self.reason(service, evacuation, forecaster)
                        self.unknown.append(
                            .init(savior: savior, service: service, evacuee: evacuation.evacuee, why: why)
                        )
                    }
                }
                guard !cases.isEmpty, stocks.count == cases.count else { continue }
                let hours = (0..<24).compactMap { Self.worst($0, of: stocks) }
                guard let peak = hours.max(by: { ($0.dark, $1.hour) < ($1.dark, $0.hour) }) else { continue }
                self.stocks.append(.init(savior: savior, service: service, hours: hours, peak: peak))
            }
        }
    }

    private static func worst(_ hour: Int, of stocks: [DarkStock]) -> Hour? {
        let all = stocks.compactMap { stock in
            stock.hours.first { $0.hour == hour }.map {
                Hour(hour: hour, own: $0.own, worst: $0.total, dark: $0.dark, evacuee: stock.evacuation.evacuee)
            }
        }
        return all.max { ($0.dark, $0.worst, $1.evacuee) < ($1.dark, $1.worst, $0.evacuee) }
    }

    private static func reason(
        _ service: ServiceID,
        _ evacuation: EvacuationCase,
        _ forecaster: EvacuationForecaster
    ) -> String {
        for hours in 1...24 {
            let answer = forecaster.demand(service, evacuation, ahead: .hours(Int64(hours)), risk: forecaster.risk)
            if case .unknown(let reason) = answer { return reason }
        }
        return "one of the next 24 hours has no forecast"
    }
}

/// What people see of it.
extension DarkStockReport {
    var sections: [Section] {
        var sections: [Section] = [
            .line("\(self.fleet): load from \(self.store) until \(self.to); instances at a risk of \(self.risk)"),
            .line("hours are UTC; dark = own users and the worst evacuation's, less own users alone"),
        ]
        sections += self.notes.map { .line("note: \($0)") }
        let peaks = self.stocks.map { stock in
            [
                stock.savior.text, stock.service.text, Self.clock(stock.peak.hour), stock.peak.evacuee.text,
                String(stock.peak.own), String(stock.peak.worst), String(stock.peak.dark),
            ]
        }
        let heading = ["savior", "service", "hour", "evacuee", "own", "worst", "dark"]
        if !peaks.isEmpty { sections.append(.table(title: "Peak hours", Table(heading, peaks))) }
        var saviors = SortedMap<RegionID, [Stock]>()
        for stock in self.stocks { saviors[stock.savior, default: []].append(stock) }
        for (savior, stocks) in saviors {
            sections.append(.table(title: "\(savior), own + dark", Self.day(stocks)))
        }
        if !self.unknown.isEmpty {
            let rows = self.unknown.map { [$0.savior.text, $0.service.text, $0.evacuee.text, $0.why] }
            sections.append(.table(title: "No answer", Table(["savior", "service", "evacuee", "why"], rows)))
        }
        return sections
    }

    private static func day(_ stocks: [Stock]) -> Table {
        let rows = (0..<24).map { hour in
            [self.clock(hour)]
                + stocks.map { stock in
                    stock.hours.first { $0.hour == hour }.map { "\($0.own) + \($0.dark)" } ?? "-"
                }
        }
        return Table(["hour"] + stocks.map(\.service.text), rows)
    }

    private static func clock(_ hour: Int) -> String { hour < 10 ? "0\(hour):00" : "\(hour):00" }
}
