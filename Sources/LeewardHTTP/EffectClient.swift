import Foundation
public import LeewardModel
public import LeewardProviders

/// Speaks to a receiver of effects, an agent or a process host: `POST /v1/effects`, and JSON reports by GET.
///
/// What is known of a call decides its outcome: never sent or throttled is `failed` and may be tried again, an answer
/// that was lost or not understood is `unknown` and must be read back first (S12), and a 4xx is `refused`.
public struct EffectClient: Sendable {
    /// How errors and outcomes name the receiver: "edge eu-west-1".
    private let subject: String
    private let address: HTTPAddress
    private let timeout: Duration
    private let client: HTTPClient

    /// `timeout` covers each call as a whole.
    public init(_ subject: String, at endpoint: Endpoint, timeout: Duration, client: HTTPClient = HTTPClient()) {
        self.subject = subject
        self.address = endpoint.httpAddress
        self.timeout = timeout
        self.client = client
    }

    /// Asks the receiver to apply one effect; its own answer is handed on where there is one.
    public func send(_ effect: Effect, _ fence: Fence) async -> Outcome {
        let body: Data
        do { body = try JSONEncoder().encode(EffectRequest(fence: fence, effect: effect)) } catch {
            return .refused("the effect cannot be written as JSON: \(error)")
        }
        let request = HTTPRequest(
            "POST",
            "/v1/effects",
            headers: [("content-type", "application/json")],
            body: [UInt8](body)
        )
        do throws(HTTPError) {
            return self.outcome(of: try await self.client.send(request, to: self.address, within: self.timeout))
        } catch {
            switch error {
            case .notSent(let reason): return .failed("\(self.subject): \(reason)")
            case .unanswered(let reason): return .unknown("\(self.subject): \(reason)")
            }
        }
    }

    /// Reads one JSON value; the error says when asking again makes sense, 1...60 s from now.
    public func get<Value: Decodable>(_ path: String, as type: Value.Type) async throws(ProviderError) -> Value {
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await self.client.send(HTTPRequest("GET", path), to: self.address, within: self.timeout)
        } catch {
            throw self.problem(error.description)
        }
        guard response.status == 200 else {
            let advice = response.header("retry-after").flatMap { Int64($0) } ?? 1
            throw self.problem(
                "status \(response.status): \(Self.sentence(response))",
                retry: .after(.seconds(min(60, max(1, advice))))
            )
        }
        do { return try JSONDecoder().decode(Value.self, from: Data(response.body)) } catch {
            throw self.problem("it answered what nobody understands: \(error)")
        }
    }

    /// An error about this receiver.
    public func problem(_ reason: String, retry: ProviderError.Retry = .after(.seconds(1))) -> ProviderError {
        .init(subject: self.subject, reason: reason, retry: retry)
    }

    private func outcome(of response: HTTPResponse) -> Outcome {
        switch response.status {
        case 200:
            guard let answer = try? JSONDecoder().decode(EffectAnswer.self, from: Data(response.body)) else {
                return .unknown("\(self.subject) answered what nobody understands")
            }
            return answer.outcome
        case 429, 503: return .failed("\(self.subject) is throttled (\(response.status))")
        case 400..<500: return .refused("\(self.subject): \(Self.sentence(response))")
        default: return .unknown("\(self.subject) answered \(response.status)")
        }
    }

    /// The first 200 bytes of an answer that is meant for people.
    private static func sentence(_ response: HTTPResponse) -> String {
        String(decoding: response.body.prefix(200), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension Endpoint {
    /// The same place as HTTP needs it.
    public var httpAddress: HTTPAddress {
        switch self {
        case .unix(let path): .unix(path: path)
        case .tcp(let host, let port): .tcp(host: host, port: port)
        }
    }
}
