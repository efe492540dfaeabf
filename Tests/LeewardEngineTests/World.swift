import LeewardEngine
import LeewardModel

/// A small honest fleet: edges that split by what they have loaded, instances that carry what they can, users who
/// arrive whatever happens, a zone with compare-and-set.
///
/// It fails a test when an effect breaks a receiver's rule.
struct World {
    enum Fault { case healthy, down, brownout, hang }

    struct Edge {
        var accepted = SnapshotMark(generation: Generation(0), epoch: Epoch(0), key: "")
        var shares: ShareTable
        var isUp = true
        /// Answers, and does nothing that it is asked.
        var refuses = false
        var counters: SortedMap<GeographyID, SortedMap<RegionID, RequestCounts>> = [:]
        var served: SortedMap<ServiceID, RequestCounts> = [:]
        var probes: SortedMap<RegionID, ProbeCounts> = [:]
        var sequence: Int64 = 0
    }

    struct Provider {
        var epoch = Epoch(0)
        var isUp = true
        var isFrozen = false
        var floors: SortedMap<ServiceID, Int> = [:]
        var instances: [InstanceReport] = []
        var startedAt: SortedMap<InstanceID, Timestamp> = [:]
        var sequence: Int64 = 0
    }

    let fleet: Fleet
    var now = Timestamp(milliseconds: 1_000_000)
    /// Sample time; far from `now`, and free to be shifted.
    var wall = WallTime(milliseconds: 1_700_000_000_000)
    var fault: SortedMap<RegionID, Fault> = [:]
    /// Part of one service's requests that a region fails, beside its fault.
    var broken: SortedMap<RegionID, SortedMap<ServiceID, Double>> = [:]
    var edges: SortedMap<RegionID, Edge>
    var providers: SortedMap<RegionID, Provider>
    var records: SortedMap<HostName, [String]>
    var marker: SnapshotMark?
    var coldStart = Span.seconds(90)
    let arrivals: SortedMap<GeographyID, Double> = [
        "us-east": 300, "south-america": 300, "us-west": 300, "europe": 300,
    ]

    /// Keys that changed something, in order: each may appear once (S13).
    var applied: [EffectKey] = []
    var violations: [String] = []
    /// Calls to an edge that refuses.
    var refusals = 0
    var failed = 0.0
    var total = 0.0
    var buckets: [(end: WallTime, served: SortedMap<RegionID, Double>, entered: SortedMap<RegionID, Double>)] = []
    private var bucketServed: SortedMap<RegionID, Double> = [:]
    private var bucketEntered: SortedMap<RegionID, Double> = [:]
    private var carry: SortedMap<String, Double> = [:]

    init(fleet: Fleet, shadow: Int = 4) {
        self.fleet = fleet
        self.edges = fleet.regions.mapValues { _ in Edge(shares: fleet.homeShares) }
        self.records = SortedMap(
            fleet.geographies.map { (HostName($0.1.host), fleet.entryAddresses([$0.1.home])) }
        )
        self.providers = SortedMap(
            fleet.regions.keys.map { region in
                var provider = Provider()
                for service in fleet.services.keys {
                    let live = region == "us-east-1" ? 6 : 3
                    for index in 0..<(live + shadow) {
                        provider.instances.append(
                            InstanceReport(
                                id: InstanceID("\(region)-\(service)-\(index)"),
                                service: service,
                                membership: index < live ? .live : .shadow,
                                state: .ready,
                                address: "127.0.0.1:\(index)",
                                digest: "v1"
                            )
                        )
                    }
                }
                return (region, provider)
            }
        )
    }

    // MARK: - Time passes

    /// One slice of 200 ms: users arrive, instances warm, probes run, buckets close.
    mutating func pass() {
        let slice = 0.2
        self.now = self.now + .milliseconds(200)
        self.wall = self.wall + .milliseconds(200)
        self.warm()
        self.serve(slice)
        self.probe()
        if self.wall.milliseconds % self.fleet.limits.bucket.milliseconds == 0 {
            let seconds = self.fleet.limits.bucket.seconds
            self.buckets.append(
                (
                    self.wall, self.bucketServed.mapValues { $0 / seconds },
                    self.bucketEntered.mapValues { $0 / seconds }
                )
            )
            self.bucketServed = SortedMap(self.fleet.regions.keys.map { ($0, 0) })
            self.bucketEntered = self.bucketServed
            if self.buckets.count > 20 { self.buckets.removeFirst() }
        }
    }

    private mutating func warm() {
        for region in self.providers.keys {
            guard var provider = self.providers[region] else { continue }
            for index in provider.instances.indices where provider.instances[index].state == .starting {
                let since = provider.startedAt[provider.instances[index].id] ?? self.now
                if self.now - since >= self.coldStart { provider.instances[index].state = .ready }
            }
            self.providers[region] = provider
        }
    }

    private mutating func serve(_ slice: Double) {
        var load: SortedMap<RegionID, Double> = [:]
        for pass in 0..<2 {
            for (geography, rate) in self.arrivals {
                guard let host = self.fleet.geographies[geography]?.host,
                    let address = self.records[HostName(host)]?.first,
                    let entry = self.fleet.regions.first(where: { $0.1.edge.address == address })?.0
                else {
                    self.violations.append("\(geography) has no address")
                    continue
                }
                guard let edge = self.edges[entry], edge.isUp, let vector = edge.shares[geography] else {
                    if pass == 1 { self.count(geography, entry, nil, rate * slice, good: 0, isHung: false) }
                    continue
                }
                for region in vector.regions {
                    let amount = rate * slice * Double(vector[region]) / 10_000
                    let reachable = region == entry || self.edges[region]?.isUp == true
                    if pass == 0 {
                        if reachable { load[region, default: 0] += amount / slice }
                        continue
                    }
                    let carried = self.carried(region)
                    let offered = load[region] ?? 0
                    let room = offered > carried ? carried / offered : 1
                    let fault = self.fault[region] ?? .healthy
                    let part: Double =
                        switch fault {
                        case .healthy: reachable ? room : 0
                        case .brownout: reachable ? 0.4 * room : 0
                        case .down, .hang: 0
                        }
                    let broken = (self.broken[region]?.values.reduce(0, +) ?? 0) / Double(self.fleet.services.count)
                    let good = amount * part * (1 - broken)
                    self.count(geography, entry, region, amount, good: good, isHung: fault == .hang)
                }
            }
        }
    }

    /// Requests per second that the region's live and ready instances carry, for an even mix of services.
    private func carried(_ region: RegionID) -> Double {
        let services = self.fleet.services.keys
        let least =
            services.map { service in
                (self.providers[region]?.instances ?? []).filter {
                    $0.service == service && $0.membership == .live && $0.state == .ready
                }.count * (self.fleet.services[service]?.instanceCapacity ?? 0)
            }.min() ?? 0
        return Double(least * services.count)
    }

    private mutating func count(
        _ geography: GeographyID,
        _ entry: RegionID,
        _ region: RegionID?,
        _ amount: Double,
        good: Double,
        isHung: Bool
    ) {
        self.total += amount
        self.failed += amount - good
        self.bucketEntered[entry, default: 0] += good
        guard let region else { return }
        self.bucketServed[region, default: 0] += good
        let started = self.whole("s/\(geography)/\(entry)/\(region)", amount)
        let fine = min(started, self.whole("g/\(geography)/\(entry)/\(region)", good))
        let bad = isHung ? 0 : started - fine
        let counts = RequestCounts(started: started, good: fine, failed: bad)
        let before = self.edges[entry]?.counters[geography]?[region] ?? RequestCounts()
        self.edges[entry]?.counters[geography, default: [:]][region] = before + counts
        for (index, service) in self.fleet.services.keys.enumerated() {
            let share = self.fleet.services.count
            var piece = RequestCounts(
                started: (started + index) / share,
                good: (fine + index) / share,
                failed: (bad + index) / share
            )
            if let broken = self.broken[region] {
                let lost = Double(piece.started) * (broken[service] ?? 0)
                piece.failed = self.whole("b/\(geography)/\(entry)/\(region)/\(service)", lost)
                piece.good = piece.started - piece.failed
            }
            let old = self.edges[region]?.served[service] ?? RequestCounts()
            self.edges[region]?.served[service] = old + piece
        }
    }

    /// Whole requests out of fractions, carrying the rest.
    private mutating func whole(_ key: String, _ amount: Double) -> Int {
        let sum = (self.carry[key] ?? 0) + amount + 1e-9
        self.carry[key] = sum - Double(Int(sum))
        return Int(sum)
    }

    private mutating func probe() {
        for vantage in self.edges.keys where self.edges[vantage]?.isUp == true {
            for target in self.edges.keys {
                let isGood = self.edges[target]?.isUp == true && (self.fault[target] ?? .healthy) == .healthy
                let isHalf = self.fault[target] == .brownout && self.edges[target]?.isUp == true
                var counts = self.edges[vantage]?.probes[target] ?? ProbeCounts()
                counts.attempts += 2
                counts.good += isGood ? 2 : isHalf && counts.attempts % 5 < 2 ? 2 : 0
                self.edges[vantage]?.probes[target] = counts
            }
        }
    }

    // MARK: - What the controller reads

    mutating func reports() -> [Input] {
        var inputs: [Input] = []
        for region in self.fleet.regions.keys {
            if var edge = self.edges[region], edge.isUp {
                edge.sequence += 1
                self.edges[region] = edge
                var endpoints: SortedMap<ServiceID, [InstanceID]> = [:]
                for instance in self.providers[region]?.instances ?? []
                where instance.membership == .live && instance.state == .ready {
                    endpoints[instance.service, default: []].append(instance.id)
                }
                inputs.append(
                    .edgeReported(
                        EdgeReport(
                            region: region,
                            agentStart: 1,
                            sequence: edge.sequence,
                            accepted: edge.accepted,
                            loaded: LoadedEdge(
                                generation: edge.accepted.generation,
                                shares: edge.shares,
                                endpoints: endpoints
                            ),
                            rejections: 0,
                            counters: EdgeCounters(proxyStart: 1, entered: edge.counters, served: edge.served),
                            probes: edge.probes
                        )
                    )
                )
            }
            if var provider = self.providers[region], provider.isUp {
                provider.sequence += 1
                self.providers[region] = provider
                inputs.append(
                    .capacityReported(
                        CapacityReport(
                            region: region,
                            sequence: provider.sequence,
                            isComplete: true,
                            epoch: provider.epoch,
                            isFrozen: provider.isFrozen,
                            floors: provider.floors,
                            instances: provider.instances
                        )
                    )
                )
            }
        }
        inputs.append(
            .zoneReported(
                ZoneReport(
                    servers: [
                        ZoneServerReport(server: "127.0.0.1:53", serial: 1, marker: self.marker, records: self.records)
                    ],
                    silent: []
                )
            )
        )
        return inputs
    }

    func signals() -> SignalReport {
        var live: [Sample] = []
        var baseline: [Sample] = []
        for (index, bucket) in self.buckets.enumerated() {
            for region in self.fleet.regions.keys {
                // A hair of noise: a series that never changes is frozen.
                let noise = Double((index * 7 + Int(bucket.end.milliseconds / 5000)) % 5) * 0.4
                live.append(
                    Sample(
                        signal: .served,
                        region: region,
                        time: bucket.end,
                        value: max(0, (bucket.served[region] ?? 0) - noise)
                    )
                )
                live.append(
                    Sample(
                        signal: .entered,
                        region: region,
                        time: bucket.end,
                        value: max(0, (bucket.entered[region] ?? 0) - noise)
                    )
                )
            }
        }
        for days in [1, 7, 14, 21, 28] {
            for minute in -3...3 {
                let time = self.wall - .days(Int64(days)) + .minutes(Int64(minute))
                for region in self.fleet.regions.keys {
                    let value = region == "us-east-1" ? 600.0 : 300.0
                    baseline.append(Sample(signal: .served, region: region, time: time, value: value))
                    baseline.append(Sample(signal: .entered, region: region, time: time, value: value))
                }
            }
        }
        return SignalReport(readAt: self.wall, live: live, baseline: baseline)
    }
}
