import Foundation
import LeewardHTTP
import LeewardModel
import LeewardTestKit
import Synchronization

/// A metrics store that knows one fleet's load at every moment, and nothing else; asked for anything else, it complains.
///
/// It answers as VictoriaMetrics does: a window just after the last raw sample has a rate of zero.
final class LoadStore: Sendable {
    /// What one service of one region gets in the five minutes that end at a time; nil where nothing was measured.
    typealias Load = @Sendable (RegionID, ServiceID, WallTime) -> Double?

    static let regions: [RegionID] = ["eu-west-1", "us-east-1", "us-west-2"]
    static let services: [ServiceID] = ["browse", "play", "profile", "search"]
    /// 2018-06-01T20:02:30Z, half way into a bucket.
    static let now = WallTime(milliseconds: 1_527_883_350_000)
    /// What the example fleet asks, and what tells where raw samples lie.
    private static let rate = "sum by (region, service) (rate(leeward_edge_requests_total[300000ms]))"
    private static let raw = "count by (region, service) (count_over_time(leeward_edge_requests_total[300000ms]))"

    private let load: Load
    private let complaint: String?
    private let misuses = Mutex<[String]>([])
    private let asked = Mutex(0)

    private init(_ load: @escaping Load, complaint: String?) {
        self.load = load
        self.complaint = complaint
    }

    /// Runs `body` with the store and a fleet file that names it; fails afterwards if the store was asked wrongly.
    static func with(
        complaint: String? = nil,
        changing change: (String) -> String = { $0 },
        _ load: @escaping Load,
        _ body: (LoadStore, String) async throws -> Void
    ) async throws {
        let store = LoadStore(load, complaint: complaint)
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { store.answer($0) }
        let folder = try TemporaryFolder()
        do {
            let file = try Self.fleet(in: folder, store: "http://127.0.0.1:\(server.boundPort ?? 0)", change)
            try await body(store, file)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        let misuses = store.misuses.withLock { $0 }
        guard misuses.isEmpty else { throw Misuse(description: misuses.joined(separator: "\n")) }
    }

    /// The example's fleet with another store.
    static func fleet(
        in folder: TemporaryFolder,
        store: String,
        _ change: (String) -> String = { $0 }
    ) throws -> String {
        let example = try String(contentsOfFile: Programs.projectRoot + "/Examples/three-regions.yaml", encoding: .utf8)
        return try folder.write(change(example.replacing("http://127.0.0.1:8428", with: store)), to: "fleet.yaml")
    }

    struct Misuse: Error, CustomStringConvertible { var description: String }

    /// Questions for load so far.
    var questions: Int { self.asked.withLock { $0 } }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard let parts = URLComponents(string: request.path), request.method == "GET" else {
            return self.refuse("\(request.method) \(request.path)")
        }
        func value(_ name: String) -> String { parts.queryItems?.first { $0.name == name }?.value ?? "" }
        switch (parts.path, value("query")) {
        case ("/api/v1/query", "time()"):
            return Self.success("scalar", "[\(Self.now.seconds),\"\(Self.now.seconds)\"]")
        case ("/api/v1/query_range", let query) where query == Self.rate || query == Self.raw:
            if let complaint = self.complaint {
                return .text(422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"\(complaint)\"}")
            }
            self.asked.withLock { $0 += 1 }
            guard let start = Double(value("start")), let end = Double(value("end")), value("step") == "300.000",
                start <= end, start.truncatingRemainder(dividingBy: 300) == 0, end <= Self.now.seconds,
                (end - start) / 300 < 11_000
            else { return self.refuse("a range from \(value("start")) to \(value("end")) by \(value("step"))") }
            return self.range(Array(stride(from: Int64(start), through: Int64(end), by: 300)), isRaw: query == Self.raw)
        case (let path, let query): return self.refuse("\(path) with \(query)")
        }
    }

    private func range(_ seconds: [Int64], isRaw: Bool) -> HTTPResponse {
        var series: [String] = []
        for region in Self.regions {
            for service in Self.services {
                var points: [String] = []
                for second in seconds {
                    let time = WallTime(milliseconds: second * 1000)
                    let before = isRaw ? nil : self.load(region, service, time - .minutes(5)).map { _ in 0.0 }
                    guard let load = self.load(region, service, time) ?? before else { continue }
                    points.append("[\(second),\"\(isRaw ? 5 : load)\"]")
                }
                guard !points.isEmpty else { continue }
                let labels = "{\"region\":\"\(region)\",\"service\":\"\(service)\"}"
                series.append("{\"metric\":\(labels),\"values\":[\(points.joined(separator: ","))]}")
            }
        }
        return Self.success("matrix", "[\(series.joined(separator: ","))]")
    }

    private func refuse(_ what: String) -> HTTPResponse {
        self.misuses.withLock { $0.append("the store was asked for \(what)") }
        return .text(400, "{\"status\":\"error\",\"error\":\"not understood: \(what)\"}")
    }

    private static func success(_ type: String, _ result: String) -> HTTPResponse {
        let body = "{\"status\":\"success\",\"data\":{\"resultType\":\"\(type)\",\"result\":\(result)}}"
        return .init(status: 200, headers: [("content-type", "application/json")], body: Array(body.utf8))
    }
}

extension WallTime {
    fileprivate var seconds: Double { Double(self.milliseconds) / 1000 }
    /// From this moment to the store's now.
    var age: Span { LoadStore.now - self }
}

/// Users who come by day and stay away by night.
enum Users {
    /// The same every day, each service its own part of the same users.
    static func load(_ region: RegionID, _ service: ServiceID, _ time: WallTime) -> Double {
        let day = Double(time.milliseconds % 86_400_000) / 86_400_000
        let size = 2000 - 400 * Double(LoadStore.regions.firstIndex(of: region) ?? 0)
        let part = 1 - 0.2 * Double(LoadStore.services.firstIndex(of: service) ?? 0)
        return size * part * (1 - 0.5 * cos(2 * .pi * day))
    }

    /// A number from -1 to 1 that nobody can foretell, always the same for the same place and time.
    static func chance(_ region: RegionID, _ service: ServiceID, _ time: WallTime) -> Double {
        var hash = StableHash()
        hash.combine(region.text)
        hash.combine(service.text)
        hash.combine(time.milliseconds)
        return Double(hash.value % 2001) / 1000 - 1
    }
}
