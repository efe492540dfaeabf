import Foundation
import LeewardHTTP
import LeewardModel

/// Speaks to a running `leeward-lab clients` process.
package struct ClientControl: Sendable {
    private let address: HTTPAddress
    private let http = HTTPClient()

    /// `control` is the endpoint of the clients' settings.
    package init(_ control: Endpoint) { self.address = control.httpAddress }

    /// Totals and the newest finished second; throws when the process does not answer within two seconds.
    package func status() async throws -> ClientStatus { try await self.get("/v1/status") }

    /// The finished seconds from index `first` on.
    package func timeline(from first: Int = 0) async throws -> [ClientSecond] {
        try await self.get("/v1/timeline?from=\(first)")
    }

    /// Asks the process to finish what is in flight and to end.
    package func stop() async throws {
        let response = try await self.http.send(HTTPRequest("POST", "/v1/stop"), to: self.address, within: .seconds(5))
        guard response.status == 202 else { throw self.error("/v1/stop", response) }
    }

    private func get<Value: Decodable>(_ path: String) async throws -> Value {
        let response = try await self.http.send(HTTPRequest("GET", path), to: self.address, within: .seconds(5))
        guard response.status == 200 else { throw self.error(path, response) }
        return try JSONDecoder().decode(Value.self, from: Data(response.body))
    }

    private func error(_ path: String, _ response: HTTPResponse) -> ClientControlError {
        .init(
            description: "the load clients answered \(path) with \(response.status): "
                + String(decoding: response.body.prefix(200), as: UTF8.self)
        )
    }
}

/// The load clients gave an answer that cannot be used.
package struct ClientControlError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
    package init(description: String) { self.description = description }
}
