import LeewardModel

/// What the load clients are told: where users come from, where names are resolved and what is asked.
///
/// Written as JSON by the lab and read by `leeward-lab clients --settings FILE`.
package struct ClientSettings: Hashable, Sendable, Codable {
    /// One region's edge as DNS hands it out; an answer's address tells at which region a request enters.
    package struct Entry: Hashable, Sendable, Codable {
        package var region: RegionID
        /// IPv4 address.
        package var address: String
        package var port: Int
        package init(region: RegionID, address: String, port: Int) {
            self.region = region
            self.address = address
            self.port = port
        }
    }

    /// One geography's users and their open-loop rate.
    package struct Geography: Hashable, Sendable, Codable {
        package var id: GeographyID
        package var host: String
        package var requestsPerSecond: Int
        package init(id: GeographyID, host: String, requestsPerSecond: Int) {
            self.id = id
            self.host = host
            self.requestsPerSecond = requestsPerSecond
        }
    }

    /// One path and how often it is asked for, relative to the other weights.
    package struct Service: Hashable, Sendable, Codable {
        package var id: ServiceID
        package var path: String
        package var weight: Int
        package init(id: ServiceID, path: String, weight: Int) {
            self.id = id
            self.path = path
            self.weight = weight
        }
    }

    /// Where control and results are served.
    package var control: Endpoint
    /// Where `/metrics` is served.
    package var metrics: Endpoint
    /// "address:port" of the resolver that users ask.
    package var resolver: String
    /// Sent as `authorization: Bearer ...`; nil sends none.
    package var token: String?
    package var entries: [Entry]
    package var geographies: [Geography]
    package var services: [Service]
    package var usersPerGeography: Int
    /// Basis points of requests that open a connection of their own and close it afterwards.
    package var newConnections: Int
    /// Basis points of users that keep an address longer than its TTL allows.
    package var ignoringTTL: Int
    /// How long such a user keeps an address; nil is for ever.
    package var ignoringFor: Span?
    /// A request is good when it is answered with 2xx within this time of its due moment; then the client gives up.
    package var timeout: Span
    /// Idle connections are closed after this time; must be below the edges' own idle timeout.
    package var maxIdle: Span
    /// Where each finished second is appended as one JSON line; nil keeps the timeline in memory only.
    package var timelineFile: String?
    /// Chooses services and connections; the same seed asks the same sequence.
    package var seed: UInt64

    package init(
        control: Endpoint,
        metrics: Endpoint,
        resolver: String,
        token: String?,
        entries: [Entry],
        geographies: [Geography],
        services: [Service],
        usersPerGeography: Int = 40,
        newConnections: Int = 500,
        ignoringTTL: Int = 1000,
        ignoringFor: Span? = nil,
        timeout: Span = .seconds(1),
        maxIdle: Span = .seconds(4),
        timelineFile: String? = nil,
        seed: UInt64 = 1
    ) {
        self.control = control
        self.metrics = metrics
        self.resolver = resolver
        self.token = token
        self.entries = entries
        self.geographies = geographies
        self.services = services
        self.usersPerGeography = usersPerGeography
        self.newConnections = newConnections
        self.ignoringTTL = ignoringTTL
        self.ignoringFor = ignoringFor
        self.timeout = timeout
        self.maxIdle = maxIdle
        self.timelineFile = timelineFile
        self.seed = seed
    }

    /// Every reason why these settings cannot be run, in reading order; empty when they can.
    package var problems: [String] {
        var problems: [String] = []
        if self.entries.isEmpty { problems.append("entries: at least one edge is needed") }
        if self.geographies.isEmpty { problems.append("geographies: at least one is needed") }
        for geography in self.geographies where !(1...100_000).contains(geography.requestsPerSecond) {
            problems.append(
                "geographies.\(geography.id).requestsPerSecond: is \(geography.requestsPerSecond), allowed are 1...100000"
            )
        }
        if self.services.isEmpty { problems.append("services: at least one is needed") }
        for service in self.services where service.weight < 1 {
            problems.append("services.\(service.id).weight: is \(service.weight), allowed are 1 and above")
        }
        if self.usersPerGeography < 1 {
            problems.append("usersPerGeography: is \(self.usersPerGeography), allowed are 1 and above")
        }
        for (name, value) in [("newConnections", self.newConnections), ("ignoringTTL", self.ignoringTTL)]
        where !(0...10_000).contains(value) {
            problems.append("\(name): is \(value) basis points, allowed are 0...10000")
        }
        if self.timeout <= .zero { problems.append("timeout: is \(self.timeout), must be above zero") }
        return problems
    }
}
