// swift-tools-version: 6.2
import Foundation
import PackageDescription

// One flat package. `LEEWARD_ROOMS` keeps only the named targets and what they need:
//   LEEWARD_ROOMS=pure swift test -c release -debug-info-format none    the six pure rooms, under a minute
//   LEEWARD_ROOMS=LeewardDNSTests swift test    one adapter and its tests
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // Tests look inside in the one configuration that is built, which is release (docs/decisions/0004).
    .unsafeFlags(["-enable-testing"]),
]
let math: [LinkerSetting] = [.linkedLibrary("m", .when(platforms: [.linux]))]

func dependency(_ name: String) -> Target.Dependency {
    switch name {
    case "ArgumentParser": .product(name: name, package: "swift-argument-parser")
    case "Crypto": .product(name: name, package: "swift-crypto")
    case "GRDB": .product(name: name, package: "GRDB.swift")
    case "Histogram": .product(name: name, package: "hdrhistogram-swift")
    case "Logging": .product(name: name, package: "swift-log")
    case "NIOCore", "NIOPosix", "NIOHTTP1", "NIOConcurrencyHelpers", "NIOFoundationCompat":
        .product(name: name, package: "swift-nio")
    case "ServiceLifecycle": .product(name: name, package: "swift-service-lifecycle")
    case "Yams": .product(name: name, package: "Yams")
    default: .byName(name: name)
    }
}

struct Room {
    enum Kind { case library, executable, test }
    var kind: Kind
    var name: String
    var needs: [String]
    var isPure = false
    // The one pure executable is a tool for developers.
    var isInstalled: Bool { self.kind == .executable && !self.isPure }
    /// Files in its folder that are read by tests where they lie.
    var excluded: [String] = []
}

let pure = ["LeewardModel", "LeewardDetection", "LeewardForecast", "LeewardPlanning", "LeewardSafety", "LeewardEngine"]
let net = ["NIOCore", "NIOPosix", "NIOHTTP1"]

// A row imports only rows above it. Pure and shell never mix.
let rooms: [Room] = [
    Room(kind: .library, name: "LeewardModel", needs: [], isPure: true),
    Room(kind: .library, name: "LeewardDetection", needs: ["LeewardModel"], isPure: true),
    Room(kind: .library, name: "LeewardForecast", needs: ["LeewardModel"], isPure: true),
    Room(kind: .library, name: "LeewardPlanning", needs: ["LeewardModel"], isPure: true),
    Room(kind: .library, name: "LeewardSafety", needs: ["LeewardModel"], isPure: true),
    Room(kind: .library, name: "LeewardEngine", needs: Array(pure.dropLast()), isPure: true),
    // The engine's other shell: a modelled world, faults from a seed, oracles after every step.
    Room(kind: .library, name: "LeewardSimulation", needs: pure, isPure: true),
    // What tests of several rooms make their values with.
    Room(kind: .library, name: "LeewardTestModel", needs: ["LeewardModel"], isPure: true),

    // Measures the pure rooms with yardsticks from outside; built with them and never installed.
    Room(
        kind: .executable,
        name: "leeward-yardstick",
        needs: ["LeewardModel", "LeewardDetection", "LeewardForecast", "LeewardEngine", "LeewardSimulation"],
        isPure: true
    ),

    Room(kind: .library, name: "LeewardFailpoints", needs: []),
    Room(kind: .library, name: "LeewardProviders", needs: ["LeewardModel"]),
    Room(
        kind: .library,
        name: "LeewardHTTP",
        needs: net + ["NIOFoundationCompat", "LeewardModel", "LeewardProviders"]
    ),
    Room(kind: .library, name: "LeewardFleetFile", needs: ["LeewardModel", "Yams"]),
    Room(
        kind: .library,
        name: "LeewardDNS",
        needs: ["LeewardModel", "LeewardProviders", "NIOCore", "NIOPosix", "Crypto"]
    ),
    Room(kind: .library, name: "LeewardPrometheus", needs: ["LeewardModel", "LeewardProviders", "LeewardHTTP"]),
    Room(kind: .library, name: "LeewardProcesses", needs: ["LeewardModel", "LeewardProviders", "LeewardHTTP"]),
    Room(
        kind: .library,
        name: "LeewardAgent",
        needs: ["LeewardModel", "LeewardProviders", "LeewardHTTP", "LeewardProcesses", "Logging", "ServiceLifecycle"]
    ),
    Room(
        kind: .library,
        name: "LeewardStore",
        needs: ["LeewardFailpoints", "LeewardModel", "LeewardEngine", "GRDB", "Crypto"]
    ),
    Room(
        kind: .library,
        name: "LeewardRuntime",
        needs: pure + [
            "LeewardFailpoints", "LeewardProviders", "LeewardStore", "LeewardHTTP", "LeewardFleetFile", "LeewardDNS",
            "LeewardPrometheus", "LeewardProcesses", "LeewardAgent", "Logging", "ServiceLifecycle",
        ]
    ),
    Room(
        kind: .library,
        name: "LeewardCommands",
        needs: pure + [
            "LeewardRuntime", "LeewardProviders", "LeewardStore", "LeewardHTTP", "LeewardFleetFile", "LeewardAgent",
            "LeewardDNS", "LeewardPrometheus", "LeewardProcesses", "LeewardSimulation", "ArgumentParser", "Logging",
            "ServiceLifecycle",
        ]
    ),
    Room(kind: .executable, name: "leeward", needs: ["LeewardCommands"]),
    Room(
        kind: .library,
        name: "LeewardLab",
        needs: net + [
            "LeewardFailpoints", "LeewardModel", "LeewardProviders", "LeewardHTTP", "LeewardFleetFile",
            "LeewardProcesses", "LeewardDNS", "LeewardAgent", "ArgumentParser", "Logging", "Histogram", "Crypto",
        ]
    ),
    Room(kind: .executable, name: "leeward-lab", needs: ["LeewardLab"]),
    // No Foundation, no NIO: fifty of these run at once.
    Room(kind: .executable, name: "leeward-lab-instance", needs: []),

    Room(kind: .test, name: "LeewardModelTests", needs: ["LeewardModel"], isPure: true),
    Room(
        kind: .test,
        name: "LeewardDetectionTests",
        needs: ["LeewardDetection", "LeewardModel", "LeewardTestModel"],
        isPure: true
    ),
    Room(kind: .test, name: "LeewardForecastTests", needs: ["LeewardForecast", "LeewardModel"], isPure: true),
    Room(
        kind: .test,
        name: "LeewardPlanningTests",
        needs: ["LeewardPlanning", "LeewardModel", "LeewardTestModel"],
        isPure: true
    ),
    Room(kind: .test, name: "LeewardSafetyTests", needs: ["LeewardSafety", "LeewardModel"], isPure: true),
    Room(kind: .test, name: "LeewardEngineTests", needs: pure + ["LeewardTestModel"], isPure: true),
    Room(kind: .test, name: "LeewardSimulationTests", needs: pure + ["LeewardSimulation"], isPure: true),
    Room(kind: .test, name: "LeewardFleetFileTests", needs: ["LeewardFleetFile", "LeewardModel"]),
    Room(kind: .test, name: "LeewardHTTPTests", needs: ["LeewardHTTP", "NIOCore", "NIOPosix", "NIOHTTP1"]),
    Room(
        kind: .test,
        name: "LeewardDNSTests",
        needs: ["LeewardDNS", "LeewardProviders", "LeewardModel", "LeewardTestKit"]
    ),
    Room(
        kind: .test,
        name: "LeewardPrometheusTests",
        needs: [
            "LeewardPrometheus", "LeewardDetection", "LeewardProviders", "LeewardModel", "LeewardHTTP",
            "LeewardTestKit", "LeewardTestModel", "LeewardProcesses",
        ]
    ),
    Room(
        kind: .test,
        name: "LeewardAgentTests",
        needs: [
            "LeewardAgent", "LeewardProviders", "LeewardModel", "LeewardHTTP", "LeewardProcesses", "LeewardTestKit",
            "LeewardTestModel", "Logging",
        ]
    ),
    Room(
        kind: .test,
        name: "LeewardProcessesTests",
        needs: [
            "LeewardProcesses", "LeewardProviders", "LeewardModel", "LeewardHTTP", "LeewardTestKit",
            "leeward-lab-instance",
        ]
    ),
    Room(kind: .test, name: "LeewardStoreTests", needs: ["LeewardStore", "LeewardEngine", "LeewardModel", "GRDB"]),
    Room(
        kind: .test,
        name: "LeewardRuntimeTests",
        needs: pure + ["LeewardRuntime", "LeewardProviders", "LeewardStore", "LeewardTestModel"]
    ),
    Room(
        kind: .test,
        name: "LeewardCommandsTests",
        needs: pure + [
            "LeewardCommands", "LeewardRuntime", "LeewardHTTP", "LeewardFleetFile", "LeewardSimulation",
            "LeewardStore", "LeewardTestKit",
        ],
        excluded: ["Journals"]
    ),
    Room(
        kind: .test,
        name: "LeewardLabTests",
        needs: [
            "LeewardLab", "LeewardDetection", "LeewardFailpoints", "LeewardFleetFile", "LeewardModel",
            "LeewardProviders", "LeewardTestModel",
        ]
    ),
    // Starts real programs for the suites above: free ports, temporary folders, everything ended by its own id.
    Room(
        kind: .library,
        name: "LeewardTestKit",
        needs: ["LeewardModel", "LeewardProviders", "LeewardHTTP", "LeewardProcesses"]
    ),
]

// Rooms whose folder does not exist yet are left out, so that a slice builds by itself.
let present = rooms.filter { room in
    let folder = (room.kind == .test ? "Tests/" : "Sources/") + room.name
    return FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + folder)
}
let asked = Context.environment["LEEWARD_ROOMS"] ?? ""
var wanted = Set(
    asked == "pure" ? present.filter(\.isPure).map(\.name) : asked.split(separator: ",").map(String.init)
)
if !wanted.isEmpty {
    var before = 0
    while wanted.count != before {
        before = wanted.count
        for room in present where wanted.contains(room.name) { wanted.formUnion(room.needs) }
    }
}
let kept = present.filter { wanted.isEmpty || wanted.contains($0.name) }
let names = Set(present.map(\.name))
let needsPackages = !kept.allSatisfy(\.isPure)

let package = Package(
    name: "leeward",
    platforms: [.macOS(.v15)],
    products: kept.filter(\.isInstalled).map { .executable(name: $0.name, targets: [$0.name]) },
    dependencies: needsPackages
        ? [
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
            .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
            .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
            .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
            .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
            .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
            .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
            .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        ] : [],
    targets: kept.map { room in
        let needs = room.needs.filter { !$0.hasPrefix("Leeward") || names.contains($0) }.map(dependency)
        return switch room.kind {
        case .library: .target(name: room.name, dependencies: needs, swiftSettings: strict, linkerSettings: math)
        case .executable:
            .executableTarget(name: room.name, dependencies: needs, swiftSettings: strict, linkerSettings: math)
        case .test:
            .testTarget(
                name: room.name,
                dependencies: needs,
                exclude: room.excluded,
                // Swift 6.3.1 crashes while it optimises some async tests; only the pure ones need the speed.
                swiftSettings: strict + (room.isPure ? [] : [.unsafeFlags(["-Onone"])]),
                linkerSettings: math
            )
        }
    },
    swiftLanguageModes: [.v6]
)
