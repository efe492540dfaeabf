import Foundation
import LeewardModel

/// Where everything of one run lies and listens.
///
/// Files are in `folder`; Unix sockets, whose paths have room for about 100 bytes, are in `sockets` under /tmp.
package struct LabLayout: Hashable, Sendable, Codable {
    package static let regions: [RegionID] = ["us-east-1", "us-west-2", "eu-west-1"]
    private static let hosts = [1, 2, 3, 9, 10, 20, 53]

    /// Tells this run's processes from all others: they carry it in their environment.
    package var run: String
    package var folder: String
    package var sockets: String
    /// "127.x.y": region edges are .1 to .3, resolver .9, metrics store .10, clients .20, authoritative server .53.
    package var block: String
    /// Users' port, the same at every edge, because DNS carries no port.
    package var edgePort: Int
    package var tunnelPort: Int
    package var agentMetricsPort: Int
    package var dnsPort: Int
    package var storePort: Int
    package var clientsMetricsPort: Int
    package var instancePort: Int
    /// Set in the environment of every process of the run.
    package static let runVariable = "LEEWARD_LAB_RUN"

    /// Claims addresses and makes the folders; `folder` may exist.
    package init(folder: String) throws {
        let files = FileManager.default
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        let claimed = try Loopback.claim(hosts: Self.hosts, ports: 7)
        var template = Array("/tmp/leeward-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } != nil }) else {
            throw LabError("cannot make a folder for sockets in /tmp: \(String(cString: strerror(errno)))")
        }
        self.sockets = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.run = String(self.sockets.suffix(6))
        self.block = claimed.block
        self.edgePort = claimed.ports[0]
        self.tunnelPort = claimed.ports[1]
        self.agentMetricsPort = claimed.ports[2]
        self.dnsPort = claimed.ports[3]
        self.storePort = claimed.ports[4]
        self.clientsMetricsPort = claimed.ports[5]
        self.instancePort = claimed.ports[6]
        for name in ["logs", "faults", "knot", "metrics", "daemon"] {
            try files.createDirectory(atPath: self.file(name), withIntermediateDirectories: true)
        }
        for region in Self.regions {
            for path in [self.agentFolder(region), self.hostFolder(region), self.socketFolder(region)] {
                try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
        }
    }

    /// Path inside the run folder.
    package func file(_ name: String) -> String { self.folder + "/" + name }
    package func log(_ role: String) -> String {
        self.file("logs/" + role.replacingOccurrences(of: "/", with: "-") + ".log")
    }

    package var stateFile: String { self.file("state.json") }
    package var fleetFile: String { self.file("fleet.yaml") }
    package var keyFile: String { self.file("tsig.key") }
    package var jwksFile: String { self.file("jwks.json") }
    package var tokenFile: String { self.file("token") }
    package var clientSettingsFile: String { self.file("clients.json") }
    package var timelineFile: String { self.file("timeline.jsonl") }
    /// State folder of `leeward serve`.
    package var daemonFolder: String { self.file("daemon") }
    /// While it exists, instances go on running; when it vanishes, they end themselves.
    package var marker: String { self.sockets + "/running" }

    package func hostFolder(_ region: RegionID) -> String { self.file("host/\(region)") }
    package func agentFolder(_ region: RegionID) -> String { self.file("agent/\(region)") }
    /// Holds the kind of fault that is in force; no file means healthy.
    package func faultFile(_ region: RegionID) -> String { self.file("faults/\(region)") }

    package func socketFolder(_ region: RegionID) -> String { "\(self.sockets)/\(region)" }
    package func agentSocket(_ region: RegionID) -> String { self.socketFolder(region) + "/agent.sock" }
    package func providerSocket(_ region: RegionID) -> String { self.socketFolder(region) + "/provider.sock" }
    /// The proxy's admin socket.
    package func proxySocket(_ region: RegionID) -> String { self.socketFolder(region) + "/envoy.sock" }
    package var daemonSocket: String { self.sockets + "/leeward.sock" }
    package var clientsSocket: String { self.sockets + "/clients.sock" }

    package func edgeAddress(_ region: RegionID) -> String { "\(self.block).\(Self.number(region))" }
    /// "127.x.z", a block next to `block` that belongs to the instances of this region alone.
    package func instanceBlock(_ region: RegionID) -> String {
        let parts = self.block.split(separator: ".")
        let last = parts.last.flatMap { Int($0) } ?? 0
        return parts.dropLast().joined(separator: ".") + ".\(last + Self.number(region))"
    }
    package var dnsAddress: String { self.block + ".53" }
    package var resolverAddress: String { self.block + ".9" }
    package var storeAddress: String { self.block + ".10" }
    package var clientsAddress: String { self.block + ".20" }

    private static func number(_ region: RegionID) -> Int { (Self.regions.firstIndex(of: region) ?? 0) + 1 }
}
