/// Every safety limit; all are required in the fleet file (S22).
///
/// Meanings and sources: docs/limits.md.
public struct Limits: Hashable, Sendable, Codable {
    /// Length of a metric bucket.
    public var bucket: Span
    /// Age after which a sample is no evidence (S18).
    public var staleAfter: Span
    /// A bucket is bad when it is below this part of what yesterday and last week promise, in basis points.
    public var dipBelow: Int
    /// Bad buckets in a row, with two classes of evidence, before relief.
    public var reliefAfter: Int
    /// Probes must be good this long before relief returns by itself.
    public var reliefReturnAfter: Span
    /// Reliefs per region within `reliefWindow` before a person is asked (S24).
    public var maxReliefs: Int
    public var reliefWindow: Span
    /// Sustained sickness before relief hardens into an evacuation.
    public var hardenAfter: Span
    /// The same while relief serves at least 99.9 %.
    public var hardenAfterRelieved: Span
    /// Rungs in basis points of the evacuee's part; the last is 10,000, the first at most 100 (S05).
    public var emergencyLadder: [Int]
    public var gentleLadder: [Int]
    /// A rung's soak is at least this long and ends at `soakMax` without proof: a refusal (S07).
    public var soakMin: Span
    public var soakMax: Span
    /// Load over observed ready capacity, per service, in basis points (S06).
    public var saviorLimit: Int
    /// No region may carry more than this part of all traffic, in basis points (S38).
    public var maxRegionShare: Int
    /// Residual in basis points that must hold for `residualFor` (S39).
    public var residual: Int
    public var residualFor: Span
    /// Probes good this long before failback may be proposed (S25).
    public var stableFor: Span
    /// No automatic evacuation within this time after one ended (S24).
    public var blockWindow: Span
    public var maxAutomaticPerDay: Int
    /// TTL of the geographies' records.
    public var dnsTTL: Span
    /// A change of more than this part of all targets at once is refused, in basis points (S15).
    public var dnsMaxChange: Int
    /// The scale-down freeze is verified this often (S09).
    public var freezeCheck: Span
    /// Longest wait for any call's answer; into the evacuee never more than 2 s (S23).
    public var callTimeout: Span
    /// Attempts per effect before a person is called (S28).
    public var maxAttempts: Int
    /// Mutating calls per second to any one provider (S29).
    public var callsPerSecond: Int

    public init(
        bucket: Span,
        staleAfter: Span,
        dipBelow: Int,
        reliefAfter: Int,
        reliefReturnAfter: Span,
        maxReliefs: Int,
        reliefWindow: Span,
        hardenAfter: Span,
        hardenAfterRelieved: Span,
        emergencyLadder: [Int],
        gentleLadder: [Int],
        soakMin: Span,
        soakMax: Span,
        saviorLimit: Int,
        maxRegionShare: Int,
        residual: Int,
        residualFor: Span,
        stableFor: Span,
        blockWindow: Span,
        maxAutomaticPerDay: Int,
        dnsTTL: Span,
        dnsMaxChange: Int,
        freezeCheck: Span,
        callTimeout: Span,
        maxAttempts: Int,
        callsPerSecond: Int
    ) {
        self.bucket = bucket
        self.staleAfter = staleAfter
        self.dipBelow = dipBelow
        self.reliefAfter = reliefAfter
        self.reliefReturnAfter = reliefReturnAfter
        self.maxReliefs = maxReliefs
        self.reliefWindow = reliefWindow
        self.hardenAfter = hardenAfter
        self.hardenAfterRelieved = hardenAfterRelieved
        self.emergencyLadder = emergencyLadder
        self.gentleLadder = gentleLadder
        self.soakMin = soakMin
        self.soakMax = soakMax
        self.saviorLimit = saviorLimit
        self.maxRegionShare = maxRegionShare
        self.residual = residual
        self.residualFor = residualFor
        self.stableFor = stableFor
        self.blockWindow = blockWindow
        self.maxAutomaticPerDay = maxAutomaticPerDay
        self.dnsTTL = dnsTTL
        self.dnsMaxChange = dnsMaxChange
        self.freezeCheck = freezeCheck
        self.callTimeout = callTimeout
        self.maxAttempts = maxAttempts
        self.callsPerSecond = callsPerSecond
    }
}
