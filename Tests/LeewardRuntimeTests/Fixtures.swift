import Foundation
import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardStore
import LeewardTestModel
import Logging
import Synchronization

@testable import LeewardRuntime

/// A folder of its own, removed with the value; short, because a socket's path may have 107 bytes at most.
final class Folder: Sendable {
    let path: String
    var journal: String { self.path + "/journal.sqlite" }
    var socket: String { self.path + "/leeward.sock" }
    init() throws {
        self.path = "/tmp/lwr-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: self.path) }
}

/// Keeps every log line as "level message".
struct LineLog: LogHandler {
    final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { self.kept.withLock { $0 } }
        func add(_ line: String) { self.kept.withLock { $0.append(line) } }
    }
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }
    func log(event: LogEvent) { self.lines.add("\(event.level) \(event.message)") }

    static func logger(_ lines: Lines) -> Logger { Logger(label: "test") { _ in LineLog(lines: lines) } }
}

let east: RegionID = "us-east-1"
let west: RegionID = "us-west-2"
let europe: RegionID = "eu-west-1"
let allRegions = [europe, east, west]

func makeFleet() throws -> Fleet {
    var regions = SortedMap<RegionID, RegionSpec>()
    for (index, region) in allRegions.enumerated() {
        regions[region] = RegionSpec(
            failureGroups: [FailureGroup("group-\(index)")],
            edge: EdgeSpec(
                address: "127.0.1.\(index + 1)",
                port: 8080,
                tunnelPort: 8081,
                agent: .unix(path: "/nowhere/\(region)/agent.sock")
            ),
            provider: .unix(path: "/nowhere/\(region)/provider.sock")
        )
    }
    let clusters = regions.mapValues { _ in ClusterSpec(live: "play-live", shadow: "play-shadow") }
    return Fleet(
        name: "three-regions",
        zone: ZoneSpec(name: "lab.test", servers: ["127.0.0.1:5353"], keyName: "leeward", keyFile: "/nowhere/key"),
        regions: regions,
        geographies: [
            "us-east": GeographySpec(
                host: "us-east.lab.test",
                home: east,
                allowed: allRegions,
                saviors: [europe: 10_000]
            )
        ],
        services: ["play": ServiceSpec(path: "/play", instanceCapacity: 100, isCritical: true, clusters: clusters)],
        signals: SignalsSpec(
            prometheus: .tcp(host: "127.0.0.1", port: 8428),
            served: "served[$window]",
            entered: "entered[$window]",
            load: "load[$window]"
        ),
        policy: Policy(relief: .act, evacuation: .act),
        limits: .test()
    )
}

/// The journal of a daemon that died while an evacuation was held: all that is due is the scale-down freeze.
func seedHeldEvacuation(_ journal: Journal, _ fleet: Fleet, _ time: ManualTime) throws {
    let clock = time.clock
    let evacuation = Evacuation(
        id: "e1",
        origin: .command("alice"),
        isPlanned: true,
        isDNSOnly: false,
        plan: Plan(
            evacuee: east,
            saviors: ["us-east": [europe: 10_000]],
            baseline: fleet.homeShares,
            baselineEntries: ["us-east": [east]],
            ladder: fleet.limits.gentleLadder,
            final: 10_000,
            publishes: true,
            arrivals: ["us-east": 300]
        ),
        phase: .preparing,
        openedAt: clock.now(),
        evacueeGood: 1,
        floors: [:]
    )
    _ = try journal.append(
        [.started(Epoch(1), fleet: fleet.name), .opened(evacuation, findings: []), .held("e1", reason: "on request")],
        at: clock.now(),
        boot: clock.boot,
        wall: clock.wall()
    )
}

extension Journal {
    /// The intents of one key, in order of their entries.
    func intents(_ prefix: String) throws -> [EffectKey] {
        try self.entries().compactMap {
            if case .intent(let fence, _) = $0.record, fence.key.text.hasPrefix(prefix) { fence.key } else { nil }
        }
    }

    func outcomes(_ prefix: String) throws -> [Outcome] {
        try self.entries().compactMap {
            if case .outcome(let key, let outcome) = $0.record, key.text.hasPrefix(prefix) { outcome } else { nil }
        }
    }
}
