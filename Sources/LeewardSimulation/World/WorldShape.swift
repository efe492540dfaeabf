public import LeewardModel

/// What a modelled fleet is made of: plain data that a scenario can hold, compare and print.
public struct WorldShape: Hashable, Sendable {
    /// A region by name, with whom it fails.
    public struct Region: Hashable, Sendable {
        public var name: RegionID
        public var group: FailureGroup
        public init(name: RegionID, group: FailureGroup) {
            self.name = name
            self.group = group
        }
    }

    /// A slice of users and when they come.
    public struct Geography: Hashable, Sendable {
        public var name: GeographyID
        public var home: RegionID
        /// Weights in basis points that sum to 10,000.
        public var saviors: SortedMap<RegionID, Int>
        /// Requests per second at the peak of the week.
        public var peak: Double
        /// Hours ahead of UTC, -12...14.
        public var hoursAhead: Int
        /// Regions that may serve it; nil: all of them (S40).
        var allowed: [RegionID]?
        public init(
            name: GeographyID,
            home: RegionID,
            saviors: SortedMap<RegionID, Int>,
            peak: Double,
            hoursAhead: Int
        ) {
            self.name = name
            self.home = home
            self.saviors = saviors
            self.peak = peak
            self.hoursAhead = hoursAhead
        }
    }

    /// A deployable, and its part of the user requests.
    public struct Service: Hashable, Sendable {
        public var name: ServiceID
        /// Weight against the other services' weights, 1 or more.
        public var weight: Int
        /// Requests per second of one ready instance.
        public var instanceCapacity: Int
        public init(name: ServiceID, weight: Int, instanceCapacity: Int) {
            self.name = name
            self.weight = weight
            self.instanceCapacity = instanceCapacity
        }
    }

    /// Clients by how long they keep an address: the TTL, a stretched one, or hours.
    public struct Clients: Hashable, Sendable {
        /// Part of all clients in basis points; all groups together are 10,000.
        public var part: Int
        public var keeps: Span
        public init(part: Int, keeps: Span) {
            self.part = part
            self.keeps = keeps
        }
    }

    public var regions: [Region]
    public var geographies: [Geography]
    public var services: [Service]
    public var clients: [Clients]
    public var limits: Limits
    public var policy: Policy
    /// Authoritative servers that take updates, 1 or more.
    public var zoneServers: Int
    /// Sample time at the start; the time of day and week of everything follows from it.
    public var startsAt: WallTime
    /// Dark stock in basis points of what the worst evacuation of another region needs.
    public var stock: Int
    public var coldStart: Span
    /// Part of all requests that fails on a good day, in basis points.
    public var usualFailures: Int
    /// Days of history that the forecast and the seasons are taught; 0 teaches nothing.
    public var historyDays: Int
    /// Who may do what; nil: everybody everything (S31).
    public var people: People?
    /// Controllers that share one journal and one lease, 1 or more; 1 has neither.
    public var controllers = 1
    /// As the coordination store counts it; only where there are several controllers.
    public var lease = Span.seconds(10)
    /// What the receivers of effects do not do as they should; only tests of the rules change it.
    var receivers = Receivers()

    public init(
        regions: [Region],
        geographies: [Geography],
        services: [Service],
        clients: [Clients],
        limits: Limits,
        policy: Policy,
        zoneServers: Int,
        startsAt: WallTime,
        stock: Int,
        coldStart: Span,
        usualFailures: Int,
        historyDays: Int
    ) {
        self.regions = regions
        self.geographies = geographies
        self.services = services
        self.clients = clients
        self.limits = limits
        self.policy = policy
        self.zoneServers = zoneServers
        self.startsAt = startsAt
        self.stock = stock
        self.coldStart = coldStart
        self.usualFailures = usualFailures
        self.historyDays = historyDays
    }
}

extension WorldShape {
    /// Three regions and four geographies, as in the reference; everything else has a usual value.
    ///
    /// - Parameter services: How many services share the requests, 1 or more.
    public static func threeRegions(services: Int = 2) -> WorldShape {
        let names = ["browse", "play"]
        return WorldShape(
            regions: [
                Region(name: "us-east-1", group: "us-east"), Region(name: "us-west-2", group: "us-west"),
                Region(name: "eu-west-1", group: "europe"),
            ],
            geographies: [
                Geography(
                    name: "us-east",
                    home: "us-east-1",
                    saviors: ["eu-west-1": 10_000],
                    peak: 700,
                    hoursAhead: -5
                ),
                Geography(
                    name: "south-america",
                    home: "us-east-1",
                    saviors: ["us-west-2": 10_000],
                    peak: 500,
                    hoursAhead: -3
                ),
                Geography(
                    name: "us-west",
                    home: "us-west-2",
                    saviors: ["us-east-1": 10_000],
                    peak: 1200,
                    hoursAhead: -8
                ),
                Geography(
                    name: "europe",
                    home: "eu-west-1",
                    saviors: ["us-east-1": 5000, "us-west-2": 5000],
                    peak: 1200,
                    hoursAhead: 1
                ),
            ],
            services: (0..<services).map { index in
                Service(
                    name: ServiceID(index < names.count ? names[index] : "s\(index)"),
                    weight: 3 + index % 3,
                    instanceCapacity: max(20, 400 / max(1, services / 2))
                )
            },
            clients: [
                Clients(part: 8500, keeps: .seconds(5)), Clients(part: 1200, keeps: .minutes(1)),
                Clients(part: 300, keeps: .hours(2)),
            ],
            limits: .lab,
            policy: Policy(relief: .act, evacuation: .act),
            zoneServers: 2,
            startsAt: WallTime(milliseconds: 1_700_049_600_000),
            stock: 10_000,
            coldStart: .seconds(90),
            usualFailures: 1,
            historyDays: 0
        )
    }
}
