import Foundation
public import LeewardHTTP
public import LeewardModel
public import LeewardProviders
import Synchronization

/// A region's process host as the controller sees it: the capacity port over HTTP.
public struct ProcessCapacity: CapacityPort {
    public let region: RegionID
    private let address: HTTPAddress
    private let timeout: Duration
    private let client: HTTPClient
    private let newest = Newest()

    /// `timeout` covers each call as a whole.
    public init(
        region: RegionID,
        at endpoint: Endpoint,
        timeout: Duration = .seconds(2),
        client: HTTPClient = HTTPClient()
    ) {
        self.region = region
        self.timeout = timeout
        self.client = client
        self.address =
            switch endpoint {
            case .unix(let path): .unix(path: path)
            case .tcp(let host, let port): .tcp(host: host, port: port)
            }
    }

    /// A report that is not newer than one already returned is an error; an empty one is marked as incomplete.
    public func report() async throws(ProviderError) -> CapacityReport {
        var report = try await self.get("/v1/report", as: CapacityReport.self)
        guard report.region == self.region else {
            throw self.problem("its report is about \(report.region)")
        }
        guard Set(report.instances.map(\.id)).count == report.instances.count else {
            throw self.problem("its report lists an instance twice")
        }
        guard self.newest.advance(to: report.sequence) else {
            throw self.problem("it repeated an old report (sequence \(report.sequence))")
        }
        // A region that runs nothing at all cannot be told from a listing that failed.
        if report.instances.isEmpty { report.isComplete = false }
        return report
    }

    /// What the host really did, oldest first.
    public func log() async throws(ProviderError) -> [AppliedEffect] {
        try await self.get("/v1/log", as: [AppliedEffect].self)
    }

    public func claim(_ fence: Fence) async -> Outcome {
        await self.send(.claimProvider(self.region), fence)
    }
    public func freeze(floors: SortedMap<ServiceID, Int>, fence: Fence) async -> Outcome {
        await self.send(.freeze(self.region, floors: floors), fence)
    }
    public func unfreeze(_ fence: Fence) async -> Outcome {
        await self.send(.unfreeze(self.region), fence)
    }
    public func detach(
        _ instances: [InstanceID],
        of service: ServiceID,
        from: Membership,
        fence: Fence
    ) async -> Outcome {
        await self.send(.detach(ClusterID(self.region, service), instances, from: from), fence)
    }
    public func attach(
        _ instances: [InstanceID],
        of service: ServiceID,
        to: Membership,
        fence: Fence
    ) async -> Outcome {
        await self.send(.attach(ClusterID(self.region, service), instances, to: to), fence)
    }
    public func start(_ count: Int, of service: ServiceID, fence: Fence) async -> Outcome {
        await self.send(.start(ClusterID(self.region, service), count: count), fence)
    }

    private func send(_ effect: Effect, _ fence: Fence) async -> Outcome {
        let body: Data
        do {
            body = try JSONEncoder().encode(EffectRequest(fence: fence, effect: effect))
        } catch {
            return .refused("the effect cannot be written as JSON: \(error)")
        }
        let request = HTTPRequest(
            "POST",
            "/v1/effects",
            headers: [("content-type", "application/json")],
            body: [UInt8](body)
        )
        do throws(HTTPError) {
            let response = try await self.client.send(request, to: self.address, within: self.timeout)
            return self.outcome(of: response)
        } catch {
            switch error {
            case .notSent(let reason): return .failed("\(self.subject): \(reason)")
            case .unanswered(let reason): return .unknown("\(self.subject): \(reason)")
            }
        }
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

    private func get<Value: Decodable>(_ path: String, as type: Value.Type) async throws(ProviderError) -> Value {
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await self.client.send(HTTPRequest("GET", path), to: self.address, within: self.timeout)
        } catch {
            switch error {
            case .notSent(let reason), .unanswered(let reason): throw self.problem(reason)
            }
        }
        guard response.status == 200 else {
            let advice = response.headers.first { $0.name.lowercased() == "retry-after" }.flatMap { Int64($0.value) }
            throw self.problem(
                "status \(response.status): \(Self.sentence(response))",
                retry: .after(.seconds(min(60, max(1, advice ?? 1))))
            )
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(response.body))
        } catch {
            throw self.problem("it answered what nobody understands: \(error)")
        }
    }

    private var subject: String { "provider \(self.region)" }

    private func problem(_ reason: String, retry: ProviderError.Retry = .after(.seconds(1))) -> ProviderError {
        .init(subject: self.subject, reason: reason, retry: retry)
    }

    /// The first 200 bytes of an answer that is meant for people.
    private static func sentence(_ response: HTTPResponse) -> String {
        String(decoding: response.body.prefix(200), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// The highest sequence seen so far, shared by the copies of one port.
private final class Newest: Sendable {
    private let sequence = Mutex<Int64>(.min)

    /// False when this or a newer one was seen before.
    func advance(to next: Int64) -> Bool {
        self.sequence.withLock { sequence in
            guard next > sequence else { return false }
            sequence = next
            return true
        }
    }
}
