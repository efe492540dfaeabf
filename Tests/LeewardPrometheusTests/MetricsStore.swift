import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProcesses
import LeewardTestKit
import Synchronization

/// The stores that Leeward is tested against.
enum StoreKind: String, CaseIterable, Sendable {
    case victoriaMetrics = "victoria-metrics"
    case prometheus
}

/// A real metrics store on a port and in a folder of its own, filled with a `MetricsWorld`.
struct MetricsStore: Sendable {
    let kind: StoreKind
    let address: HTTPAddress
    let endpoint: Endpoint
    let world: MetricsWorld

    /// Starts the store, fills it, runs `body`, and ends everything that was started.
    static func with(_ kind: StoreKind, _ body: (MetricsStore) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let port = try FreePorts.pickOne()
        let world = MetricsWorld(start: Int64(Date().timeIntervalSince1970))
        let store = MetricsStore(
            kind: kind,
            address: .tcp(host: "127.0.0.1", port: port),
            endpoint: .tcp(host: "127.0.0.1", port: port),
            world: world
        )
        let exposition = Exposition(world)
        let target = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { _ in exposition.next() }
        let process = try Spawn.start(
            Programs.path(kind.rawValue),
            store.arguments(folder, port: port, target: target.boundPort ?? 0),
            log: folder.file("log"),
            workingDirectory: folder.path
        )
        do {
            try await store.fill()
            try await body(store)
        } catch {
            await Spawn.stop(process)
            await target.stop()
            throw error
        }
        await Spawn.stop(process)
        await target.stop()
    }

    private func arguments(_ folder: TemporaryFolder, port: Int, target: Int) throws -> [String] {
        switch self.kind {
        case .victoriaMetrics:
            return [
                "-storageDataPath=\(folder.file("data"))", "-httpListenAddr=127.0.0.1:\(port)", "-retentionPeriod=2",
                "-memory.allowedBytes=64MB", "-search.latencyOffset=0s", "-loggerLevel=WARN",
            ]
        case .prometheus:
            let configuration = """
                global: {scrape_interval: 200ms, scrape_timeout: 200ms}
                storage: {tsdb: {out_of_order_time_window: 40d}}
                scrape_configs:
                - {job_name: world, static_configs: [{targets: ["127.0.0.1:\(target)"]}]}

                """
            try folder.write(configuration, to: "prometheus.yml")
            return [
                "--config.file=\(folder.file("prometheus.yml"))", "--storage.tsdb.path=\(folder.file("data"))",
                "--web.listen-address=127.0.0.1:\(port)", "--storage.tsdb.retention.time=60d", "--log.level=warn",
            ]
        }
    }

    /// VictoriaMetrics takes everything at once; Prometheus scrapes it point by point from `Exposition`.
    private func fill() async throws {
        try await eventually("\(self.kind.rawValue) answers") {
            try await self.get("/api/v1/query?query=1").status == 200
        }
        if self.kind == .victoriaMetrics {
            for region in MetricsWorld.regions + [MetricsWorld.sparse] {
                var lines = ""
                for second in self.world.liveSeconds(
                    region,
                    from: self.world.start - 90,
                    through: self.world.start + 300
                ) {
                    lines += MetricsWorld.lines(region, "live", at: second)
                }
                for lag in MetricsWorld.lags {
                    for minute in Int64(-10)...10 {
                        let second = self.world.start - lag.milliseconds / 1000 + minute * 60
                        lines += MetricsWorld.lines(region, "live", at: second)
                    }
                }
                let request = HTTPRequest("POST", "/api/v1/import/prometheus", body: Array(lines.utf8))
                let answer = try await HTTPClient().send(request, to: self.address, within: .seconds(20))
                guard answer.status < 300 else { throw ConformanceFailure("import answers \(answer.status)") }
            }
            _ = try await self.get("/internal/force_flush")
        }
        try await eventually("live buckets and history are there") {
            let oldest = try await self.get(self.query("edge_good_total{part=\"live\",region=\"fine-1\"} offset 27s"))
            let newest = try await self.get(
                self.query("time() - timestamp(edge_good_total{part=\"live\",region=\"fine-1\"}) < 2")
            )
            return oldest.contains("\"value\"") && newest.contains("\"value\"")
        }
    }

    func get(_ path: String) async throws -> HTTPResponse {
        try await HTTPClient().send(HTTPRequest("GET", path), to: self.address, within: .seconds(10))
    }

    private func query(_ expression: String) -> String {
        let allowed = CharacterSet.alphanumerics
        return "/api/v1/query?nocache=1&query=\(expression.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
    }
}

/// Serves the world to a scraper: each scrape carries the next second of each series with its own time stamp.
final class Exposition: Sendable {
    private let world: MetricsWorld
    private let scrapes = Mutex<Int64>(0)

    init(_ world: MetricsWorld) { self.world = world }

    func next() -> HTTPResponse {
        let scrape = self.scrapes.withLock { count in
            defer { count += 1 }
            return count
        }
        let now = Int64(Date().timeIntervalSince1970)
        // Five scrapes a second, one second of the world each, catch up half a minute in eight seconds.
        let second = min(self.world.start - 32 + scrape, now)
        var text = ""
        for region in MetricsWorld.regions + [MetricsWorld.sparse] {
            if !self.world.liveSeconds(region, from: second, through: second).isEmpty {
                text += MetricsWorld.lines(region, "live", at: second)
            }
            for (index, lag) in MetricsWorld.lags.enumerated() {
                let old = self.world.start - lag.milliseconds / 1000 - 540 + scrape * 25
                guard old < self.world.start - lag.milliseconds / 1000 + 600 else { continue }
                text += MetricsWorld.lines(region, "lag\(index)", at: old)
            }
        }
        return .init(status: 200, headers: [("content-type", "text/plain; version=0.0.4")], body: Array(text.utf8))
    }
}

extension HTTPResponse {
    func contains(_ text: String) -> Bool { String(decoding: self.body, as: UTF8.self).contains(text) }
}

/// Asks again until the condition holds; fails with its name after a minute.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    var last = "never true"
    while ContinuousClock.now < deadline {
        do { if try await condition() { return } } catch { last = "\(error)" }
        try await Task.sleep(for: .milliseconds(100))
    }
    throw ConformanceFailure("\(what): \(last)")
}
