import Foundation
import LeewardModel

/// One series of an answer.
struct StoreSeries: Sendable, Equatable {
    var labels: [String: String]
    var points: [StorePoint]
}

/// One point of a series; `value` may be NaN or infinite, as the store says it.
struct StorePoint: Sendable, Equatable {
    var time: WallTime
    var value: Double
}

/// Why an answer of the store cannot be used, in one sentence.
struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
    /// The store's own advice when to come again.
    var retryAfter: Span?
    init(_ description: String, retryAfter: Span? = nil) {
        self.description = description
        self.retryAfter = retryAfter
    }
}

/// Reads answers of the Prometheus HTTP API; every size is bounded, and a partial answer is no answer.
enum StoreAnswer {
    static let mostBytes = 32 * 1024 * 1024
    static let mostSeries = 50_000
    static let mostPoints = 2_000_000

    static func matrix(_ body: [UInt8]) throws(StoreError) -> [StoreSeries] {
        let data = try self.whole(body)
        guard data.resultType == "matrix" else { throw StoreError("the answer is a \(data.resultType), not a matrix") }
        var series: [StoreSeries] = []
        var count = 0
        for entry in data.result.entries {
            count += entry.values?.count ?? 0
            guard count <= self.mostPoints else { throw StoreError("the answer has over \(self.mostPoints) points") }
            var points: [StorePoint] = []
            for pair in entry.values ?? [] { points.append(try pair.point) }
            series.append(.init(labels: entry.metric ?? [:], points: points))
        }
        return series
    }

    /// The value of a scalar, or of a vector with one element: Prometheus and VictoriaMetrics differ here.
    static func number(_ body: [UInt8]) throws(StoreError) -> Double {
        let data = try self.whole(body)
        guard let pair = data.result.scalar ?? data.result.entries.first?.value else {
            throw StoreError("the answer holds no number")
        }
        return try pair.point.value
    }

    /// What the store says about its own failure, for bodies of answers that are not 200.
    static func complaint(_ body: [UInt8]) -> String {
        let text = (try? JSONDecoder().decode(Envelope.self, from: Data(body.prefix(65_536))))?.error
        return String((text ?? String(decoding: body.prefix(200), as: UTF8.self)).prefix(200))
    }

    private static func whole(_ body: [UInt8]) throws(StoreError) -> Payload {
        guard body.count <= self.mostBytes else { throw StoreError("the answer has \(body.count) bytes") }
        let envelope: Envelope
        do {
            envelope = try JSONDecoder().decode(Envelope.self, from: Data(body))
        } catch {
            throw StoreError("the answer is no JSON of the Prometheus HTTP API")
        }
        guard envelope.status == "success", let data = envelope.data else {
            throw StoreError(
                envelope.error.map { String($0.prefix(200)) } ?? "the answer's status is \(envelope.status)"
            )
        }
        guard envelope.isPartial != true else { throw StoreError("the answer is partial") }
        if let warning = envelope.warnings?.first {
            throw StoreError("the answer has a warning: \(warning.prefix(200))")
        }
        guard data.result.entries.count <= self.mostSeries else {
            throw StoreError("the answer has over \(self.mostSeries) series")
        }
        return data
    }

    private struct Envelope: Decodable {
        var status: String
        var data: Payload?
        var error: String?
        var isPartial: Bool?
        var warnings: [String]?
    }

    private struct Payload: Decodable {
        var resultType: String
        var result: Outcome
    }

    /// `[time, "value"]` for a scalar, a list of entries for everything else.
    private struct Outcome: Decodable {
        var scalar: Pair?
        var entries: [Entry] = []
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let entries = try? container.decode([Entry].self) {
                self.entries = entries
            } else {
                self.scalar = try container.decode(Pair.self)
            }
        }
    }

    private struct Entry: Decodable {
        var metric: [String: String]?
        var value: Pair?
        var values: [Pair]?
    }

    private struct Pair: Decodable {
        var seconds: Double
        var text: String
        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            self.seconds = try container.decode(Double.self)
            self.text = try container.decode(String.self)
        }
        var point: StorePoint {
            get throws(StoreError) {
                guard abs(self.seconds) < 1e12, self.text.utf8.count <= 64, let value = Double(self.text) else {
                    throw StoreError("the answer has a point that is no number: \(self.text.prefix(64))")
                }
                return .init(time: WallTime(milliseconds: Int64((self.seconds * 1000).rounded())), value: value)
            }
        }
    }
}
