public import LeewardModel

/// Turns samples, edge counters and probes into verdicts, one look at a time.
///
/// Pure: the same inputs at the same times give the same answers. Buckets are judged afresh from each report, so the
/// same report seen twice counts once; remembered is only what a single look cannot show.
public struct Detector: Sendable, Equatable {
    private let regions: [RegionID]
    let limits: Limits
    let calendar: [CalendarEvent]
    /// By number of the region, as everything below: its place among the fleet's regions, in the order of their names.
    private var memory: [RegionMemory]
    private var placement: PlacementHistory
    private var entry: PlacementHistory
    var signals: SignalMemory
    private var probes = ProbeMemory()
    /// Factor on every test of the watches that are begun from now on, above zero; 1 is what the daemon uses.
    public var caution: Double {
        get { self.signals.caution }
        set { self.signals.caution = newValue }
    }

    public init(fleet: Fleet) {
        self.regions = fleet.regions.keys
        self.limits = fleet.limits
        self.calendar = fleet.calendar
        self.memory = Array(repeating: RegionMemory(), count: fleet.regions.count)
        self.placement = PlacementHistory(regions: fleet.regions.keys)
        self.entry = self.placement
        self.signals = SignalMemory(regions: fleet.regions.keys)
    }

    /// The number of a region of the fleet; nil for any other.
    func number(of region: RegionID) -> Int? { self.regions.firstIndex(of: region) }

    /// Takes weeks of five-minute history of `served` and `entered`, from which it learns each region's season once.
    public mutating func learn(history: [Sample]) { self.signals.learn(history, bucket: self.limits.bucket) }

    /// Remembers what another life knew: these classes called the region sick, so it must earn health, not merely stop
    /// looking bad.
    ///
    /// Once its users are moved only probes speak of it, and where some of them pass only who remembers knows that it is sick.
    /// An unknown region is ignored. Call it BEFORE the first `step`.
    public mutating func recall(_ region: RegionID, sickBy classes: [EvidenceClass]) {
        guard let number = self.number(of: region) else { return }
        self.memory[number].isConvalescent = true
        self.memory[number].classes = classes
    }

    /// Judges every region and the fleet; meant to be called several times a second, with `now` never going back.
    public mutating func step(_ input: DetectionInput, at now: Timestamp) -> Assessment {
        self.remember(input, at: now)
        let served = self.signals.aged(self.signals.served, limits: self.limits, at: now)
        let entered = self.signals.aged(self.signals.entered, limits: self.limits, at: now)
        self.probes.take(input.probes, regions: self.regions, traffic: served.map(\.expectedNow))

        var evidence: [RegionEvidence] = []
        var verdicts: [RegionVerdict] = []
        evidence.reserveCapacity(self.regions.count)
        verdicts.reserveCapacity(self.regions.count)
        for (number, region) in self.regions.enumerated() {
            let edge = input.edges[region]
            let found = RegionEvidence(
                region: region,
                business: BusinessEvidence(
                    region: region,
                    served: served[number],
                    entered: entered[number],
                    servesOwnEntry: Self.servesOwnEntry(region, input),
                    limits: self.limits
                ),
                server: ServerEvidence(edge),
                probes: self.probes.evidence[number],
                hasReport: edge != nil,
                edge: edge,
                rush: self.rush(region, edge, expected: entered[number].expectedNow)
            )
            verdicts.append(self.memory[number].judge(found, limits: self.limits, at: now))
            evidence.append(found)
        }
        let judge = FleetJudge(
            limits: self.limits,
            regions: self.regions,
            evidence: evidence,
            served: served,
            memory: self.memory,
            now: now
        )
        let fleet = judge.verdict()
        var assessment = Assessment(
            regions: SortedMap(ordered: self.regions, verdicts),
            fleet: fleet.verdict,
            saying: fleet.reason,
            needsPerson: fleet.needsPerson,
            sickSince: SortedMap(ordered: self.regions, self.memory.indices.map { self.memory[$0].sickSince }),
            probesGoodSince: SortedMap(
                ordered: self.regions,
                self.memory.indices.map { self.memory[$0].probesGoodSince }
            )
        )
        if case .regional(let region) = fleet.verdict { assessment.alike = judge.alike(region) }
        let sick = self.memory.indices.filter { self.memory[$0].health == .sick }
        if sick.count == 1, let number = sick.first {
            assessment.classes = self.memory[number].classes
            assessment.presentClasses = RegionMemory.classes(evidence[number], limits: self.limits)
        }
        return assessment
    }

    private mutating func remember(_ input: DetectionInput, at now: Timestamp) {
        let span = self.limits.bucket * 16 + self.limits.dnsTTL + self.limits.staleAfter
        let isMoved = self.placement.record(input.placement, at: now, keeping: span)
        let isEntryMoved = self.entry.record(input.entry, at: now, keeping: span)
        guard self.signals.take(input, at: now) || isMoved || isEntryMoved else { return }
        self.showWatches(now)
        let judge = self.signals.judge(limits: self.limits, calendar: self.calendar)
        let settling = self.limits.bucket
        for region in self.regions.indices {
            self.signals.served[region] = judge.judge(
                .served,
                of: region,
                placement: self.placement,
                settling: settling
            )
            // Users keep an address for a TTL after the record changed.
            self.signals.entered[region] = judge.judge(
                .entered,
                of: region,
                placement: self.entry,
                settling: settling + self.limits.dnsTTL
            )
        }
    }

    /// Shows the new buckets to the watches of regions that served, or let in, exactly their own users all that while.
    private mutating func showWatches(_ now: Timestamp) {
        let bucket = self.limits.bucket
        // Longer than the oldest bucket that could be new, so that none of them holds anybody else's users.
        let start = now - bucket * 4 - self.limits.staleAfter
        // What two classes of evidence call sick is nobody's level, however long it lasts.
        let serving = self.regions.indices.filter {
            self.memory[$0].health != .sick && self.placement.isOwn($0, from: start, to: now)
        }
        self.signals.watch(.served, of: serving, bucket: bucket)
        let before = start - self.limits.dnsTTL
        self.signals.watch(.entered, of: serving.filter { self.entry.isOwn($0, from: before, to: now) }, bucket: bucket)
    }

    /// Requests that arrive over what should; nil where either is not known.
    private func rush(_ region: RegionID, _ edge: EdgeWindow?, expected: Double?) -> Double? {
        guard let edge, let expected, expected > 0, edge.span > .zero else { return nil }
        let most = self.signals.readAt.map { self.calendar.allowance(of: region, at: $0).most } ?? 1
        return Double(edge.entered.started) / edge.span.seconds / (expected * most)
    }

    /// True where at least half of who enters the region is served by the region.
    private static func servesOwnEntry(_ region: RegionID, _ input: DetectionInput) -> Bool {
        var entering = 0.0
        var servedHere = 0.0
        for (home, part) in input.entry[region] ?? [:] where part.isFinite && part > 0 {
            entering += part
            servedHere += min(part, max(input.placement[region]?[home] ?? 0, 0))
        }
        return servedHere * 2 >= entering
    }
}
