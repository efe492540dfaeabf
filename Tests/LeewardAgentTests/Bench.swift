import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProcesses
import LeewardProviders
import LeewardTestKit
import LeewardTestModel
import Synchronization
import Testing

@testable import LeewardAgent

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
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Set once, seen by every task.
final class Flag: Sendable {
    private let state = Mutex(false)
    func set() { self.state.withLock { $0 = true } }
    var isSet: Bool { self.state.withLock { $0 } }
}

/// Two regions, two geographies, two services; the ports are free ones.
func smallFleet(ports: [Int] = [8080, 8081, 8082, 8083], sockets: String = "/nowhere") -> Fleet {
    func region(_ name: RegionID, _ users: Int, _ tunnel: Int) -> RegionSpec {
        .init(
            failureGroups: [FailureGroup(name.text)],
            edge: .init(
                address: "127.0.0.1",
                port: users,
                tunnelPort: tunnel,
                agent: .unix(path: "\(sockets)/\(name).agent")
            ),
            provider: .unix(path: "\(sockets)/\(name).provider")
        )
    }
    func geography(_ name: String, _ home: RegionID, _ savior: RegionID) -> GeographySpec {
        .init(host: "\(name).lab.test", home: home, allowed: [home, savior], saviors: [savior: 10_000])
    }
    func service(_ path: String) -> ServiceSpec {
        .init(path: path, instanceCapacity: 100, isCritical: true, clusters: [:])
    }
    return Fleet(
        name: "small",
        zone: .init(name: "lab.test", servers: [], keyName: "leeward", keyFile: "/none"),
        regions: [
            "us-east-1": region("us-east-1", ports[0], ports[1]), "eu-west-1": region("eu-west-1", ports[2], ports[3]),
        ],
        geographies: [
            "us-east": geography("us-east", "us-east-1", "eu-west-1"),
            "europe": geography("europe", "eu-west-1", "us-east-1"),
        ],
        services: ["play": service("/play"), "browse": service("/browse")],
        signals: .init(prometheus: .tcp(host: "127.0.0.1", port: 1), served: "", entered: "", load: ""),
        policy: .init(relief: .act, evacuation: .act),
        limits: smallLimits
    )
}

private let smallLimits = Limits.test {
    $0.emergencyLadder = [100, 10_000]
    $0.gentleLadder = [100, 10_000]
}

/// Settings of us-east-1 in a folder of the test's own.
func smallSettings(_ folder: TemporaryFolder) throws -> AgentSettings {
    try AgentSettings(
        fleet: smallFleet(),
        region: "us-east-1",
        directory: folder.file("edge"),
        adminSocket: folder.file("admin.sock")
    )
}

/// A table with this part of us-east moved to eu-west-1.
func moved(_ basisPoints: Int) throws -> ShareTable {
    [
        "us-east": try ShareVector(["us-east-1": 10_000 - basisPoints, "eu-west-1": basisPoints]),
        "europe": ShareVector(all: "eu-west-1"),
    ]
}

func publish(
    _ basisPoints: Int,
    _ generation: Int64,
    epoch: Int64 = 1,
    key: EffectKey? = nil
) throws -> EffectRequest {
    .init(
        fence: .init(epoch: Epoch(epoch), key: key ?? EffectKey("g\(generation)")),
        effect: .publishEdge("us-east-1", Generation(generation), try moved(basisPoints))
    )
}

extension Outcome {
    var refusal: String? { if case .refused(let reason) = self { reason } else { nil } }
}

/// A provider that lists what the test says; it refuses every effect, because an agent only reads.
actor FakeProvider: CapacityPort {
    nonisolated let region: RegionID
    private var instances: [InstanceReport] = []
    private var isComplete = true
    private var silence: String?
    private var sequence: Int64 = 0

    init(_ region: RegionID) { self.region = region }

    func list(_ instances: [InstanceReport], isComplete: Bool = true) {
        self.instances = instances
        self.isComplete = isComplete
        self.silence = nil
    }

    func fallSilent() { self.silence = "it does not answer" }

    /// How often it was asked.
    var readings: Int64 { self.sequence }

    func report() async throws(ProviderError) -> CapacityReport {
        self.sequence += 1
        if let silence = self.silence { throw ProviderError(subject: "provider \(self.region)", reason: silence) }
        return CapacityReport(
            region: self.region,
            sequence: self.sequence,
            isComplete: self.isComplete,
            epoch: Epoch(0),
            isFrozen: false,
            floors: [:],
            instances: self.instances
        )
    }

    private static let readOnly = Outcome.refused("an agent has no business with effects on a provider")
    func claim(_ fence: Fence) async -> Outcome { Self.readOnly }
    func freeze(floors: SortedMap<ServiceID, Int>, fence: Fence) async -> Outcome { Self.readOnly }
    func unfreeze(_ fence: Fence) async -> Outcome { Self.readOnly }
    func detach(_: [InstanceID], of: ServiceID, from: Membership, fence: Fence) async -> Outcome { Self.readOnly }
    func attach(_: [InstanceID], of: ServiceID, to: Membership, fence: Fence) async -> Outcome { Self.readOnly }
    func start(_: Int, of: ServiceID, fence: Fence) async -> Outcome { Self.readOnly }
}

func instance(
    _ id: InstanceID,
    of service: ServiceID,
    _ membership: Membership = .live,
    _ state: InstanceReport.State = .ready,
    at address: String = "127.0.0.1:9"
) -> InstanceReport {
    .init(id: id, service: service, membership: membership, state: state, address: address, digest: "1")
}
