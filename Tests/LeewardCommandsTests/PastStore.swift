import Foundation
import LeewardHTTP
import LeewardModel
import Synchronization

/// A metrics store with a past that is computed, not kept; it answers as Prometheus does and refuses what that refuses.
final class PastStore: Sendable {
    /// 2024-02-01T00:00:30Z.
    static let now = 1_706_745_630
    static let rates = ["us-east-1": 600.0, "us-west-2": 400.0, "eu-west-1": 500.0]
    static let mix = ["browse": 1.0, "play": 0.5, "search": 0.4, "profile": 0.2]

    /// Minutes before now, and what is left of `served` then; `*` is every region.
    struct Fault: Sendable {
        var region: String
        var ago: ClosedRange<Int>
        var part: Double
    }

    struct World: Sendable {
        var faults: [Fault] = []
        /// Minutes before now without any sample; as VictoriaMetrics, the store then answers a rate of zero.
        var hole: ClosedRange<Int>?
        /// What is older is not there.
        var oldest: Int = .min
        var hasLoad = true
        /// Prometheus gives no rate for one sample in a window.
        var needsTwoBuckets = false
    }

    private let world: World
    private let complaints = Mutex<[String]>([])

    private init(_ world: World) { self.world = world }

    /// What was asked that a store would refuse.
    var misuse: [String] { self.complaints.withLock { $0 } }

    /// Listens on a port of its own while `body` runs.
    static func with(_ world: World, _ body: (PastStore, Int) async throws -> Void) async throws {
        let store = PastStore(world)
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { store.answer($0) }
        do { try await body(store, server.boundPort ?? 0) } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private struct Misuse: Error { var text: String }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        do {
            guard request.method == "GET", let parts = URLComponents(string: request.path) else {
                throw Misuse(text: "\(request.method) \(request.path)")
            }
            var values: [String: String] = [:]
            for item in parts.queryItems ?? [] { values[item.name] = item.value }
            switch parts.path {
            case "/api/v1/query":
                guard values["query"] == "time()" else { throw Misuse(text: request.path) }
                return self.json("scalar", "[\(Self.now),\"\(Self.now)\"]")
            case "/api/v1/query_range": return self.json("matrix", try self.range(values))
            default: throw Misuse(text: "no such path: \(parts.path)")
            }
        } catch {
            let text = (error as? Misuse)?.text ?? "\(error)"
            self.complaints.withLock { $0.append(text) }
            return .init(status: 400, body: Array("{\"status\":\"error\",\"error\":\"\(text)\"}".utf8))
        }
    }

    private func json(_ type: String, _ result: String) -> HTTPResponse {
        let body = "{\"status\":\"success\",\"data\":{\"resultType\":\"\(type)\",\"result\":\(result)}}"
        return .init(status: 200, headers: [("content-type", "application/json")], body: Array(body.utf8))
    }

    private func range(_ values: [String: String]) throws -> String {
        guard let query = values["query"], let start = Double(values["start"] ?? ""),
            let end = Double(values["end"] ?? ""), let step = Double(values["step"] ?? ""), step >= 1, start <= end
        else { throw Misuse(text: "a range that is none: \(values)") }
        guard (end - start) / step < 11_000 else { throw Misuse(text: "exceeded 11,000 points per timeseries") }
        guard end <= Double(Self.now) else { throw Misuse(text: "the future was asked for") }
        guard !query.contains("$") else { throw Misuse(text: "a placeholder was left: \(query)") }
        let isNarrow = self.world.needsTwoBuckets && query.contains("[\(Int(step) * 1_000)ms]")
        let isCoverage = query.hasPrefix("count by (region)")
        let times = Array(stride(from: Int(start), through: Int(end), by: Int(step)))
            .filter { $0 >= self.world.oldest && !(isCoverage && self.isHole($0)) }
        guard query.contains(isCoverage ? "count_over_time(" : "rate(") else { throw Misuse(text: query) }
        if isNarrow, !isCoverage { return "[]" }
        var series: [String] = []
        for (region, _) in Self.rates.sorted(by: { $0.key < $1.key }) {
            if query.contains("leeward_edge_good_total") {
                series.append(
                    self.series("\"region\":\"\(region)\"", times) { isCoverage ? 2 : self.served(region, $0) }
                )
            } else if query.contains("leeward_edge_requests_total"), self.world.hasLoad {
                for (service, part) in Self.mix.sorted(by: { $0.key < $1.key }) {
                    let labels = "\"region\":\"\(region)\",\"service\":\"\(service)\""
                    series.append(self.series(labels, times) { self.users(region, $0) * part })
                }
            }
        }
        return "[\(series.joined(separator: ","))]"
    }

    private func series(_ labels: String, _ times: [Int], _ value: (Int) -> Double) -> String {
        let points = times.map { "[\($0),\"\(value($0))\"]" }.joined(separator: ",")
        return "{\"metric\":{\(labels)},\"values\":[\(points)]}"
    }

    private func ago(_ time: Int) -> Int { (Self.now - time) / 60 }

    private func isHole(_ time: Int) -> Bool { self.world.hole?.contains(self.ago(time)) ?? false }

    /// A day like a parabola, with a tremble of about one percent that is the same in every run.
    private func users(_ region: String, _ time: Int) -> Double {
        let turn = Double(time % 86_400) / 86_400
        var hash = StableHash()
        hash.combine(region)
        hash.combine(Int64(time))
        let tremble = 1 + (Double(hash.value % 1_000) / 1_000 - 0.5) / 50
        return (Self.rates[region] ?? 0) * (0.5 + 2 * turn * (1 - turn)) * tremble
    }

    private func served(_ region: String, _ time: Int) -> Double {
        var rate = self.isHole(time) ? 0 : self.users(region, time)
        for fault in self.world.faults where fault.region == region || fault.region == "*" {
            if fault.ago.contains(self.ago(time)) { rate *= fault.part }
        }
        return rate
    }
}
