public import LeewardModel

/// Answers, for every evacuation that could happen, what each service will need in each savior; and scores its answers.
///
/// A region that has been sick for ten minutes tells nothing true about its users. So a region has two forecasters: one
/// for its part as savior, which has everything, and one for its part as evacuee, which gets each bucket `blindness` later and
/// therefore always stands where it would stand if its region had fallen sick. Errors are those of the sum, savior and evacuee
/// together, so that what is calibrated is what is asked.
public struct EvacuationForecaster: Sendable, Equatable {
    /// Buckets of an evacuee younger than this are not used.
    public let blindness: Span
    /// How far ahead answers are calibrated; distances between are read from the nearest.
    public let horizons: [Span]
    /// The risk at which answers are scored.
    public let risk: Double
    /// In order.
    public let cases: [EvacuationCase]

    private(set) var present: SortedMap<RegionID, RegionForecaster> = [:]
    private(set) var blind: SortedMap<RegionID, RegionForecaster> = [:]
    private var delayed: [(slot: Int, region: RegionID, loads: SortedMap<ServiceID, Double>)] = []
    /// In the order in which they were first seen.
    public private(set) var services: [ServiceID] = []
    private(set) var indices: SortedMap<ServiceID, Int> = [:]
    var calibrations: [[Calibration]]
    private(set) var capacities: SortedMap<ClusterID, Double> = [:]
    private let zones: SortedMap<RegionID, Span>
    /// The number of the bucket that is filling now.
    private(set) var filling: Int?

    /// What an evacuation needs at once, and what stock is planned by.
    public static let usualHorizons: [Span] = [.minutes(10), .minutes(30), .minutes(60), .hours(6), .hours(24)]

    /// - Parameters:
    ///   - cases: Every evacuation to be ready for.
    ///   - zones: What to add to a sample's time for the local time of a region's users; zero for a region that is not named.
    ///   - blindness: What is left out of an evacuee's newest past: detection, and the buckets that the sickness spoilt.
    ///   - horizons: From five minutes to a day.
    ///   - risk: At which answers are scored, from 0.01 to 0.3.
    ///   - firstFit: History that each region needs before its first answer.
    public init(
        cases: [EvacuationCase],
        zones: SortedMap<RegionID, Span> = [:],
        blindness: Span = .minutes(15),
        horizons: [Span] = EvacuationForecaster.usualHorizons,
        risk: Double = 0.1,
        firstFit: Span = RegionForecaster.firstFit
    ) {
        self.cases = cases.sorted()
        self.zones = zones
        self.blindness = blindness
        self.horizons = horizons
        self.risk = risk
        let steps = horizons.map {
            min(max(1, Int($0.milliseconds / RegionForecaster.step.milliseconds)), Trace.day)
        }
        self.calibrations = cases.map { _ in steps.map { Calibration(ahead: $0) } }
        let regions = SortedMap((cases.map(\.savior) + cases.map(\.evacuee)).map { ($0, true) }).keys
        for (index, region) in regions.enumerated() {
            // A first fit takes long: no two regions' fall on the same hour of history.
            let fit = firstFit + .minutes(60) * index
            let forecaster = RegionForecaster(zone: zones[region] ?? .zero, firstFit: fit)
            if cases.contains(where: { $0.savior == region }) { self.present[region] = forecaster }
            if cases.contains(where: { $0.evacuee == region }) { self.blind[region] = forecaster }
        }
    }

    /// Says what one instance carries there: requests per second at the load that is allowed.
    public mutating func setCapacity(_ requestsPerSecond: Double, of service: ServiceID, in region: RegionID) {
        let isUsable = requestsPerSecond.isFinite && requestsPerSecond > 0
        self.capacities[ClusterID(region, service)] = isUsable ? requestsPerSecond : nil
    }

    /// Takes in one region's loads of the bucket that began at `time`; one more than a day ahead of the open one is left out.
    public mutating func add(_ loads: SortedMap<ServiceID, Double>, of region: RegionID, at time: WallTime) {
        // One bucket from the future would make every true one after it late.
        let slot = RegionForecaster.slot(of: time)
        if let filling = self.filling, slot > filling + Trace.day { return }
        for service in loads.keys where self.indices[service] == nil {
            self.indices[service] = self.services.count
            self.services.append(service)
        }
        self.present[region]?.add(loads, at: time)
        if self.blind[region] != nil { self.delayed.append((slot, region, loads)) }
    }

    /// Continues a renamed service's history and errors under its new name.
    public mutating func rename(_ old: ServiceID, to new: ServiceID) {
        guard old != new, let index = self.indices[old] else { return }
        for region in self.present.keys { self.present[region]?.rename(old, to: new) }
        for region in self.blind.keys { self.blind[region]?.rename(old, to: new) }
        for at in self.delayed.indices {
            guard let load = self.delayed[at].loads[old] else { continue }
            if self.delayed[at].loads[new] == nil { self.delayed[at].loads[new] = load }
            self.delayed[at].loads[old] = nil
        }
        for region in self.present.keys {
            guard let capacity = self.capacities[ClusterID(region, old)] else { continue }
            if self.capacities[ClusterID(region, new)] == nil { self.capacities[ClusterID(region, new)] = capacity }
        }
        if let other = self.indices[new] {
            self.services[other] = old
            self.indices[old] = other
            for row in self.calibrations.indices {
                for column in self.calibrations[row].indices {
                    self.calibrations[row][column].grow(to: self.services.count)
                    self.calibrations[row][column].forget(other)
                }
            }
        } else {
            self.indices[old] = nil
        }
        self.services[index] = new
        self.indices[new] = index
    }

    /// Closes every bucket that began before `time`: scores the answers whose truth is in, and gives the next ones.
    public mutating func advance(to time: WallTime) {
        let slot = RegionForecaster.slot(of: time)
        guard slot > self.filling ?? Int.min else { return }
        self.filling = slot
        let newest = slot - self.blindSteps
        for row in self.delayed where row.slot <= newest {
            let start = WallTime(milliseconds: Int64(row.slot) * RegionForecaster.step.milliseconds)
            self.blind[row.region]?.add(row.loads, at: start)
        }
        self.delayed.removeAll { $0.slot <= newest }
        for row in self.calibrations.indices { self.score(row, target: newest) }
        for row in self.calibrations.indices { self.foretell(row, origin: slot) }
    }

    private var blindSteps: Int { max(1, Int(self.blindness.milliseconds / RegionForecaster.step.milliseconds)) }

    func halfHour(_ slot: Int, _ region: RegionID) -> Int {
        let zone = Int((self.zones[region] ?? .zero).milliseconds / RegionForecaster.step.milliseconds)
        return Trace.slotOfDay(slot, zone: zone) / 6
    }

    private mutating func score(_ row: Int, target: Int) {
        let (savior, evacuee, share) = (self.cases[row].savior, self.cases[row].evacuee, self.cases[row].share)
        guard let here = self.present[savior], let there = self.blind[evacuee] else { return }
        var truths: [Double] = []
        for service in self.services {
            let own = here.index(of: service).map { here.load($0, slot: target) } ?? .nan
            let other = there.index(of: service).map { there.load($0, slot: target) } ?? .nan
            truths.append(own + share * other)
        }
        let capacities = self.services.map { self.capacities[ClusterID(savior, $0)] ?? 0 }
        let halfHour = self.halfHour(target, savior)
        for column in self.calibrations[row].indices {
            self.calibrations[row][column].grow(to: self.services.count)
            self.calibrations[row][column].learn(
                truths,
                target: target,
                halfHour: halfHour,
                capacities: capacities,
                risk: self.risk
            )
        }
    }

    private mutating func foretell(_ row: Int, origin: Int) {
        for column in self.calibrations[row].indices {
            let target = origin + self.calibrations[row][column].ahead
            guard target % self.calibrations[row][column].stride == 0 else { continue }
            self.calibrations[row][column].grow(to: self.services.count)
            for index in self.services.indices {
                guard case .known(let median, let spread) = self.sum(row, index, target: target) else { continue }
                let answer = self.answer(row, column, index, target, median, spread, risk: self.risk)
                let scale = self.scale(row, column, index, target, spread)
                self.calibrations[row][column].expect(
                    index,
                    target: target,
                    median: median,
                    scale: scale,
                    upper: answer.upper,
                    instances: answer.instances
                )
            }
        }
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.cases == right.cases && left.filling == right.filling && left.present == right.present
            && left.blind == right.blind && left.calibrations == right.calibrations && left.services == right.services
            && left.capacities == right.capacities
    }
}
