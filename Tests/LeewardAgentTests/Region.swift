import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProcesses
import LeewardProviders
import LeewardTestKit
import Logging
import Synchronization
import Testing

@testable import LeewardAgent

/// A backend of the test's own: says who it is and what it got, and fails or hangs on demand.
final class Backend: Sendable {
    enum Mood: Sendable { case good, failing, hanging }

    let id: InstanceID
    private let mood = Mutex(Mood.good)
    private let heard = Mutex<[HTTPRequest]>([])
    private let server = Mutex<HTTPServer?>(nil)

    init(_ id: InstanceID) { self.id = id }

    func start() async throws {
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { [weak self] request in
            await self?.answer(request) ?? .text(503, "gone")
        }
        self.server.withLock { $0 = server }
    }

    func stop() async {
        let server = self.server.withLock { server in
            defer { server = nil }
            return server
        }
        await server?.stop()
    }

    func be(_ mood: Mood) { self.mood.withLock { $0 = mood } }
    var requests: [HTTPRequest] { self.heard.withLock { $0 } }
    var address: String { "127.0.0.1:\(self.server.withLock { $0?.boundPort } ?? 1)" }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        self.heard.withLock { $0.append(request) }
        switch self.mood.withLock({ $0 }) {
        case .good: return .text(200, self.id.text)
        case .failing: return .text(500, self.id.text)
        case .hanging:
            let (never, continuation) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            continuation.finish()
            return .text(200, self.id.text)
        }
    }
}

/// One region with a real proxy: `play` runs on two live backends and one dark one, `browse` on one.
final class Region: Sendable {
    let settings: AgentSettings
    let provider: FakeProvider
    let live: [Backend]
    let dark: Backend
    let browse: Backend
    private let proxy = Mutex<ProcessHandle?>(nil)
    private let agent = Mutex<Task<Void, Never>?>(nil)

    init(_ region: RegionID, fleet: Fleet, folder: TemporaryFolder, jwks: String? = nil) throws {
        self.settings = try AgentSettings(
            fleet: fleet,
            region: region,
            directory: folder.file(region.text),
            adminSocket: folder.file("\(region).admin"),
            jwks: jwks
        )
        self.provider = FakeProvider(region)
        self.live = ["play-1", "play-2"].map { Backend(InstanceID("\(region)-\($0)")) }
        self.dark = Backend(InstanceID("\(region)-play-dark"))
        self.browse = Backend(InstanceID("\(region)-browse-1"))
    }

    var backends: [Backend] { self.live + [self.dark, self.browse] }

    /// The listing while all is well.
    var listing: [InstanceReport] {
        self.live.map { instance($0.id, of: "play", at: $0.address) } + [
            instance(self.dark.id, of: "play", .shadow, at: self.dark.address),
            instance(self.browse.id, of: "browse", at: self.browse.address),
        ]
    }

    func start() async throws {
        for backend in self.backends { try await backend.start() }
        await self.provider.list(self.listing)
        try EnvoyBootstrap(self.settings).write()
        try self.startProxy()
        self.startAgent()
    }

    /// Ends everything that `start` began, whatever is still there.
    func stop() async {
        await self.stopAgent()
        await self.killProxy()
        for backend in self.backends { await backend.stop() }
    }

    func startProxy() throws {
        let handle = try Spawn.start(
            try Programs.path("envoy"),
            EnvoyBootstrap.arguments(bootstrap: self.settings.bootstrapFile),
            log: self.settings.file("envoy.log")
        )
        self.proxy.withLock { $0 = handle }
    }

    func killProxy() async {
        let handle = self.proxy.withLock { proxy in
            defer { proxy = nil }
            return proxy
        }
        if let handle { await Spawn.stop(handle, graceful: .zero) }
    }

    func startAgent() {
        let agent = EdgeAgent(
            self.settings,
            provider: self.provider,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let task = Task {
            do { try await agent.run() } catch { Issue.record("the agent ended: \(error)") }
        }
        self.agent.withLock { $0 = task }
    }

    /// Ends it as abruptly as a task can be ended; what a killed process leaves behind, the file tests show.
    func stopAgent() async {
        let task = self.agent.withLock { agent in
            defer { agent = nil }
            return agent
        }
        task?.cancel()
        await task?.value
    }

    /// A port of its own, as a controller that just started would have.
    var port: AgentEdge {
        AgentEdge(
            region: self.settings.region,
            at: self.settings.spec.edge.agent,
            geographies: self.settings.fleet.geographies.keys,
            timeout: .seconds(5)
        )
    }

    func publish(_ shares: ShareTable, _ generation: Int64) async -> Outcome {
        let fence = Fence(epoch: Epoch(1), key: EffectKey("g\(generation)"))
        return await self.port.publish(shares, generation: Generation(generation), fence: fence)
    }

    /// Waits until the proxy has this generation and its endpoints in memory.
    func untilLoaded(_ generation: Int64) async throws {
        try await eventually("\(self.settings.region) loads generation \(generation)") {
            guard let loaded = try? await self.port.report().loaded else { return false }
            return loaded.generation.value == generation && loaded.endpoints["play"]?.isEmpty == false
                && loaded.endpoints["browse"]?.isEmpty == false
        }
    }

    /// One request of a user from this geography; the answer, or nil where there was none.
    func user(
        _ path: String = "/play",
        from geography: GeographyID = "us-east",
        headers: [(name: String, value: String)] = [],
        within limit: Duration = .seconds(5)
    ) async -> HTTPResponse? {
        let host = self.settings.fleet.geographies[geography]?.host ?? ""
        return try? await HTTPClient().send(
            HTTPRequest("GET", path, headers: [("host", host)] + headers),
            to: .tcp(host: "127.0.0.1", port: self.settings.spec.edge.port),
            within: limit
        )
    }

    /// Who served so many users, by the backend's name; "none" where there was no answer with 200.
    func servers(_ count: Int, from geography: GeographyID = "us-east") async -> [String: Int] {
        var result: [String: Int] = [:]
        for _ in 0..<count {
            let answer = await self.user(from: geography)
            let name = answer?.status == 200 ? String(decoding: answer?.body ?? [], as: UTF8.self) : "none"
            result[name, default: 0] += 1
        }
        return result
    }
}

/// Both regions of the small fleet, up and loaded; everything is stopped when the test is over.
func withRegions(
    jwks: String? = nil,
    _ test: (_ home: Region, _ savior: Region) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let jwksFile = try jwks.map { try folder.write($0, to: "jwks.json") }
    let fleet = smallFleet(ports: try FreePorts.pick(4), sockets: folder.path)
    let regions = try ["us-east-1", "eu-west-1"].map {
        try Region($0, fleet: fleet, folder: folder, jwks: jwksFile)
    }
    do {
        for region in regions { try await region.start() }
        for region in regions { try await region.untilLoaded(0) }
        try await test(regions[0], regions[1])
    } catch {
        for region in regions { await region.stop() }
        throw error
    }
    for region in regions { await region.stop() }
}
