import LeewardHTTP
import LeewardModel

/// Puts a history into a metrics store that speaks VictoriaMetrics' import format.
package enum HistoryImport {
    /// The last minutes come as dense as live samples will: a store that guesses a series' interval from its newest
    /// points would otherwise stretch a five-second window to a minute.
    private static let denseMinutes = 2
    private static let denseStep: Int64 = 5000

    /// A counter's points in time order.
    package struct Points {
        package var times: [Int64] = []
        package var values: [Int] = []

        mutating func add(_ value: Int, at time: Int64) {
            self.times.append(time)
            self.values.append(value)
        }
    }

    /// Sends every series, one request each, so that its last point is stamped `end`.
    static func send(_ history: History, endingAt end: WallTime, to store: HTTPAddress) async throws {
        for series in history.series { try await self.send(self.points(series, endingAt: end), of: series, to: store) }
    }

    /// Goes on from `end` to `now` as busy as the last minute was, so that no gap is left before the live samples.
    static func fill(_ history: History, from end: WallTime, to now: WallTime, in store: HTTPAddress) async throws {
        for series in history.series {
            guard let last = series.values.last else { continue }
            let perSecond = Double(last - (series.values.dropLast().last ?? last)) / 60
            var points = Points()
            for time in stride(from: end.milliseconds + self.denseStep, to: now.milliseconds, by: Int(self.denseStep)) {
                points.add(last + Int(perSecond * Double(time - end.milliseconds) / 1000), at: time)
            }
            points.add(last + Int(perSecond * (now - end).seconds), at: now.milliseconds)
            try await self.send(points, of: series, to: store)
        }
        // Without it the points become visible within a few seconds.
        _ = try await HTTPClient().send(HTTPRequest("GET", "/internal/force_flush"), to: store, within: .seconds(30))
    }

    /// Every minute of the series, and the last ones in small steps.
    package static func points(_ series: HistorySeries, endingAt end: WallTime) -> Points {
        var points = Points()
        let count = series.values.count
        for (index, value) in series.values.enumerated() {
            let time = end.milliseconds - Int64(count - 1 - index) * 60_000
            if index > 0, index >= count - self.denseMinutes {
                let before = series.values[index - 1]
                for step in 1..<(60_000 / self.denseStep) {
                    let part = Double(step * self.denseStep) / 60_000
                    points.add(before + Int(Double(value - before) * part), at: time - 60_000 + step * self.denseStep)
                }
            }
            points.add(value, at: time)
        }
        return points
    }

    private static func send(_ points: Points, of series: HistorySeries, to store: HTTPAddress) async throws {
        let request = HTTPRequest("POST", "/api/v1/import", body: self.line(points, labels: series.labels))
        let response = try await HTTPClient().send(request, to: store, within: .seconds(30))
        guard response.status == 204 || response.status == 200 else {
            throw LabError("the metrics store refused the history: \(response.status) \(response.text)")
        }
    }

    /// `{"metric":{...},"values":[...],"timestamps":[...]}` and a line feed.
    static func line(_ points: Points, labels: [String: String]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(points.values.count * 26 + 200)
        let names = labels.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
        line += Array("{\"metric\":{\(names.joined(separator: ","))},\"values\":[".utf8)
        self.append(points.values, to: &line)
        line += Array("],\"timestamps\":[".utf8)
        self.append(points.times.map(Int.init), to: &line)
        line += Array("]}\n".utf8)
        return line
    }

    /// Digits by hand: two million numbers through String would take seconds.
    private static func append(_ numbers: [Int], to bytes: inout [UInt8]) {
        for (index, number) in numbers.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            if number < 0 { bytes.append(UInt8(ascii: "-")) }
            var rest = number.magnitude
            let start = bytes.count
            repeat {
                bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            bytes[start...].reverse()
        }
    }
}

extension HTTPResponse {
    /// The body as text.
    var text: String { String(decoding: self.body, as: UTF8.self) }
}
