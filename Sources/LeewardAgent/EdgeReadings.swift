import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProviders
import Logging

/// Reads the proxy once a second and on demand, at most five times a second, and makes reports of it.
actor EdgeReadings {
    /// One look at a proxy that answered.
    struct Proxy: Sendable {
        var stats: EnvoyStats
        var loaded: LoadedEdge?
        var counters: EdgeCounters
        var rejections: Int
    }

    private struct Loaded {
        var start: Int64
        var signature: [Int]
        var edge: LoadedEdge?
    }

    private let settings: AgentSettings
    private let admin: EnvoyAdmin
    private let store: SnapshotStore
    private let prober: Prober
    private let logger: Logger
    private let agentStart = Int64(Date().timeIntervalSince1970 * 1000)
    private var sequence: Int64 = 0
    private var loaded: Loaded?
    private var counters: EdgeCounters?
    private var proxyProblem: String?
    private var feedProblem: String?
    private var reading: Task<Void, Never>?
    private var readAt: ContinuousClock.Instant?
    /// Nil while the proxy does not answer.
    private(set) var proxy: Proxy?

    init(_ settings: AgentSettings, store: SnapshotStore, prober: Prober, logger: Logger) {
        self.settings = settings
        self.admin = EnvoyAdmin(settings)
        self.store = store
        self.prober = prober
        self.logger = logger
    }

    func run() async {
        while !Task.isCancelled {
            await self.read()
            self.tell(await self.store.feed(), &self.feedProblem)
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// A report from a reading of its own; those who ask at the same time share one.
    func report() async -> EdgeReport {
        await self.read()
        return EdgeReport(
            region: self.settings.region,
            agentStart: self.agentStart,
            sequence: self.sequence,
            accepted: await self.store.accepted,
            loaded: self.proxy?.loaded,
            rejections: self.proxy?.rejections ?? 0,
            counters: self.proxy?.counters,
            probes: self.prober.counts
        )
    }

    /// The newest look, unless it is too old to be shown as the present.
    var recent: Proxy? {
        guard let readAt = self.readAt, ContinuousClock.now - readAt < .seconds(3) else { return nil }
        return self.proxy
    }

    private func read() async {
        if let reading = self.reading { return await reading.value }
        let task = Task {
            if let readAt = self.readAt {
                try? await Task.sleep(until: readAt + .milliseconds(200), clock: .continuous)
            }
            await self.look()
            self.reading = nil
        }
        self.reading = task
        await task.value
    }

    private func look() async {
        do {
            let start = try await self.admin.start()
            let stats = try await self.admin.stats()
            let signature = stats.signature(self.settings)
            if self.loaded?.start != start || self.loaded?.signature != signature || self.loaded?.edge == nil {
                // After the statistics: a change in between shows in the next ones and is read again.
                self.loaded = Loaded(start: start, signature: signature, edge: nil)
                self.loaded?.edge = try await self.readLoaded()
            }
            let counters = stats.counters(proxyStart: start, self.settings).notBelow(self.counters)
            self.counters = counters
            if self.loaded?.edge != nil { self.tell(nil, &self.proxyProblem) }
            self.proxy = Proxy(
                stats: stats,
                loaded: self.loaded?.edge,
                counters: counters,
                rejections: stats.rejections(self.settings)
            )
        } catch {
            self.proxy = nil
            self.tell("the proxy cannot be read: \(error)", &self.proxyProblem)
        }
        self.sequence += 1
        self.readAt = .now
    }

    /// Nil where the proxy answers and what it has is no whole table of shares.
    private func readLoaded() async throws(HTTPError) -> LoadedEdge? {
        do {
            let endpoints = try await self.admin.endpoints()
            let routes = try await self.admin.routes()
            return LoadedEdge(generation: routes.generation, shares: routes.shares, endpoints: endpoints)
        } catch let error as HTTPError {
            throw error
        } catch {
            self.tell("what the proxy has loaded cannot be used: \(error)", &self.proxyProblem)
            return nil
        }
    }

    /// Says a problem once, and once that it has gone.
    private func tell(_ problem: String?, _ last: inout String?) {
        if let problem, problem != last { self.logger.warning("\(problem)") }
        if problem == nil, let last { self.logger.info("over: \(last)") }
        last = problem
    }
}
