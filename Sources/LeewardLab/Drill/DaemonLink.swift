import Foundation
import LeewardHTTP
import LeewardModel

/// Speaks to the controller as an operator does: reads over its socket, commands through the `leeward` program.
struct DaemonLink: Sendable {
    let socket: String
    private let http = HTTPClient()

    init(socket: String) { self.socket = socket }

    /// Nil when the controller does not answer: it may be dead on purpose.
    func status() async -> DaemonStatus? { try? await self.get("/v1/status", within: .seconds(2)) }

    func history() async throws -> [JournalLine] { try await self.get("/v1/history", within: .seconds(30)) }

    /// Runs `leeward` and returns its result; throws with what it said when its exit code is not 0.
    @discardableResult
    func command(_ arguments: [String]) async throws -> String {
        let program = try LabTools.own("leeward")
        let words = ["--socket", self.socket]
        return try await Task.detached {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments + words
            process.standardInput = FileHandle.nullDevice
            let result = Pipe()
            let reasons = Pipe()
            process.standardOutput = result
            process.standardError = reasons
            try process.run()
            let texts = [result, reasons].map { pipe in
                String(decoding: (try? pipe.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                let name = arguments.joined(separator: " ")
                throw LabError("`leeward \(name)` ended with \(process.terminationStatus): \(texts[1].suffix(600))")
            }
            return texts[0]
        }.value
    }

    private func get<Value: Decodable>(_ path: String, within limit: Duration) async throws -> Value {
        let response = try await self.http.send(HTTPRequest("GET", path), to: .unix(path: self.socket), within: limit)
        guard response.status == 200 else {
            let text = String(decoding: response.body.prefix(300), as: UTF8.self)
            throw LabError("the controller answered \(path) with \(response.status): \(text)")
        }
        return try JSONDecoder().decode(Value.self, from: Data(response.body))
    }
}
