import LeewardEngine
import LeewardModel

/// A year of a fleet: everything in it, drawn and remembered.
struct YearWorld: Sendable {
    let shape: YearShape
    let curve: YearCurve
    let events: YearEvents
    let past: YearPast

    init(seed: UInt64, year: Int, events: YearEvents? = nil) {
        self.shape = YearShape(seed: seed, year: year)
        self.curve = YearCurve(self.shape)
        self.events = events ?? YearEvents(self.shape)
        self.past = YearPast(self.shape, self.curve, self.events)
    }
}

/// A controller in front of a year, one look at a time: reports go in as the daemon reads them, calls that come out are dropped.
struct YearStage: Sendable {
    /// A report is read this long after its newest bucket ended, as the daemon does.
    private static let settling: Span = .milliseconds(1_050)
    /// Windows of edges and probes.
    private static let window = 4
    /// A baseline is cached for so long.
    private static let baselineFor = 60
    private static let usualBuckets = 12

    let world: YearWorld
    /// Length of a bucket in seconds.
    let bucket: Int
    private(set) var controller: Controller
    private(set) var looks = 0
    private(set) var buckets = 0
    private var edges: YearEdges
    private var rings: [[Sample]]
    /// End of the newest bucket, and of the newest look.
    private var newest: Int
    private var looked: Int
    private var baseline: (at: Int, samples: [Sample]) = (0, [])
    private var going: (range: Range<Int>, events: [YearEvent]) = (0..<0, [])
    private var commands: Int64 = 0

    /// A daemon that starts at `start` and gets four weeks of history.
    init(_ world: YearWorld, bucket: Int, start: Int) {
        self.world = world
        self.bucket = bucket
        let fleet = world.shape.fleet(bucket: .seconds(Int64(bucket)))
        let now = Timestamp(milliseconds: Int64(start) * 1_000)
        self.controller = Controller(fleet: fleet, journal: [], boot: "year", at: now)
        self.edges = YearEdges(world.shape, fleet)
        self.rings = Array(repeating: [], count: world.shape.regions.count * (world.shape.hasEntered ? 2 : 1))
        self.newest = start / bucket * bucket
        self.looked = self.newest
        _ = self.controller.begin(at: now)
        _ = self.controller.step(.historyArrived(world.past.history(at: start)), at: now)
    }

    /// Begins to look at another time: nothing was read in between.
    mutating func skip(to time: Int) {
        self.newest = time / self.bucket * self.bucket
        self.looked = self.newest
        for index in self.rings.indices { self.rings[index] = [] }
    }

    /// Looks once at everything up to `end`, a multiple of the bucket's length; returns what was written down.
    mutating func look(_ end: Int) -> [Record] {
        self.looks += 1
        let count = max(Self.usualBuckets, (end - self.newest) / self.bucket)
        while self.newest < end { self.addBucket(keeping: count) }
        let now = Timestamp(milliseconds: Int64(end) * 1_000) + Self.settling
        let wall = WallTime(milliseconds: Int64(end) * 1_000) + Self.settling
        self.restartProxies(end)
        var records: [Record] = []
        for (seconds, time) in [(max(1, end - self.looked - Self.window), end - Self.window), (Self.window, end)] {
            let moments = self.world.shape.regions.indices.map { self.moment($0, time) }
            let rates = moments.indices.map { self.world.curve.rate($0, time) }
            self.edges.pass(seconds, at: time, moments, rates: rates)
            var inputs = self.edges.reports()
            if time == end { inputs.append(.signalsArrived(self.report(end, wall))) }
            records += self.controller.step(inputs, at: now - .seconds(Int64(end - time))).records
        }
        self.tellDeploys(end, now)
        self.looked = end
        return records
    }

    /// A person ends what is active.
    mutating func rollBack(at end: Int) -> [Record] {
        self.commands += 1
        let now = Timestamp(milliseconds: Int64(end) * 1_000) + Self.settling
        let command = Input.commandArrived(CommandID(self.commands), .rollback, by: "operator")
        return self.controller.step(command, at: now).records
    }

    // MARK: - What is read

    private mutating func report(_ end: Int, _ wall: WallTime) -> SignalReport {
        if end - self.baseline.at >= Self.baselineFor { self.baseline = (end, self.world.past.baseline(at: end)) }
        let regions = self.world.shape.regions.count
        let moments = (0..<regions).map { self.moment($0, end) }
        var live: [Sample] = []
        for (index, ring) in self.rings.enumerated() {
            let moment = moments[index % regions]
            let late = index < regions ? moment.served.late : moment.entered.late
            let border = WallTime(milliseconds: Int64(end - late) * 1_000)
            live += late > 0 ? ring.filter { $0.time <= border } : ring
        }
        return SignalReport(readAt: wall, live: live, baseline: self.baseline.samples)
    }

    private mutating func addBucket(keeping count: Int) {
        let regions = self.world.shape.regions
        let middle = self.newest + self.bucket / 2
        self.newest += self.bucket
        self.buckets += 1
        let stamp = WallTime(milliseconds: Int64(self.newest) * 1_000)
        for index in self.rings.indices {
            let signal: Signal = index < regions.count ? .served : .entered
            if self.rings[index].count >= count { self.rings[index].removeFirst(self.rings[index].count - count + 1) }
            guard let value = self.value(signal, index % regions.count, middle) else { continue }
            self.rings[index].append(
                Sample(signal: signal, region: regions[index % regions.count].name, time: stamp, value: value)
            )
        }
    }

    /// Good starts per second in the bucket around a time; nil where the store has none.
    private mutating func value(_ signal: Signal, _ region: Int, _ middle: Int) -> Double? {
        let moment = self.moment(region, middle)
        let series = signal == .served ? moment.served : moment.entered
        guard !series.isMissing else { return nil }
        guard !series.isNoNumber else { return .nan }
        if let since = series.frozenSince {
            return self.counted(signal, region, since / self.bucket * self.bucket - self.bucket / 2, YearMoment(), 1)
        }
        return self.counted(signal, region, middle, moment, series.factor)
    }

    private func counted(_ signal: Signal, _ region: Int, _ time: Int, _ moment: YearMoment, _ factor: Double) -> Double
    {
        let shape = self.world.shape
        let mean = self.world.curve.rate(region, time) * moment.good * (1 - shape.usualFailing) * Double(self.bucket)
        var strayed = shape.luck.normal(.bucket, region, Int64(time)) * (mean * shape.clumping).squareRoot()
        // The edge that counts the entry rounds its windows differently.
        if signal == .entered {
            strayed += 0.2 * shape.luck.normal(.bucket, 16 + region, Int64(time)) * mean.squareRoot()
        }
        return max(0, (mean + strayed).rounded()) * factor / Double(self.bucket)
    }

    private mutating func moment(_ region: Int, _ time: Int) -> YearMoment {
        if !self.going.range.contains(time) {
            let range = (time - 1_800)..<(time + 1_800)
            self.going = (range, self.world.events.between(range.lowerBound, range.upperBound))
        }
        var moment = YearMoment()
        for event in self.going.events where time >= event.from && time < event.to {
            event.apply(to: &moment, of: region, at: time)
        }
        return moment
    }

    private mutating func restartProxies(_ end: Int) {
        for event in self.going.events where event.restartsProxy && event.from > self.looked && event.from <= end {
            for region in event.regions { self.edges.restart(region) }
        }
    }

    private mutating func tellDeploys(_ end: Int, _ now: Timestamp) {
        for event in self.going.events
        where event.isAnnounced && event.kind == .deploy && event.from > self.looked && event.from <= end {
            self.commands += 1
            let regions = event.regions.map { self.world.shape.regions[$0].name }
            let deploy = Deploy(service: "play", regions: regions, version: "v\(event.from)", rollback: .minutes(3))
            let command = Input.commandArrived(CommandID(self.commands), .deployed(deploy), by: "pipeline")
            _ = self.controller.step(command, at: now)
        }
    }
}
