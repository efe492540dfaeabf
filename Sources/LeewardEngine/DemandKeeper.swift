import LeewardForecast
import LeewardModel

/// Teaches the forecaster the fleet's own history, a piece at a time so that no look takes long.
///
/// A bucket in which a region was sick, or served anybody else's users, teaches nothing of its own.
struct DemandKeeper: Sendable {
    /// Samples that are taken in at one look, some 10 to 25 ms of work; a region's first fit comes on top of it, once.
    static let piece = 1_000
    /// Older history than this is not read.
    static let memory: Span = .days(35)
    /// Scores begin so long before the newest history: what was answered while everything was new tells little.
    static let scored: Span = .days(7)
    /// A region's users themselves, foretold like a service; no service in a fleet file can have this name.
    static let users: ServiceID = "(users)"

    /// What each kind of client asks of a cluster, where the fleet file names the kinds.
    private(set) var mixes: SortedMap<ClusterID, ClientMix> = [:]
    private(set) var forecaster: EvacuationForecaster?
    /// How good its answers were, since a week before the controller began.
    private(set) var scores: [ForecastScore] = []
    /// In order of their slots; those before `next` are taken in.
    private var queue: [Sample] = []
    private var next = 0
    private var queuedThrough: WallTime?
    private var scoresFrom: WallTime?
    /// Slots that teach nothing, by region.
    private var spoilt: SortedMap<RegionID, [ClosedRange<Int64>]> = [:]
    private static let mostSpoilt = 64

    var isTaught: Bool { self.forecaster != nil && self.next >= self.queue.count && self.queuedThrough != nil }
    var hasWork: Bool { self.next < self.queue.count }

    /// Queues what is newer than all that was queued before.
    mutating func take(_ history: [Sample]) {
        guard let newest = history.lazy.filter(Self.isUsable).map(\.time).max() else { return }
        let after = max(self.queuedThrough ?? newest - Self.memory, newest - Self.memory)
        let fresh = history.filter { $0.time > after && Self.isUsable($0) }
        let waiting = self.queue[min(self.next, self.queue.count)...]
        self.queue = waiting + Self.inOrder(fresh)
        self.next = 0
        if self.queuedThrough == nil { self.scoresFrom = newest - Self.scored }
        self.queuedThrough = newest
    }

    private static func isUsable(_ sample: Sample) -> Bool {
        sample.signal != .entered && sample.value.isFinite && sample.value >= 0
    }

    /// Begins with these evacuations; `capacities` are requests per second of one instance at the load that is allowed.
    mutating func begin(_ cases: [EvacuationCase], capacities: SortedMap<ClusterID, Double>) {
        var forecaster = EvacuationForecaster(cases: cases)
        for (cluster, capacity) in capacities {
            forecaster.setCapacity(capacity, of: cluster.service, in: cluster.region)
        }
        self.forecaster = forecaster
    }

    /// Says that this bucket of that region teaches nothing; a time within it.
    mutating func spoil(_ region: RegionID, at time: WallTime) {
        let slot = Self.slot(time)
        var ranges = self.spoilt[region] ?? []
        if let last = ranges.last, slot <= last.upperBound + 1 {
            guard slot > last.upperBound else { return }
            ranges[ranges.count - 1] = last.lowerBound...slot
        } else {
            ranges.append(slot...slot)
            if ranges.count > Self.mostSpoilt { ranges.removeFirst() }
        }
        self.spoilt[region] = ranges
    }

    /// Takes in the next piece, whole slots only.
    mutating func work() {
        guard self.hasWork, var forecaster = self.forecaster else { return }
        // Held once while it changes, or every row would copy all of it.
        self.forecaster = nil
        let start = self.next
        while self.hasWork, self.next - start < Self.piece { self.takeSlot(&forecaster) }
        self.forecaster = forecaster
        if !self.hasWork {
            self.queue = []
            self.next = 0
            self.scores = ForecastScore.all(forecaster)
        }
    }

    private mutating func takeSlot(_ forecaster: inout EvacuationForecaster) {
        let time = self.queue[self.next].time
        let slot = Self.slot(time)
        var end = self.next
        while end < self.queue.count, Self.slot(self.queue[end].time) == slot { end += 1 }
        let own = self.queue[self.next..<end]
        var regions = SortedMap<RegionID, Bool>()
        for sample in own where regions[sample.region] == nil { regions[sample.region] = true }
        for region in regions.keys where !self.isSpoilt(region, slot) {
            let loads = SortedMap<ServiceID, Double>(
                own.lazy.filter { $0.region == region }.compactMap { sample in
                    switch sample.signal {
                    case .load: sample.service.map { ($0, sample.value) }
                    case .served: (Self.users, sample.value)
                    case .clients: sample.service.map { (Self.clients($0), sample.value) }
                    case .entered: nil
                    }
                }
            )
            self.learnMix(region, loads)
            forecaster.add(loads, of: region, at: Self.start(of: slot))
        }
        if let from = self.scoresFrom, time >= from {
            forecaster.forgetScores()
            self.scoresFrom = nil
        }
        forecaster.advance(to: Self.start(of: slot + 1))
        self.next = end
    }

    /// A kind that comes or goes makes another mix, which is learnt anew.
    private mutating func learnMix(_ region: RegionID, _ loads: SortedMap<ServiceID, Double>) {
        let clients = loads.keys.filter(Self.isClients)
        guard !clients.isEmpty else { return }
        let traffic = SortedMap<String, Double>(clients.map { ($0.text, loads[$0] ?? 0) })
        for (service, load) in loads where service != Self.users && !Self.isClients(service) {
            let cluster = ClusterID(region, service)
            var mix = self.mixes[cluster] ?? ClientMix(clients: traffic.keys)
            if mix.clients != traffic.keys { mix = ClientMix(clients: traffic.keys) }
            mix.add(load: load, traffic: traffic)
            self.mixes[cluster] = mix
        }
    }

    /// Kinds of clients are foretold like services; no service in a fleet file can have these names.
    private static func clients(_ kind: ServiceID) -> ServiceID { ServiceID("(clients) \(kind)") }
    private static func isClients(_ service: ServiceID) -> Bool { service.text.hasPrefix("(clients) ") }

    private func isSpoilt(_ region: RegionID, _ slot: Int64) -> Bool {
        self.spoilt[region]?.contains { $0.contains(slot) } ?? false
    }

    /// The five minutes that a sample stands for end at its time.
    private static func slot(_ time: WallTime) -> Int64 {
        let (quotient, rest) = (time.milliseconds - 1).quotientAndRemainder(
            dividingBy: RegionForecaster.step.milliseconds
        )
        return rest < 0 ? quotient - 1 : quotient
    }

    private static func start(of slot: Int64) -> WallTime {
        WallTime(milliseconds: slot * RegionForecaster.step.milliseconds)
    }

    /// By slot, and within a slot as they came; a count per slot is cheaper than comparing weeks of samples.
    private static func inOrder(_ samples: [Sample]) -> [Sample] {
        guard let first = samples.map({ Self.slot($0.time) }).min(),
            let last = samples.map({ Self.slot($0.time) }).max()
        else { return [] }
        var starts = [Int](repeating: 0, count: Int(last - first) + 2)
        for sample in samples { starts[Int(Self.slot(sample.time) - first) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var order = [Int](repeating: 0, count: samples.count)
        for (index, sample) in samples.enumerated() {
            let slot = Int(Self.slot(sample.time) - first)
            order[starts[slot]] = index
            starts[slot] += 1
        }
        return order.map { samples[$0] }
    }
}
