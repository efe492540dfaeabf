public import LeewardModel

/// Foretells the load of every service of one region, five minutes by five minutes, up to a day ahead.
///
/// Give it each bucket's loads once, in order. A sample costs the same whatever the length of the history: nothing is refitted
/// over old points. The first eight days are kept aside, then read once to find what the services have in common; before
/// that every answer is unknown. A hole of a day in them starts the wait anew.
public struct RegionForecaster: Sendable, Equatable {
    /// The length of a bucket.
    public static let step: Span = .minutes(5)
    /// History that the first fit needs.
    public static let firstFit: Span = .days(8)

    /// In the order in which they were first seen.
    public private(set) var services: [ServiceID] = []
    private(set) var states: [ServiceState] = []
    private var indices: SortedMap<ServiceID, Int> = [:]
    private(set) var trace = Trace()
    private(set) var model = TraceForecaster()
    /// Loads kept aside for the first fit, by slot and service.
    private var waiting: [(slot: Int, loads: [Double])]? = []
    private let patience: Int
    private let zone: Int
    /// The newest bucket's number; nil before the first.
    private(set) var newest: Int?
    /// The newest bucket that tells where the trace is; older than `newest` while only new services are heard.
    private var anchor: Int?
    /// The trace from three steps back to eighteen ahead of the newest bucket.
    private var outlook: [Double?] = []
    private static let far = 18
    private static let raceSteps = 6
    private static let solveEvery = 72

    /// A forecaster that has seen nothing.
    ///
    /// - Parameters:
    ///   - zone: What to add to a sample's time to get the local time of most users; where their days begin.
    ///   - firstFit: When to look for what the services have in common; later is better, 8 days at least.
    public init(zone: Span = .zero, firstFit: Span = RegionForecaster.firstFit) {
        self.zone = Int(zone.milliseconds / Self.step.milliseconds)
        self.patience = Int(max(firstFit, Self.firstFit).milliseconds / Self.step.milliseconds)
    }

    /// Takes in one bucket; one that is not newer than the last is left out, and loads that are no numbers are holes.
    ///
    /// - Parameters:
    ///   - loads: Requests per second by service, as they would be at home: with no other region's users among them.
    ///   - time: When the bucket began.
    public mutating func add(_ loads: SortedMap<ServiceID, Double>, at time: WallTime) {
        let slot = Self.slot(of: time)
        guard slot > self.newest ?? Int.min else { return }
        for service in loads.keys where self.indices[service] == nil {
            self.indices[service] = self.services.count
            self.services.append(service)
            self.states.append(ServiceState())
        }
        var row = [Double](repeating: .nan, count: self.services.count)
        for (service, load) in loads {
            if let index = self.indices[service], load >= 0 { row[index] = load }
        }
        // A bucket in which nothing was measured is none: answers go on from the last one that was.
        guard row.contains(where: \.isFinite) else { return }
        self.newest = slot
        guard self.waiting != nil else { return self.take(row, slot: slot) }
        // A day without anything, or a clock that jumped: what was kept aside is no history to fit.
        if let last = self.waiting?.last?.slot, slot - last > Trace.day { self.waiting = [] }
        self.waiting?.append((slot, row))
        if let first = self.waiting?.first?.slot, slot - first >= self.patience { self.begin() }
    }

    /// Makes a service's history that of another: it was renamed.
    ///
    /// A history under the new name is dropped, unless there is none under the old one.
    public mutating func rename(_ old: ServiceID, to new: ServiceID) {
        guard old != new, let index = self.indices[old] else { return }
        if let other = self.indices[new] {
            // Its few points stay as a service without a name's worth of history.
            self.states[other] = ServiceState()
            self.services[other] = old
            self.indices[old] = other
        } else {
            self.indices[old] = nil
        }
        self.services[index] = new
        self.indices[new] = index
    }

    static func slot(of time: WallTime) -> Int {
        // A hundred thousand years either way, so that no sum of slots can overflow.
        let bounded = min(max(time.milliseconds, -(1 << 52)), 1 << 52)
        let (quotient, rest) = bounded.quotientAndRemainder(dividingBy: Self.step.milliseconds)
        return Int(rest < 0 ? quotient - 1 : quotient)
    }

    /// The load that a service had in a bucket of the last hour.
    func load(_ index: Int, slot: Int) -> Double {
        let logarithm = self.states[index].logs[slot]
        return logarithm.isFinite ? max(0, Natural.exp(logarithm) - 0.5) : .nan
    }

    func index(of service: ServiceID) -> Int? { self.indices[service] }

    var hasBegun: Bool { self.waiting == nil }

    /// Memory that the region takes once it has begun, in bytes: its trace and horizons, and a fixed part for each service.
    public var bytes: Int {
        let rings = self.trace.settled.bytes + self.trace.sights.reduce(0) { $0 + $1.bytes }
        return rings + self.model.bytes + self.services.count * ServiceState.bytes
    }
}

extension RegionForecaster {
    /// Reads the waiting history once for the first fit and once more as if it arrived now.
    private mutating func begin() {
        let rows = self.waiting ?? []
        guard let first = rows.first?.slot, let last = rows.last?.slot else { return }
        var logs = [[Double]](
            repeating: Array(repeating: .nan, count: last - first + 1),
            count: self.services.count
        )
        for row in rows {
            for (index, load) in row.loads.enumerated() where load.isFinite {
                logs[index][row.slot - first] = Natural.log(load + 0.5)
            }
        }
        let fit = FirstFit(logs: logs, slots: last - first + 1)
        for (index, response) in fit.responses.enumerated() {
            guard let response else { continue }
            self.states[index].response = response
            self.states[index].isFitted = true
        }
        self.waiting = nil
        for row in rows {
            let missing = self.services.count - row.loads.count
            self.take(row.loads + Array(repeating: .nan, count: missing), slot: row.slot, isReplay: true)
        }
        self.solve()
    }

    private mutating func take(_ row: [Double], slot: Int, isReplay: Bool = false) {
        let weekday = Trace.weekday(slot, zone: self.zone)
        let slotOfDay = Trace.slotOfDay(slot, zone: self.zone)
        let near = self.outlook.count > Trace.reach ? self.outlook[Trace.reach] ?? 0 : 0
        for index in row.indices {
            self.states[index].take(row[index], slot: slot, near: near, weekday: weekday, slotOfDay: slotOfDay)
        }
        self.trace.write(self.sights(slot), at: slot)
        self.model.learn(self.trace, zone: self.zone)
        let settled = slot - Trace.reach
        let value = self.trace.settled[settled]
        if value.isFinite {
            for index in self.states.indices { self.states[index].learn(trace: value, slot: settled) }
        }
        if slot % Self.solveEvery == 0 {
            if isReplay { self.model.solve() } else { self.solve() }
            for index in self.states.indices where isReplay { self.states[index].profile.solve() }
        }
        self.look(slot)
    }

    private mutating func solve() {
        self.model.solve()
        for index in self.states.indices { self.states[index].solve() }
    }

    /// The trace from three steps back to three ahead, as the newest loads tell it.
    private mutating func sights(_ slot: Int) -> [Double] {
        var values = [Double](repeating: .nan, count: Trace.width)
        for step in -Trace.reach...Trace.reach {
            var sum = 0.0
            var weights = 0.0
            for index in self.states.indices {
                let shift = self.states[index].response.shift
                guard shift <= -step else { continue }
                let inverse = self.states[index].inverses[slot + step + shift]
                guard inverse.isFinite else { continue }
                let weight = self.states[index].weight(at: inverse)
                sum += inverse * weight
                weights += weight
            }
            let place = step + Trace.reach
            values[place] = weights > 0 ? sum / weights : place > 0 ? values[place - 1] : .nan
            guard step == -Trace.reach, weights > 0 else { continue }
            for index in self.states.indices {
                let inverse = self.states[index].inverses[slot + step + self.states[index].response.shift]
                let part = inverse.isFinite ? self.states[index].weight(at: inverse) / weights : 0
                self.states[index].share += (part - self.states[index].share) * 0.01
            }
        }
        return values
    }

    /// Looks ahead once for all services, and enters both ways of each into its half hour's race.
    private mutating func look(_ slot: Int) {
        if self.trace.seen(slot, from: slot).isFinite { self.anchor = slot }
        self.outlook = (-Trace.reach...Self.far).map { self.predict(slot + $0) }
        for index in self.states.indices {
            let target = slot + Self.raceSteps
            let followed = self.follow(index, ahead: Self.raceSteps) ?? .nan
            let alone = self.alone(index, ahead: Self.raceSteps) ?? .nan
            self.states[index].followed.write(followed, at: target)
            self.states[index].alone.write(alone, at: target)
        }
    }

    private func predict(_ slot: Int) -> Double? {
        self.anchor.flatMap { self.model.predict(self.trace, origin: $0, ahead: slot - $0, zone: self.zone) }
    }

    /// The trace some steps after the newest bucket.
    func traceAhead(_ ahead: Int) -> Double? {
        if ahead >= -Trace.reach, ahead <= Self.far, !self.outlook.isEmpty { return self.outlook[ahead + Trace.reach] }
        return self.newest.flatMap { self.predict($0 + ahead) }
    }

    /// The logarithm of a service's load by its region's trace.
    func follow(_ index: Int, ahead: Int) -> Double? {
        let response = self.states[index].response
        return self.traceAhead(ahead - response.shift).map { response.value($0) }
    }

    /// The same by the service's own week: its usual value there, and today's distance from it, fading by 3 % a step.
    func alone(_ index: Int, ahead: Int) -> Double? {
        guard let newest = self.newest else { return nil }
        let target = newest + ahead
        let usual = self.states[index].profile.value(
            weekday: Trace.weekday(target, zone: self.zone),
            slot: Trace.slotOfDay(target, zone: self.zone)
        )
        return usual.map { $0 + self.states[index].deviation * Natural.exp(-0.030_459 * Double(ahead)) }
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.services == right.services && left.states == right.states && left.trace == right.trace
            && left.model == right.model && left.newest == right.newest && left.zone == right.zone
    }
}
