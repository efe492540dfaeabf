import LeewardEngine
import LeewardModel

/// The agents of a fleet: counters of its proxies and of its probes, which only ever rise until a proxy starts anew.
struct YearEdges: Sendable {
    /// What an agent asks of each region within four seconds.
    private static let attempts = 12
    /// Longer ago than this nobody compares.
    private static let longest = 60

    private let shape: YearShape
    private let fleet: Fleet
    private var served: [RequestCounts]
    private var hung: [Int]
    private var proxyStart: [Int64]
    private var probes: [SortedMap<RegionID, ProbeCounts>]
    private var isSilent: [Bool]
    private var sequence: Int64 = 0

    init(_ shape: YearShape, _ fleet: Fleet) {
        let count = shape.regions.count
        self.shape = shape
        self.fleet = fleet
        self.served = Array(repeating: RequestCounts(), count: count)
        self.hung = Array(repeating: 0, count: count)
        self.proxyStart = Array(repeating: 1, count: count)
        self.probes = Array(repeating: [:], count: count)
        self.isSilent = Array(repeating: false, count: count)
    }

    /// Counts what happened within the seconds before `time`.
    ///
    /// - Parameters:
    ///   - moments: What is true of each region at `time`.
    ///   - rates: Users of each region per second, as usual.
    mutating func pass(_ seconds: Int, at time: Int, _ moments: [YearMoment], rates: [Double]) {
        let luck = self.shape.luck
        let span = Double(min(seconds, Self.longest))
        for (region, moment) in moments.enumerated() {
            let mean = rates[region] * moment.want * (1 - moment.unreached) * span
            let noise = luck.normal(.started, region, Int64(time)) * mean.squareRoot()
            let started = max(0, Int((mean + noise).rounded()))
            let failing = 1 - (1 - moment.failing) * (1 - self.shape.usualFailing)
            let failed = min(started, luck.whole(Double(started) * failing, .good, region, Int64(time)))
            let hanging = min(started - failed, Int(Double(started) * moment.hanging))
            let lost = min(
                started - failed - hanging,
                Int(Double(started - failed - hanging) * moment.miscounted)
            )
            self.served[region] =
                self.served[region]
                + RequestCounts(
                    started: started,
                    good: started - failed - hanging - lost,
                    failed: failed + lost
                )
            self.hung[region] = hanging
            self.isSilent[region] = moment.isSilent
        }
        for vantage in moments.indices {
            for target in moments.indices {
                let isInside = vantage == target
                let moment = moments[target]
                let failing =
                    isInside ? moment.insideProbes : 1 - (1 - moment.outsideProbes) * (1 - moments[vantage].egress)
                let mean = Double(Self.attempts) * (1 - failing)
                let good = min(Self.attempts, luck.whole(mean, .probe, vantage * 8 + target, Int64(time)))
                var counts = self.probes[vantage][self.shape.regions[target].name] ?? ProbeCounts()
                counts.attempts += Self.attempts
                counts.good += good
                self.probes[vantage][self.shape.regions[target].name] = counts
            }
        }
    }

    /// The proxy of a region starts anew, and counts from nothing.
    mutating func restart(_ region: Int) {
        self.served[region] = RequestCounts()
        self.proxyStart[region] += 1
    }

    /// What the agents that answer say now.
    mutating func reports() -> [Input] {
        self.sequence += 1
        return self.shape.regions.indices.filter { !self.isSilent[$0] }.map { index in
            let region = self.shape.regions[index].name
            var counts = self.served[index]
            counts.active = self.hung[index]
            let half = RequestCounts(
                started: counts.started / 2,
                good: counts.good / 2,
                failed: counts.failed / 2,
                active: counts.active / 2
            )
            let homes = self.fleet.geographies.filter { $0.1.home == region }.map(\.0)
            return .edgeReported(
                EdgeReport(
                    region: region,
                    agentStart: 1,
                    sequence: self.sequence,
                    accepted: SnapshotMark(generation: Generation(0), epoch: Epoch(0), key: ""),
                    loaded: LoadedEdge(generation: Generation(0), shares: self.fleet.homeShares, endpoints: [:]),
                    rejections: 0,
                    counters: EdgeCounters(
                        proxyStart: self.proxyStart[index],
                        entered: SortedMap(homes.map { ($0, [region: counts]) }),
                        served: SortedMap(self.fleet.services.keys.map { ($0, half) })
                    ),
                    probes: self.probes[index]
                )
            )
        }
    }
}
