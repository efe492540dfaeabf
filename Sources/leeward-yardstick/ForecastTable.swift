import Foundation

/// The rows of a pair: for each five-minute bucket the load of every service in regions A and B.
struct ForecastTable {
    var times: [Int64] = []
    /// By region (A, B), then row, then service; not a number where the field was empty.
    var loads: [[[Double]]] = [[], []]
    var services = 0

    /// Reads `timestamp,<service>.<A|B>.rps,...`; other columns are left out.
    init(_ data: Data, place: String) throws {
        let lines = data.split(separator: 10, omittingEmptySubsequences: false)
        let header = lines.first.map(Self.fields) ?? []
        guard header.first == "timestamp" else {
            throw InputProblem(
                place: "\(place):1",
                problem: "the first column is not timestamp",
                remedy: "give a file that forecast_bench.py gen wrote"
            )
        }
        var columns: [(column: Int, region: Int, service: Int)] = []
        for (column, name) in header.enumerated() {
            let parts = name.split(separator: ".")
            guard parts.count == 3, parts[2] == "rps", let service = Int(parts[0]), service >= 0, service < 100_000,
                let region = ["A", "B"].firstIndex(of: String(parts[1]))
            else { continue }
            columns.append((column, region, service))
            self.services = max(self.services, service + 1)
        }
        guard !columns.isEmpty else {
            throw InputProblem(
                place: "\(place):1",
                problem: "there is no column like 0.A.rps",
                remedy: "give a file that forecast_bench.py gen wrote"
            )
        }
        for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            try self.add(Self.fields(line), header: header.count, columns: columns, place: "\(place):\(number + 1)")
        }
    }

    private mutating func add(
        _ fields: [String],
        header: Int,
        columns: [(column: Int, region: Int, service: Int)],
        place: String
    ) throws {
        guard fields.count == header else {
            throw InputProblem(
                place: place,
                problem: "\(fields.count) fields where the header has \(header)",
                remedy: "complete the row or remove it"
            )
        }
        guard let time = Int64(fields[0]), abs(time) < 1 << 40 else {
            throw InputProblem(place: place, problem: "\(fields[0]) is no time", remedy: "use seconds since 1970")
        }
        guard time > self.times.last ?? Int64.min else {
            throw InputProblem(place: place, problem: "rows are out of order", remedy: "sort them by timestamp")
        }
        var row = [[Double]](repeating: Array(repeating: .nan, count: self.services), count: 2)
        for (column, region, service) in columns where !fields[column].isEmpty {
            guard let value = Double(fields[column]) else {
                throw InputProblem(
                    place: place,
                    problem: "\(fields[column]) in column \(column + 1) is no number",
                    remedy: "leave the field empty where there is no value"
                )
            }
            row[region][service] = value
        }
        self.times.append(time)
        for region in 0..<2 { self.loads[region].append(row[region]) }
    }

    private static func fields(_ line: Data.SubSequence) -> [String] {
        line.split(separator: 44, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces) }
    }
}
