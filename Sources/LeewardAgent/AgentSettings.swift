public import LeewardHTTP
public import LeewardModel

/// A sentence that names the place and the remedy.
public struct AgentError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// Everything that one region's agent needs to know.
public struct AgentSettings: Sendable {
    public var fleet: Fleet
    public var region: RegionID
    /// The agent's own folder, absolute: the snapshot, the proxy's bootstrap and the files that feed it.
    public var directory: String
    /// Unix socket of the proxy's admin interface, absolute; the proxy makes it with mode 0600.
    public var adminSocket: String
    /// Where `GET /metrics` is answered; nil leaves it out.
    public var metrics: HTTPAddress?
    /// JSON Web Key Set file with the HS256 keys that users' tokens are signed with; nil lets everybody in.
    public var jwks: String?
    /// Requests that one cluster may have in flight before the proxy sheds.
    ///
    /// Users give up after about a second, so a cluster that works at its capacity holds fewer requests than its
    /// requests per second. The default is far above that: it protects the proxy's memory and file descriptors and
    /// never turns away what the instances could still carry (S38).
    public var inFlightLimit = 4096
    /// Connections that users may hold open at one proxy.
    public var connectionLimit = 10_000

    /// Throws when the fleet does not know the region or a path is not absolute.
    public init(
        fleet: Fleet,
        region: RegionID,
        directory: String,
        adminSocket: String,
        metrics: HTTPAddress? = nil,
        jwks: String? = nil
    ) throws(AgentError) {
        guard let spec = fleet.regions[region] else {
            let known = fleet.regions.keys.map(\.text).joined(separator: ", ")
            throw AgentError("the fleet has no region \(region); it has \(known)")
        }
        for path in [directory, adminSocket] where !path.hasPrefix("/") {
            throw AgentError("\(path) must be an absolute path, because the proxy has a working folder of its own")
        }
        self.fleet = fleet
        self.region = region
        self.spec = spec
        self.directory = directory
        self.adminSocket = adminSocket
        self.metrics = metrics
        self.jwks = jwks
    }

    /// This region as the fleet file has it.
    public let spec: RegionSpec
    /// Where the region's own capacity provider answers.
    public var provider: Endpoint { self.spec.provider }

    /// Regions other than this one, in order.
    var others: [RegionID] { self.fleet.regions.keys.filter { $0 != self.region } }

    func file(_ name: String) -> String { self.directory + "/" + name }
    var routesFile: String { self.file("routes.json") }
    var clustersFile: String { self.file("clusters.json") }
    var snapshotFile: String { self.file("snapshot.json") }
    /// The proxy's bootstrap configuration.
    public var bootstrapFile: String { self.file("bootstrap.json") }
    func endpointsFile(_ service: ServiceID) -> String { self.file("endpoints-\(service).json") }
}
