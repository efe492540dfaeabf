public import LeewardModel

/// How old the newest answer of each input is; what has never answered is missing.
public struct InputAges: Hashable, Sendable, Codable {
    /// The metrics store's.
    public var signals: Span?
    public var zone: Span?
    /// Agents and capacity providers by region.
    public var edges: SortedMap<RegionID, Span>
    public var capacity: SortedMap<RegionID, Span>
    public init(
        signals: Span? = nil,
        zone: Span? = nil,
        edges: SortedMap<RegionID, Span> = [:],
        capacity: SortedMap<RegionID, Span> = [:]
    ) {
        self.signals = signals
        self.zone = zone
        self.edges = edges
        self.capacity = capacity
    }
}

extension Controller {
    func inputAges(_ now: Timestamp) -> InputAges {
        InputAges(
            signals: self.observed.signalsAt.map { now - $0 },
            zone: self.observed.zone.map { now - $0.at },
            edges: SortedMap(
                self.observed.edges.compactMap { region, track in track.last.map { (region, now - $0.at) } }
            ),
            capacity: self.observed.capacity.mapValues { now - $0.at }
        )
    }
}
