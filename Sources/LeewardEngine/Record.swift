public import LeewardModel
public import LeewardPlanning
public import LeewardSafety

/// An entry of the journal: what was decided, intended or learned.
///
/// State is the fold of all records, nothing else.
public enum Record: Hashable, Sendable, Codable {
    /// A controller began to act under this epoch; durable BEFORE the epoch is first used (S14).
    case started(Epoch, fleet: String)
    /// One of several controllers has the lease and acts under this epoch from now on; durable as `started` is (S14).
    case leaseGained(Epoch, by: String)
    /// Whoever acted under this epoch does so no more; written by the one that follows.
    case leaseLost(Epoch, by: String, reason: String)
    /// The fleet's verdict changed; `evidence` by region, in order of weight, is nil in journals older than it.
    case verdict(
        Verdict,
        reason: String,
        classes: [EvidenceClass],
        evidence: SortedMap<RegionID, [Evidence]>? = nil
    )
    /// Something was not begun; the findings say which gate refused.
    case refused(RegionID, by: Principal, findings: [Finding])
    case opened(Evacuation, findings: [Finding])
    case phase(EvacuationID, Phase, reason: String, findings: [Finding])
    /// `failed`: saviors that failed what they got, where they are why the controller holds by itself; nil elsewhere.
    case held(EvacuationID, reason: String, failed: [RegionID]? = nil)
    case resumed(EvacuationID, by: Principal)
    case approved(EvacuationID, by: Principal, planHash: String)
    /// The way back begins; `ending` is `done` or `rolledBack`.
    case turned(EvacuationID, ending: Phase, reason: String)
    /// The desired shares change; durable BEFORE any proxy hears of it.
    case rung(EvacuationID, points: Int, Generation, ShareTable, findings: [Finding])
    case proven(EvacuationID, points: Int, evidence: String)
    /// These geographies leave the plan and go home: their saviors fell sick after they got more (S41).
    case abandoned(EvacuationID, [GeographyID], reason: String)
    /// A savior failed what it got and is left out: from now on this plan counts, and what was held for it goes on (S08).
    ///
    /// The rung that takes its part away comes with it.
    case replanned(EvacuationID, Plan, without: [RegionID], reason: String)
    /// Dark instances chosen for injection, added to those already chosen.
    case stock(EvacuationID, ClusterID, [InstanceID])
    case startTarget(EvacuationID, ClusterID, Int)
    /// The desired entries of one geography change; durable BEFORE the zone hears of it.
    case entries(EvacuationID, GeographyID, [RegionID], Generation, findings: [Finding])
    case withdrawing(EvacuationID)
    case thawing(EvacuationID)
    /// Durable BEFORE the call leaves (S12).
    case intent(Fence, Effect)
    case outcome(EffectKey, Outcome)
    case killed(Bool, by: Principal)
    case pinned(GeographyID, Bool, by: Principal)
    case acknowledged(by: Principal)
    /// A deploy was announced.
    case deployed(Deploy, by: Principal)
    /// Somebody should consider this; nothing follows from it by itself.
    case advised(String)
    /// A person was called.
    case paged(String)
    /// This waits for a second person (S31).
    case asked(Request)

    /// The evacuation that the record belongs to, where it belongs to one.
    public var evacuation: EvacuationID? {
        switch self {
        case .opened(let evacuation, _): evacuation.id
        case .phase(let id, _, _, _), .held(let id, _, _), .resumed(let id, _), .approved(let id, _, _),
            .turned(let id, _, _), .rung(let id, _, _, _, _), .proven(let id, _, _), .stock(let id, _, _),
            .startTarget(let id, _, _), .entries(let id, _, _, _, _), .withdrawing(let id), .thawing(let id),
            .abandoned(let id, _, _), .replanned(let id, _, _, _):
            id
        case .intent(let fence, _): Self.evacuation(of: fence.key)
        case .outcome(let key, _): Self.evacuation(of: key)
        case .started, .leaseGained, .leaseLost, .verdict, .refused, .killed, .pinned, .acknowledged, .paged, .deployed,
            .advised, .asked:
            nil
        }
    }

    /// Keys of an evacuation's effects begin with its id and a slash.
    private static func evacuation(of key: EffectKey) -> EvacuationID? {
        guard key.text.hasPrefix("e"), let slash = key.text.firstIndex(of: "/") else { return nil }
        return EvacuationID(String(key.text[..<slash]))
    }
}

/// A record at its place in the journal.
public struct JournalEntry: Hashable, Sendable, Codable {
    /// Gapless from 1 (S43).
    public var sequence: Int64
    /// Monotonic time; comparable only within one `boot` (S26).
    public var at: Timestamp
    public var boot: String
    /// For people; no decision reads it.
    public var wall: WallTime
    public var record: Record
    public init(sequence: Int64, at: Timestamp, boot: String, wall: WallTime, record: Record) {
        self.sequence = sequence
        self.at = at
        self.boot = boot
        self.wall = wall
        self.record = record
    }
}
