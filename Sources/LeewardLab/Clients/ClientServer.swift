import Foundation
import LeewardHTTP
import LeewardModel

/// The clients' own HTTP: control and results on one address, metrics on another.
struct ClientServer {
    private let control: HTTPServer
    private let metrics: HTTPServer

    /// `onStop` runs when somebody posts `/v1/stop`.
    static func start(
        _ clients: LoadClients,
        settings: ClientSettings,
        onStop: @escaping @Sendable () -> Void
    ) async throws -> ClientServer {
        let control = try await HTTPServer.start(on: settings.control.httpAddress) { request in
            await Self.answer(request, clients: clients, onStop: onStop)
        }
        do {
            let metrics = try await HTTPServer.start(on: settings.metrics.httpAddress) { request in
                guard request.path == "/metrics" else { return .text(404, "only /metrics is here\n") }
                guard let text = try? await clients.metrics() else { return .text(503, "the load has ended\n") }
                return .text(200, text)
            }
            return ClientServer(control: control, metrics: metrics)
        } catch {
            await control.stop()
            throw error
        }
    }

    func stop() async {
        await self.control.stop()
        await self.metrics.stop()
    }

    private static func answer(
        _ request: HTTPRequest,
        clients: LoadClients,
        onStop: @Sendable () -> Void
    ) async -> HTTPResponse {
        let parts = request.path.split(separator: "?", maxSplits: 1)
        do {
            switch (request.method, parts.first ?? "") {
            case ("GET", "/v1/status"): return try Self.json(try await clients.status())
            case ("GET", "/v1/timeline"):
                let from = parts.count > 1 && parts[1].hasPrefix("from=") ? Int(parts[1].dropFirst(5)) : 0
                guard let from else { return .text(400, "from must be the index of a second\n") }
                return try Self.json(try await clients.timeline(from: from))
            case ("POST", "/v1/stop"):
                onStop()
                return .text(202, "stopping\n")
            default: return .text(404, "known are GET /v1/status, GET /v1/timeline?from=N and POST /v1/stop\n")
            }
        } catch {
            return .text(503, "\(error)\n")
        }
    }

    private static func json(_ value: some Encodable) throws -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let body = try encoder.encode(value)
        return HTTPResponse(status: 200, headers: [("content-type", "application/json")], body: Array(body))
    }
}
