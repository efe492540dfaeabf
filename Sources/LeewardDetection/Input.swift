public import LeewardModel

/// What one edge counted over the last few seconds, as deltas of its cumulative counters.
public struct EdgeWindow: Hashable, Sendable {
    /// Length of the window.
    public var span: Span
    /// Users served by this region's own instances.
    public var served: RequestCounts
    /// Users who entered at this region's edge, whoever served them.
    public var entered: RequestCounts
    public init(span: Span, served: RequestCounts, entered: RequestCounts) {
        self.span = span
        self.served = served
        self.entered = entered
    }
}

/// What one region's agent saw of another region's edge over the last few seconds.
public struct ProbeWindow: Hashable, Sendable {
    public var vantage: RegionID
    public var target: RegionID
    public var attempts: Int
    public var good: Int
    public init(vantage: RegionID, target: RegionID, attempts: Int, good: Int) {
        self.vantage = vantage
        self.target = target
        self.attempts = attempts
        self.good = good
    }
}

/// All evidence at one moment.
///
/// What is missing is unknown, never zero (S18).
public struct DetectionInput: Sendable {
    /// The newest answer of the metrics store; nil before the first.
    public var signals: SignalReport?
    /// Time since that answer was received.
    public var signalsAge: Span
    /// Regions without a fresh report of their agent are missing.
    public var edges: SortedMap<RegionID, EdgeWindow>
    public var probes: [ProbeWindow]
    /// Who should serve whose usual traffic now: serving region -> home region -> part, 0...1.
    ///
    /// At rest each region serves itself (`[r: [r: 1]]`). A region whose row is empty serves no user: its metric says
    /// nothing and it is judged by probes alone.
    public var placement: SortedMap<RegionID, SortedMap<RegionID, Double>>
    /// The same for entry: region whose edge users enter -> home region -> part, 0...1.
    ///
    /// Follows DNS, not shares.
    public var entry: SortedMap<RegionID, SortedMap<RegionID, Double>>

    public init(
        signals: SignalReport?,
        signalsAge: Span,
        edges: SortedMap<RegionID, EdgeWindow>,
        probes: [ProbeWindow],
        placement: SortedMap<RegionID, SortedMap<RegionID, Double>>,
        entry: SortedMap<RegionID, SortedMap<RegionID, Double>>
    ) {
        self.signals = signals
        self.signalsAge = signalsAge
        self.edges = edges
        self.probes = probes
        self.placement = placement
        self.entry = entry
    }
}

/// What the evidence amounts to.
public struct Assessment: Hashable, Sendable {
    /// Per region: health, reachability, and the reason with numbers.
    public var regions: SortedMap<RegionID, RegionVerdict>
    public var fleet: Verdict
    /// One sentence for the fleet's verdict.
    public var reason: String { self.said.text }
    var said: Sentence
    /// The verdict keeps Leeward from acting although users suffer: somebody must look.
    public var needsPerson: Bool
    /// Classes of evidence that called the only sick region sick, now or since it became so (S20).
    ///
    /// They stay on record while it is not healthy: without users only probes can still speak.
    public var classes: [EvidenceClass]
    /// Those of them that call it sick at this look.
    public var presentClasses: [EvidenceClass]
    /// Other regions that lack a part like the only sick one's, though none of them is called sick (S19).
    public var alike: [RegionID] = []
    /// What the fleet's verdict rests on: the evidence of every region that is not healthy, of all where all are.
    public var evidence: SortedMap<RegionID, [Evidence]> {
        let ill = self.regions.filter { $0.1.health != .healthy }
        return SortedMap((ill.isEmpty ? self.regions.map { $0 } : ill).map { ($0.0, $0.1.evidence.map(\.written)) })
    }
    /// Since when each region has been not healthy without a break, counted from the moment it was called sick.
    public var sickSince: SortedMap<RegionID, Timestamp>
    /// Since when each region's probes from every vantage have all been good, while they are.
    ///
    /// Needs fresh probes from inside and from two other regions (one, where there is only one).
    public var probesGoodSince: SortedMap<RegionID, Timestamp>
    public init(
        regions: SortedMap<RegionID, RegionVerdict> = [:],
        fleet: Verdict = .unknown,
        reason: String = "no evidence yet",
        needsPerson: Bool = false,
        classes: [EvidenceClass] = [],
        presentClasses: [EvidenceClass] = [],
        sickSince: SortedMap<RegionID, Timestamp> = [:],
        probesGoodSince: SortedMap<RegionID, Timestamp> = [:]
    ) {
        self.regions = regions
        self.fleet = fleet
        self.said = Sentence(reason)
        self.needsPerson = needsPerson
        self.classes = classes
        self.presentClasses = presentClasses
        self.sickSince = sickSince
        self.probesGoodSince = probesGoodSince
    }

    /// The same with a reason that is put into words when it is read, and no class of evidence yet.
    init(
        regions: SortedMap<RegionID, RegionVerdict>,
        fleet: Verdict,
        saying reason: Sentence,
        needsPerson: Bool,
        sickSince: SortedMap<RegionID, Timestamp>,
        probesGoodSince: SortedMap<RegionID, Timestamp>
    ) {
        (self.regions, self.fleet, self.said, self.needsPerson) = (regions, fleet, reason, needsPerson)
        (self.classes, self.presentClasses) = ([], [])
        (self.sickSince, self.probesGoodSince) = (sickSince, probesGoodSince)
    }
}
