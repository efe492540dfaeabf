import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProviders

/// Answers the agent's HTTP calls.
struct AgentDesk: Sendable {
    let store: SnapshotStore
    let readings: EdgeReadings
    let feed: EndpointFeed
    let prober: Prober
    let settings: AgentSettings

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        switch (request.method, request.pathOnly) {
        case ("POST", "/v1/effects"):
            do {
                let effect = try JSONDecoder().decode(EffectRequest.self, from: Data(request.body))
                return self.json(EffectAnswer(outcome: await self.store.apply(effect)))
            } catch {
                return .text(400, "the body is no effect request: \(error)\n")
            }
        case ("GET", "/v1/report"): return self.json(await self.readings.report())
        case ("GET", "/v1/log"): return self.json(await self.store.log)
        case (_, "/v1/effects"), (_, "/v1/report"), (_, "/v1/log"):
            return .text(405, "POST /v1/effects, GET /v1/report, GET /v1/log\n")
        default:
            return .text(404, "there is POST /v1/effects, GET /v1/report and GET /v1/log\n")
        }
    }

    func answerMetrics(_ request: HTTPRequest) async -> HTTPResponse {
        guard request.method == "GET", request.pathOnly == "/metrics" else {
            return .text(404, "there is GET /metrics\n")
        }
        let text = MetricsText.render(
            region: self.settings.region,
            accepted: await self.store.accepted,
            proxy: await self.readings.recent,
            probes: self.prober.counts,
            isProviderWell: await self.feed.problem == nil
        )
        return HTTPResponse(
            status: 200,
            headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
            body: Array(text.utf8)
        )
    }

    private func json(_ value: some Encodable) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do { return .json(200, [UInt8](try encoder.encode(value))) } catch {
            return .text(500, "the answer cannot be written as JSON: \(error)\n")
        }
    }
}
