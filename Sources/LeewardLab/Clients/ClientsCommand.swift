import ArgumentParser
import Foundation
import Logging

/// `leeward-lab clients`: the load of one lab, until it is told to stop.
package struct ClientsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "Run the lab's users: an open loop of requests per geography.",
        discussion: "Started by `up` and `drill`; results are served on the control socket of the settings."
    )

    @Option(help: "JSON file with the settings.")
    var settings: String

    package init() {}

    package func run() async throws {
        var logger = Logger(label: "clients", factory: StreamLogHandler.standardError(label:))
        logger.logLevel = .info
        let settings = try Self.read(self.settings)
        let clients = try await LoadClients.start(settings)
        let (ends, end) = AsyncStream.makeStream(of: String.self)
        let signals = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { end.yield("signal \(number)") }
            source.activate()
            return source
        }
        defer { for source in signals { source.cancel() } }
        let server = try await ClientServer.start(clients, settings: settings) { end.yield("request") }
        let rate = settings.geographies.reduce(0) { $0 + $1.requestsPerSecond }
        logger.info("sending \(rate) requests/s for \(settings.geographies.count) geographies")
        for await reason in ends {
            logger.info("stopping by \(reason)")
            break
        }
        let status = try await clients.status()
        try await clients.stop()
        await server.stop()
        logger.info("\(status.total.good) of \(status.total.due) requests were good")
    }

    private static func read(_ path: String) throws -> ClientSettings {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read; the lab writes it when it starts")
        }
        do { return try JSONDecoder().decode(ClientSettings.self, from: data) } catch {
            throw ValidationError("\(path) holds no client settings: \(error)")
        }
    }
}
