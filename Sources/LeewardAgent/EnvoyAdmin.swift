import Foundation
import LeewardHTTP
import LeewardModel

/// What the proxy answers on its admin socket.
struct EnvoyAdmin: Sendable {
    let settings: AgentSettings
    private let client = HTTPClient()

    init(_ settings: AgentSettings) { self.settings = settings }

    /// When the proxy process read its bootstrap, in milliseconds since 1970: another process has another number.
    func start() async throws -> Int64 {
        struct Dump: Decodable {
            struct Entry: Decodable {
                var updated: String?
                enum CodingKeys: String, CodingKey { case updated = "last_updated" }
            }
            var configs: [Entry]?
        }
        let dump = try JSONDecoder().decode(Dump.self, from: Data(try await self.get("/config_dump?mask=last_updated")))
        guard let text = dump.configs?.compactMap(\.updated).first, let time = Self.milliseconds(text) else {
            throw AgentError("the proxy does not say when it started")
        }
        return time
    }

    func stats() async throws -> EnvoyStats {
        let stats = EnvoyStats(try await self.get("/stats"))
        guard !stats.isEmpty else { throw AgentError("the proxy has no statistics") }
        return stats
    }

    func routes() async throws -> EnvoyReadBack {
        try EnvoyReadBack(dump: try await self.get("/config_dump?resource=dynamic_route_configs"), self.settings)
    }

    /// The instances that are endpoints of the live clusters.
    func endpoints() async throws -> SortedMap<ServiceID, [InstanceID]> {
        Self.endpoints(in: try await self.get("/clusters?filter=%5Elive/"), self.settings.fleet.services.keys)
    }

    /// Lines of the form "live/play::127.0.0.1:9000::hostname::play-1".
    static func endpoints(in text: [UInt8], _ services: [ServiceID]) -> SortedMap<ServiceID, [InstanceID]> {
        var result = SortedMap(services.map { ($0, [InstanceID]()) })
        let mark = Array("::hostname::".utf8)
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let found = line.firstRange(of: mark), found.upperBound < line.endIndex else { continue }
            let name = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
            guard name.hasPrefix(EnvoyClusters.livePrefix) else { continue }
            let service = ServiceID(String(name.dropFirst(EnvoyClusters.livePrefix.count)))
            result[service]?.append(InstanceID(String(decoding: line[found.upperBound...], as: UTF8.self)))
        }
        return result.mapValues { $0.sorted() }
    }

    private func get(_ path: String) async throws -> [UInt8] {
        let answer = try await self.client.send(
            HTTPRequest("GET", path),
            to: .unix(path: self.settings.adminSocket),
            within: .seconds(1)
        )
        guard answer.status == 200 else { throw AgentError("the proxy answers \(path) with \(answer.status)") }
        return answer.body
    }

    /// "2026-11-21T03:11:08.165Z"; the fraction may be missing.
    static func milliseconds(_ text: String) -> Int64? {
        let parts = text.dropLast(text.hasSuffix("Z") ? 1 : 0).split(separator: ".")
        guard (1...2).contains(parts.count), text.hasSuffix("Z"),
            let whole = try? Date(String(parts[0]) + "Z", strategy: .iso8601)
        else { return nil }
        let fraction = parts.count == 2 ? (Double("0." + parts[1]) ?? 0) : 0
        return Int64(whole.timeIntervalSince1970) * 1000 + Int64((fraction * 1000).rounded())
    }
}
