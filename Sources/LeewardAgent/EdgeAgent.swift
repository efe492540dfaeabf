import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProcesses
public import LeewardProviders
public import Logging
public import ServiceLifecycle

/// What runs beside one region's edge proxy: keeps the fenced snapshot, feeds the proxy, reads it back and probes.
///
/// The proxy needs it only for changes: without the agent it goes on with the files that it has.
public struct EdgeAgent: Service {
    private let settings: AgentSettings
    private let provider: any CapacityPort
    private let logger: Logger

    /// `provider` is the region's own capacity provider; nil asks the one that the fleet file names.
    public init(_ settings: AgentSettings, provider: (any CapacityPort)? = nil, logger: Logger) {
        self.settings = settings
        self.provider =
            provider ?? ProcessCapacity(region: settings.region, at: settings.provider, timeout: .seconds(1))
        var logger = logger
        logger[metadataKey: "region"] = "\(settings.region)"
        self.logger = logger
    }

    /// Runs until graceful shutdown or cancellation; throws where it cannot listen or write its folder.
    public func run() async throws {
        let settings = self.settings
        let logger = self.logger
        try EdgeFolder(settings).make()
        let store = SnapshotStore(settings)
        let prober = Prober(settings)
        let readings = EdgeReadings(settings, store: store, prober: prober, logger: logger)
        let feed = EndpointFeed(settings, provider: self.provider, logger: logger)
        let desk = AgentDesk(store: store, readings: readings, feed: feed, prober: prober, settings: settings)

        // Listening comes first: a second agent of the same region fails here, before it touches a file.
        let api = try await HTTPServer.start(on: settings.spec.edge.agent.httpAddress) { await desk.answer($0) }
        do {
            let metrics: HTTPServer? =
                if let address = settings.metrics {
                    try await HTTPServer.start(on: address) { await desk.answerMetrics($0) }
                } else { nil }
            if let problem = await store.feed() { logger.error("\(problem)") }
            if await store.damage == nil { try EdgeFolder(settings).writeMissing() }
            let generation = await store.accepted.generation
            logger.info("generation \(generation) is in force")
            await cancelWhenGracefulShutdown {
                await withDiscardingTaskGroup { group in
                    group.addTask { await readings.run() }
                    group.addTask { await feed.run() }
                    group.addTask { await prober.run() }
                }
            }
            await metrics?.stop()
        } catch {
            await api.stop()
            throw error
        }
        await api.stop()
    }
}
