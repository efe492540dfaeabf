public import LeewardModel
public import LeewardPlanning
public import LeewardSafety

/// Where an evacuation stands; the order of the cases is the order of a run.
public enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
    /// Early, at the edges only, reversible in seconds.
    case relieving
    /// The verdict has hardened, or a person asked; gates and approval come next.
    case proposed
    case approved
    /// Scale-down frozen, dark instances injected and read back.
    case preparing
    /// Rung by rung at the edges.
    case shifting
    /// DNS, one geography at a time.
    case publishing
    /// Waiting until the residual is gone.
    case settling
    /// Stable for weeks.
    case evacuated
    /// The way back.
    case returning
    case done, rolledBack, refused
    /// Stopped where it is safe; a person is called.
    case held

    public var isTerminal: Bool { self == .done || self == .rolledBack || self == .refused }
}

/// Why it began.
public enum Origin: Hashable, Sendable, Codable {
    case verdict(String)
    case command(Principal)

    public var isAutomatic: Bool {
        if case .verdict = self { true } else { false }
    }
}

/// One evacuation from its opening to its end; changed only by applying journal records.
public struct Evacuation: Hashable, Sendable, Codable {
    public var id: EvacuationID
    public var origin: Origin
    /// True when the evacuee is healthy: gentle rungs, stricter proof.
    public var isPlanned: Bool
    /// True when the evacuee's edge cannot be reached: DNS carries the shift alone.
    public var isDNSOnly: Bool
    public var plan: Plan
    public var phase: Phase
    /// Where `held` came from, and why.
    public var heldFrom: Phase?
    public var heldBecause: String?
    public var openedAt: Timestamp
    public var phaseSince: Timestamp
    /// Basis points of the evacuee's part that are meant to be moved now.
    public var points: Int
    /// True from the first step of the way back.
    public var isReturning: Bool
    /// Which end the way back leads to.
    public var ending: Phase
    /// True after the first entry was published.
    public var hasPublished: Bool
    /// Part of user requests that the evacuee served well when this began, 0...1.
    public var evacueeGood: Double
    /// Dark instances chosen to serve, by cluster.
    public var injected: SortedMap<ClusterID, [InstanceID]>
    /// Live instances that each cluster should have where stock was not enough.
    public var startTargets: SortedMap<ClusterID, Int>
    /// True once the injected instances are on their way home.
    public var isWithdrawing: Bool
    /// True once scale-down is being given back.
    public var isThawing: Bool
    /// Live instances at the opening: nobody may shrink below them (S09).
    public var floors: SortedMap<RegionID, SortedMap<ServiceID, Int>>
    public var approvedBy: Principal?
    /// What failed in the evacuee when users began to leave it; nil where its edge said nothing, and in older journals (S41).
    public var signature: FailureSignature?
    /// What automation began on, in order of weight; nil where a person asked, and in journals older than it.
    public var evidence: [Evidence]?
    /// Gates that two people agreed to pass over; nil: none (S31).
    public var overrides: [Rule]?
    /// Saviors for whose failing the controller holds by itself; nil elsewhere, and once a person has said anything.
    public var failedSaviors: [RegionID]?
    /// Saviors that failed what they got and get nothing more, with the reason; nil: none (S08).
    public var leftOut: SortedMap<RegionID, String>?
    /// How often the plan was changed to leave a savior out; nil: never.
    public var replans: Int?

    public init(
        id: EvacuationID,
        origin: Origin,
        isPlanned: Bool,
        isDNSOnly: Bool,
        plan: Plan,
        phase: Phase,
        openedAt: Timestamp,
        evacueeGood: Double,
        floors: SortedMap<RegionID, SortedMap<ServiceID, Int>>,
        signature: FailureSignature? = nil,
        evidence: [Evidence]? = nil
    ) {
        self.id = id
        self.origin = origin
        self.isPlanned = isPlanned
        self.isDNSOnly = isDNSOnly
        self.plan = plan
        self.phase = phase
        self.openedAt = openedAt
        self.phaseSince = openedAt
        self.points = 0
        self.isReturning = false
        self.ending = .done
        self.hasPublished = false
        self.evacueeGood = evacueeGood
        self.injected = [:]
        self.startTargets = [:]
        self.isWithdrawing = false
        self.isThawing = false
        self.floors = floors
        self.signature = signature
        self.evidence = evidence
    }

    public var evacuee: RegionID { self.plan.evacuee }
    /// The phase that counts for what the world should look like: the one that `held` interrupted.
    public var workingPhase: Phase { self.phase == .held ? self.heldFrom ?? .held : self.phase }
    public var injectedCount: Int { self.injected.values.reduce(0) { $0 + $1.count } }

    /// Puts the plan and its points in the words of another direction; the shares stay the same.
    mutating func level(_ words: (Plan, Int) -> (plan: Plan, points: Int)) {
        (self.plan, self.points) = words(self.plan, self.points)
    }
}
