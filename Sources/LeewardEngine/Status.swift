public import LeewardModel

/// The controller's view at one moment; what status, API and progress lines show.
public struct FleetStatus: Hashable, Sendable, Codable {
    public var fleet: String
    public var epoch: Epoch
    public var verdict: Verdict
    public var reason: String
    public var classes: [EvidenceClass]
    /// Roll back or leave, where a deploy explains the dip that lasts; nil otherwise.
    public var advice: String?
    public var regions: [RegionVerdict]
    /// The active evacuation, or nil at rest.
    public var evacuation: Evacuation?
    /// The last one that ended.
    public var last: FleetState.Finished?
    /// Shares as intended, and as each proxy has really loaded them; a region whose proxy does not answer is missing.
    public var shares: ShareTable
    public var loaded: SortedMap<RegionID, ShareTable>
    public var generation: Generation
    public var entries: SortedMap<GeographyID, [RegionID]>
    /// Entries as every answering authoritative server has them, by host.
    public var records: SortedMap<HostName, [String]>
    /// Injected instances that are observed live now.
    public var injectedLive: Int
    /// Part of the affected users' requests that the evacuee's own instances still serve, in basis points.
    public var servedResidual: Int?
    /// Part that still arrives at its edge.
    public var entryResidual: Int?
    /// Why nothing moves at the moment, in one sentence; nil while something does.
    public var waiting: String?
    public var orphans: [InstanceID]
    public var isKilled: Bool
    public var pinned: [GeographyID]
    /// How long the evacuee's probes have been good; failback may be proposed after `stableFor`.
    public var probesGoodFor: Span?
    /// True when evidence, edges, capacity and zone have all been read: the controller could act.
    public var isReady: Bool
    /// True when the zone has been read and at most one region says nothing: enough to act by hand.
    public var knowsWorld: Bool
    /// Calls on their way.
    public var inFlight: [EffectKey]
    /// Where pages go beside the log.
    public var pages: PagesSpec
    /// How old what the verdict rests on is.
    public var inputs = InputAges()
}
