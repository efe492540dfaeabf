import LeewardModel

/// The modelled fleet: users, edges, instances, name servers, metrics; a value, so that a run can be cut and continued twice.
///
/// Time is in milliseconds since the start of the run. Inside everything is an index into `names`.
struct World: Sendable {
    let shape: WorldShape
    let fleet: Fleet
    let names: Names
    let luck: Luck
    /// The luck of each cluster's requests, and of those that fail; by region times services plus service.
    let lines: (started: [Luck.Line], failed: [Luck.Line])
    /// Part of the user requests by service.
    let mix: [Double]
    /// Weekly peak and time zone by geography.
    private let seasons: [(peak: Double, hoursAhead: Int)]
    /// Requests per second of one instance, by service.
    let instanceCapacity: [Double]

    var now: Int64 = 0
    var edges: [EdgeState]
    var providers: [ProviderState]
    var servers: [ZoneServer]
    /// By server times geographies plus geography.
    var entries: [EntryHistory]
    var autoscaler: Autoscaler
    var metrics: MetricPipeline
    var tally: Tally
    /// By region: what its provider listed before, where some fault of the run needs it.
    var listings: [PastListings]
    /// True where a fault of the run shows old listings.
    var keepsListings = false
    var active: [Fault] = []
    var trouble: Trouble
    /// Since when each region's metrics have been wrong in the present way.
    var telemetrySince: [Int64?]
    /// Since when each region has clearly been bad to its users; what oracles hold verdicts against.
    var hurtSince: [Int64?]
    /// When more than one in a hundred of its requests last failed.
    var hurtLast: [Int64?]

    /// By geography times regions plus region of entry: where users arrive, in parts of one.
    var entering: [Double] = []
    /// When `entering` no longer changes by itself.
    var enteringSettles: Int64 = .min / 4
    /// By region times services plus service.
    var backlog: [Double]
    /// Load of the last slice, per second.
    var load: [Double]
    /// Part of the requests that each region served well in the last slice; 1 where there were none.
    var goodPart: [Double]

    init(_ shape: WorldShape, seed: UInt64) {
        let fleet = shape.fleet
        let names = Names(fleet)
        let clusters = names.regions.count * names.services.count
        let weight = SortedMap(shape.services.map { ($0.name, Double($0.weight)) })
        let weights = names.services.map { weight[$0] ?? 1 }
        let all = weights.reduce(0, +)
        self.shape = shape
        self.fleet = fleet
        self.names = names
        let luck = Luck(seed: seed)
        self.luck = luck
        self.lines = ((0..<clusters).map { luck.line(.served, $0) }, (0..<clusters).map { luck.line(.servedGood, $0) })
        self.mix = weights.map { $0 / all }
        self.seasons = names.geographies.map { name in
            shape.geographies.first { $0.name == name }.map { ($0.peak, $0.hoursAhead) } ?? (0, 0)
        }
        self.instanceCapacity = fleet.services.values.map { Double($0.instanceCapacity) }
        self.edges = names.regions.map { _ in EdgeState(home: fleet.homeShares, names: names) }
        self.providers = names.regions.indices.map { ProviderState(region: $0, services: names.services.count) }
        let records = names.homes.map { [names.addresses[$0]] }
        self.servers = (0..<shape.zoneServers).map { _ in ZoneServer(records: records) }
        let regions = names.regions.count
        self.entries = (0..<shape.zoneServers).flatMap { _ in
            names.homes.map { home in EntryHistory(parts: (0..<regions).map { $0 == home ? 1 : 0 }) }
        }
        self.autoscaler = Autoscaler(clusters: clusters)
        self.metrics = MetricPipeline(regions: regions, bucket: shape.limits.bucket.milliseconds)
        self.tally = Tally(geographies: names.geographies.count)
        self.trouble = Trouble([], names)
        self.listings = Array(repeating: PastListings(), count: regions)
        self.hurtSince = Array(repeating: nil, count: regions)
        self.telemetrySince = self.hurtSince
        self.hurtLast = self.hurtSince
        self.backlog = Array(repeating: 0, count: clusters)
        self.load = self.backlog
        self.goodPart = Array(repeating: 1, count: regions)
        self.stockUp()
        self.findEntries()
    }

    /// Sample time, in milliseconds since 1970.
    func wall(at time: Int64) -> WallTime { self.shape.startsAt + .milliseconds(time) }

    /// Requests per second of a geography on an ordinary day.
    func usual(_ geography: Int, at wall: Int64) -> Double {
        let season = self.seasons[geography]
        return season.peak * Season.part(at: wall, shift: season.hoursAhead)
    }

    // MARK: - The start

    /// Live instances for the time of day, and dark ones for the worst evacuation of another region.
    private mutating func stockUp() {
        let wall = self.shape.startsAt.milliseconds
        for region in self.names.regions.indices {
            let own = self.rate(ofHome: region, wall)
            let worst = self.names.regions.indices.map { self.moved(from: $0, to: region, wall) }.max() ?? 0
            for service in self.names.services.indices {
                let capacity = self.instanceCapacity[service]
                let live = max(2, Int(own * self.mix[service] / (capacity * 0.55)) + 1)
                // The forecast's upper quantile, and a little for the minutes to come.
                let full =
                    (own + worst) * self.mix[service] * 1.2
                    / (capacity * Double(self.shape.limits.saviorLimit) / 10_000)
                let dark = max(0, Int(full) + 2 - live) * self.shape.stock / 10_000
                for _ in 0..<live { self.providers[region].add(service, to: .live, readyAt: nil) }
                for _ in 0..<dark { self.providers[region].add(service, to: .shadow, readyAt: nil) }
            }
        }
    }

    private func rate(ofHome region: Int, _ wall: Int64) -> Double {
        self.names.homes.indices.reduce(0) { $0 + (self.names.homes[$1] == region ? self.usual($1, at: wall) : 0) }
    }

    private func moved(from evacuee: Int, to savior: Int, _ wall: Int64) -> Double {
        var sum = 0.0
        for geography in self.names.homes.indices where self.names.homes[geography] == evacuee {
            let spec = self.fleet.geographies[self.names.geographies[geography]]
            let weight = spec?.saviors[self.names.regions[savior]] ?? 0
            sum += self.usual(geography, at: wall) * Double(weight) / 10_000
        }
        return evacuee == savior ? 0 : sum
    }
}
