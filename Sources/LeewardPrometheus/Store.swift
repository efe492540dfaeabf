import LeewardHTTP
import LeewardModel

/// A range query; `start`, `end` and every step between them are points of the answer.
struct RangeQuery: Sendable {
    var expression: String
    var start: WallTime
    var end: WallTime
    var step: Span
    /// How far before a window VictoriaMetrics may look for its first value; Prometheus does not know the parameter.
    var lookback: Span?
}

/// The store's HTTP API: asks, and never believes half an answer.
struct Store: Sendable {
    var endpoint: Endpoint
    var client = HTTPClient()

    /// The store's clock, which stamps the samples it scrapes.
    func now(within limit: Span) async throws(StoreError) -> WallTime {
        let body = try await self.get("/api/v1/query", [("query", "time()")], within: limit)
        let seconds = try StoreAnswer.number(body)
        guard seconds > 0, seconds < 1e12 else { throw StoreError("the store's clock says \(seconds)") }
        return WallTime(milliseconds: Int64((seconds * 1000).rounded()))
    }

    func range(_ query: RangeQuery, within limit: Span) async throws(StoreError) -> [StoreSeries] {
        var parameters = [
            ("query", query.expression), ("start", Self.seconds(query.start.milliseconds)),
            ("end", Self.seconds(query.end.milliseconds)), ("step", Self.seconds(query.step.milliseconds)),
            // VictoriaMetrics would round the range to its cache's grid; Prometheus does not know the parameter.
            ("nocache", "1"),
        ]
        if let lookback = query.lookback { parameters.append(("max_lookback", "\(lookback.milliseconds)ms")) }
        return try StoreAnswer.matrix(try await self.get("/api/v1/query_range", parameters, within: limit))
    }

    private func get(
        _ path: String,
        _ parameters: [(String, String)],
        within limit: Span
    ) async throws(StoreError) -> [UInt8] {
        let query = parameters.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        let response: HTTPResponse
        do {
            response = try await self.client.send(
                HTTPRequest("GET", "\(path)?\(query)"),
                to: self.endpoint.httpAddress,
                within: .milliseconds(limit.milliseconds)
            )
        } catch {
            throw StoreError("\(error)")
        }
        guard response.status == 200 else {
            let advice = response.header("retry-after").flatMap { Int64($0) }.map {
                Span.seconds(min(max($0, 0), 3600))
            }
            let complaint = StoreAnswer.complaint(response.body)
            throw StoreError("the store answers \(response.status): \(complaint)", retryAfter: advice)
        }
        return response.body
    }

    /// Milliseconds as seconds with three decimals.
    private static func seconds(_ milliseconds: Int64) -> String {
        let rest = String(milliseconds.magnitude % 1000)
        let zeros = String(repeating: "0", count: 3 - rest.utf8.count)
        return "\(milliseconds < 0 ? "-" : "")\(milliseconds.magnitude / 1000).\(zeros)\(rest)"
    }

    /// Everything but RFC 3986's unreserved characters as %XX.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
