import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@testable import LeewardProcesses

/// A condition that did not come true in time.
struct NeverHappened: Error, CustomStringConvertible {
    var description: String
}

/// Looks again and again until the condition holds; throws when it has not after `limit`.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(description: "not in time: \(what)") }
        try await Task.sleep(for: .milliseconds(15))
    }
}

/// Sends one GET; the status, or nil when there was no answer.
func status(of address: HTTPAddress, _ path: String = "/", within limit: Duration = .seconds(5)) async -> Int? {
    try? await HTTPClient().send(HTTPRequest("GET", path), to: address, within: limit).status
}

/// A run folder with settings for a small region; ends every instance in it when the test is over.
struct Bench: Sendable {
    let folder: TemporaryFolder
    var settings: HostSettings

    /// Two live and two dark instances of `play`, and an autoscaler that acts only when it is ticked.
    init(_ services: SortedMap<ServiceID, HostedService> = ["play": .init(capacity: 100, live: 2, shadow: 2)]) throws {
        self.folder = try TemporaryFolder()
        self.settings = HostSettings(
            region: "us-east-1",
            socket: self.folder.file("provider.sock"),
            runFolder: self.folder.path,
            instanceExecutable: try Programs.built("leeward-lab-instance"),
            addressPrefix: "127.\(Int.random(in: 100..<250)).\(Int.random(in: 1..<250))",
            port: Int.random(in: 10_000..<30_000),
            parentFile: try self.folder.write("", to: "marker"),
            faultFile: self.folder.file("fault"),
            coldStart: 300,
            services: services
        )
    }

    var socket: HTTPAddress { .unix(path: self.settings.socket) }

    func host() throws -> ProcessHost { try ProcessHost(self.settings) { _ in } }

    /// Runs the test with a started host whose first instances are ready, then stops everything.
    func run(_ test: (ProcessHost) async throws -> Void) async throws {
        try await self.cleaningUp {
            let host = try self.host()
            try await host.start()
            do {
                try await allReady(host)
                try await test(host)
            } catch {
                await host.stop()
                throw error
            }
            await host.stop()
        }
    }

    func cleaningUp(_ test: () async throws -> Void) async throws {
        do {
            try await test()
        } catch {
            await InstanceProcesses.stopAll(inRunFolder: self.folder.path)
            throw error
        }
        await InstanceProcesses.stopAll(inRunFolder: self.folder.path)
    }
}

func allReady(_ host: ProcessHost) async throws {
    try await eventually("every instance is ready") {
        await host.capacityReport().instances.allSatisfy { $0.state == .ready }
    }
}

extension CapacityReport {
    func ids(_ membership: Membership) -> [InstanceID] {
        self.instances.filter { $0.membership == membership }.map(\.id)
    }
}

extension InstanceReport {
    var http: HTTPAddress {
        let parts = self.address.split(separator: ":")
        return .tcp(host: String(parts[0]), port: Int(parts[1]) ?? 0)
    }
}

extension EffectRequest {
    static func test(_ epoch: Int64, _ key: EffectKey, _ effect: Effect) -> EffectRequest {
        .init(fence: .init(epoch: Epoch(epoch), key: key), effect: effect)
    }
}

extension Effect {
    static let play = ClusterID("us-east-1", "play")
    static func detach(_ ids: [InstanceID], from: Membership) -> Effect { .detach(Self.play, ids, from: from) }
    static func attach(_ ids: [InstanceID], to: Membership) -> Effect { .attach(Self.play, ids, to: to) }
}

extension Outcome {
    /// The sentence of a refusal; nil for every other outcome.
    var refusal: String? {
        if case .refused(let reason) = self { reason } else { nil }
    }
}
