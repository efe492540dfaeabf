/// Everything the fleet file says, validated: what exists, who may save whom, and every safety limit.
///
/// Built by the fleet file's reader only after all of its checks passed; the engine never sees a half-valid fleet.
public struct Fleet: Hashable, Sendable, Codable {
    public var name: String
    public var zone: ZoneSpec
    public var regions: SortedMap<RegionID, RegionSpec>
    public var geographies: SortedMap<GeographyID, GeographySpec>
    public var services: SortedMap<ServiceID, ServiceSpec>
    public var signals: SignalsSpec
    public var policy: Policy
    public var limits: Limits
    public var pages: PagesSpec
    /// Events to come, in the order of the file.
    public var calendar: [CalendarEvent]
    /// Who may do what; nil: everybody who reaches the daemon may do everything alone (S31).
    public var people: People?

    public init(
        name: String,
        zone: ZoneSpec,
        regions: SortedMap<RegionID, RegionSpec>,
        geographies: SortedMap<GeographyID, GeographySpec>,
        services: SortedMap<ServiceID, ServiceSpec>,
        signals: SignalsSpec,
        policy: Policy,
        limits: Limits,
        pages: PagesSpec = PagesSpec(),
        calendar: [CalendarEvent] = [],
        people: People? = nil
    ) {
        self.name = name
        self.zone = zone
        self.regions = regions
        self.geographies = geographies
        self.services = services
        self.signals = signals
        self.policy = policy
        self.limits = limits
        self.pages = pages
        self.calendar = calendar
        self.people = people
    }

    /// Every geography wholly in its home region: the shares of a fleet that nothing ever happened to.
    public var homeShares: ShareTable { self.geographies.mapValues { ShareVector(all: $0.home) } }

    /// The addresses that a geography's name should hold when its traffic enters at these regions, in region order.
    public func entryAddresses(_ entries: [RegionID]) -> [String] {
        entries.sorted().compactMap { self.regions[$0]?.edge.address }
    }
}

/// Where people are called beside the log (L09).
public struct PagesSpec: Hashable, Sendable, Codable {
    /// An Alertmanager, which knows who is on call and how to reach them; nil leaves the log alone.
    public var alertmanager: Endpoint?
    public init(alertmanager: Endpoint? = nil) { self.alertmanager = alertmanager }
}

/// A region: where its edge and its capacity are spoken to, and with whom it fails.
public struct RegionSpec: Hashable, Sendable, Codable {
    public var failureGroups: [FailureGroup]
    public var edge: EdgeSpec
    /// Where the capacity provider of this region answers (`unix:/path` or `http://host:port`).
    public var provider: Endpoint
    public init(failureGroups: [FailureGroup], edge: EdgeSpec, provider: Endpoint) {
        self.failureGroups = failureGroups
        self.edge = edge
        self.provider = provider
    }
}

/// One region's entry: the address that DNS hands out, and where other regions and the controller reach it.
public struct EdgeSpec: Hashable, Sendable, Codable {
    /// IPv4 address in the geographies' A records.
    public var address: String
    /// Port on which users arrive.
    public var port: Int
    /// Port on which the other edges hand over proxied requests and probes; a request that arrives here never leaves again.
    public var tunnelPort: Int
    /// Where the agent beside the proxy answers the controller.
    public var agent: Endpoint
    public init(address: String, port: Int, tunnelPort: Int, agent: Endpoint) {
        self.address = address
        self.port = port
        self.tunnelPort = tunnelPort
        self.agent = agent
    }
}

/// Where something listens: `unix:/path/to/socket` or `http://host:port`.
public enum Endpoint: Hashable, Sendable, CustomStringConvertible {
    case unix(path: String)
    case tcp(host: String, port: Int)

    /// Reads either form; nil for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("unix:"), text.utf8.count > 5 {
            self = .unix(path: String(text.dropFirst(5)))
        } else if text.hasPrefix("http://") {
            let rest = text.dropFirst(7).split(separator: ":", omittingEmptySubsequences: false)
            guard rest.count == 2, !rest[0].isEmpty, let port = Int(rest[1]), (1...65_535).contains(port) else {
                return nil
            }
            self = .tcp(host: String(rest[0]), port: port)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): "http://\(host):\(port)"
        }
    }
}

extension Endpoint: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let endpoint = Endpoint(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "\(text) is neither unix:/path nor http://host:port"
            )
        }
        self = endpoint
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}

/// A slice of users: its DNS name, where it lives, and where it may go.
public struct GeographySpec: Hashable, Sendable, Codable {
    /// Host name of this geography inside the zone, without trailing dot: "us-east.lab.test".
    public var host: String
    public var home: RegionID
    /// Regions that may serve these users (residency, S40); contains `home`.
    public var allowed: [RegionID]
    /// Who takes the home region's part when it is evacuated, with weights in basis points that sum to 10,000.
    public var saviors: SortedMap<RegionID, Int>
    public init(host: String, home: RegionID, allowed: [RegionID], saviors: SortedMap<RegionID, Int>) {
        self.host = host
        self.home = home
        self.allowed = allowed
        self.saviors = saviors
    }
}

/// A deployable and its clusters.
public struct ServiceSpec: Hashable, Sendable, Codable {
    /// Path prefix that the edge routes to this service: "/play".
    public var path: String
    /// Requests per second that one ready instance carries.
    public var instanceCapacity: Int
    /// True where an overloaded cluster makes users fail: counts for the capacity gate (S06).
    public var isCritical: Bool
    public var clusters: SortedMap<RegionID, ClusterSpec>
    public init(path: String, instanceCapacity: Int, isCritical: Bool, clusters: SortedMap<RegionID, ClusterSpec>) {
        self.path = path
        self.instanceCapacity = instanceCapacity
        self.isCritical = isCritical
        self.clusters = clusters
    }
}

/// A service in one region: the names of its two clusters at the provider.
public struct ClusterSpec: Hashable, Sendable, Codable {
    public var live: String
    public var shadow: String
    public init(live: String, shadow: String) {
        self.live = live
        self.shadow = shadow
    }
}

/// The DNS zone that holds the geographies' names.
public struct ZoneSpec: Hashable, Sendable, Codable {
    /// Zone name without trailing dot: "lab.test".
    public var name: String
    /// Every authoritative server that takes updates, "address:port"; read-back asks each of them.
    public var servers: [String]
    public var keyName: String
    /// File that holds the TSIG key's base64 secret on one line (hmac-sha256); never the secret itself.
    public var keyFile: String
    public init(name: String, servers: [String], keyName: String, keyFile: String) {
        self.name = name
        self.servers = servers
        self.keyName = keyName
        self.keyFile = keyFile
    }
}

/// Where the business metric is read and what is asked.
public struct SignalsSpec: Hashable, Sendable, Codable {
    /// Prometheus HTTP API, "http://host:port".
    public var prometheus: Endpoint
    /// Good starts per second by the region that served them; `$window` becomes the bucket or the history step.
    ///
    /// Label `region`.
    public var served: String
    /// Good starts per second by the region where users enter, as clients or their nearest edge count them.
    ///
    /// Label `region`.
    public var entered: String
    /// Requests per second by service and region, for the forecast.
    ///
    /// Labels `region` and `service`.
    public var load: String
    /// Good starts per second by region and kind of client, for services that ask differently of each; nil without.
    ///
    /// Labels `region` and `client`.
    public var clients: String?
    public init(prometheus: Endpoint, served: String, entered: String, load: String, clients: String? = nil) {
        self.prometheus = prometheus
        self.served = served
        self.entered = entered
        self.load = load
        self.clients = clients
    }
}

/// What Leeward may do by itself.
public enum Autonomy: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// Only looks.
    case observe
    /// Shows the plan.
    case recommend
    /// Waits for `approve`.
    case approve
    /// Acts after the gates permit.
    case act

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int {
        switch self {
        case .observe: 0
        case .recommend: 1
        case .approve: 2
        case .act: 3
        }
    }
}

/// How far automation goes for each of the two answers.
public struct Policy: Hashable, Sendable, Codable {
    public var relief: Autonomy
    public var evacuation: Autonomy
    public init(relief: Autonomy, evacuation: Autonomy) {
        self.relief = relief
        self.evacuation = evacuation
    }
}
