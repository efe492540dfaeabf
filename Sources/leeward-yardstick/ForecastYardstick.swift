import Foundation
import LeewardForecast
import LeewardModel

/// Predictions of the forecast yardstick: region A is evacuated, B is its only savior and receives half of A's users.
enum ForecastYardstick {
    static let minutes: [Int64] = [10, 30, 60]
    static let evacuation = EvacuationCase(savior: "B", evacuee: "A", share: 0.5)

    static func run(pair path: String, capacities: String) throws {
        let file = URL(fileURLWithPath: path).lastPathComponent
        let pair = String(file.split(separator: ".").first ?? "")
        let (caps, origins) = try self.capacities(capacities, pair: pair)
        let table = try ForecastTable(try TextFile.read(path), place: path)
        guard caps.count >= table.services else {
            throw InputProblem(
                place: capacities,
                problem: "\(caps.count) capacities of \(pair) for \(table.services) services",
                remedy: "generate both files together"
            )
        }
        var output = "pair,service,origin,h,p50,p90,instances\n"
        try self.predict(table, caps: caps, origins: origins) { origin, service, minutes, forecast in
            output += "\(pair),\(service),\(origin),\(minutes),\(forecast.median),\(forecast.upper),"
            output += "\(forecast.instances ?? 0)\n"
        }
        FileHandle.standardOutput.write(Data(output.utf8))
    }

    /// Feeds the rows in order and asks at each origin, before anything that began at it or later was seen.
    static func predict(
        _ table: ForecastTable,
        caps: [Double],
        origins: [Int64],
        answer: (_ origin: Int64, _ service: Int, _ minutes: Int64, DemandForecast) -> Void
    ) throws {
        var forecaster = EvacuationForecaster(cases: [self.evacuation])
        let names = (0..<table.services).map { ServiceID("\($0)") }
        for (name, capacity) in zip(names, caps) { forecaster.setCapacity(capacity, of: name, in: "B") }
        var row = 0
        for origin in origins.sorted() {
            while row < table.times.count, table.times[row] < origin {
                let time = WallTime(milliseconds: table.times[row] * 1000)
                for (index, region) in ["A", "B"].enumerated() {
                    let loads = SortedMap(zip(names, table.loads[index][row]).filter { $0.1.isFinite }.map { ($0, $1) })
                    forecaster.add(loads, of: RegionID(region), at: time)
                }
                row += 1
                forecaster.advance(to: time + RegionForecaster.step)
            }
            forecaster.advance(to: WallTime(milliseconds: origin * 1000))
            for (service, name) in names.enumerated() {
                for minutes in self.minutes {
                    switch forecaster.demand(name, self.evacuation, ahead: .minutes(minutes)) {
                    case .known(let forecast): answer(origin, service, minutes, forecast)
                    case .unknown(let reason):
                        throw InputProblem(
                            place: "service \(service) at \(origin)",
                            problem: "there is no forecast: \(reason)",
                            remedy: "give more history before the first origin"
                        )
                    }
                }
            }
        }
    }

    private static func capacities(_ path: String, pair: String) throws -> (caps: [Double], origins: [Int64]) {
        let data = try TextFile.read(path)
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw InputProblem(place: path, problem: "is no JSON object", remedy: "give the caps.json of the data set")
        }
        guard
            let caps = (object[pair] as? [NSNumber])?.map(\.doubleValue),
            let origins = (object[pair + ".origins"] as? [NSNumber])?.map(\.int64Value)
        else {
            throw InputProblem(
                place: path,
                problem: "has no capacities or origins of \(pair)",
                remedy: "name the file after its pair, or give the caps.json that belongs to it"
            )
        }
        return (caps, origins)
    }
}
