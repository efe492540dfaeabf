import Foundation
import LeewardHTTP
import LeewardProviders

extension ProcessHost {
    /// The calls of docs/architecture.md.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        switch (request.method, request.path) {
        case ("GET", "/v1/report"): return self.json(self.capacityReport())
        case ("GET", "/v1/log"): return self.json(self.appliedEffects)
        case ("POST", "/v1/effects"):
            do {
                let effect = try JSONDecoder().decode(EffectRequest.self, from: Data(request.body))
                return self.json(EffectAnswer(outcome: self.apply(effect)))
            } catch {
                return .text(400, "the body is no effect request: \(error)\n")
            }
        case (_, "/v1/report"), (_, "/v1/log"): return .text(405, "use GET\n")
        case (_, "/v1/effects"): return .text(405, "use POST\n")
        default: return .text(404, "there are /v1/report, /v1/log and /v1/effects\n")
        }
    }

    private func json(_ value: some Encodable) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            let body = try encoder.encode(value)
            return .init(status: 200, headers: [("content-type", "application/json")], body: [UInt8](body))
        } catch {
            return .text(500, "\(error)\n")
        }
    }
}
