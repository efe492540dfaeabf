public import LeewardDetection
public import LeewardModel
import LeewardPlanning

/// What the journal says: the fold of its records, equal after every replay.
public struct FleetState: Hashable, Sendable, Codable {
    public var epoch = Epoch(0)
    /// Who acts under it, of several controllers; nil for the only one, and where nobody has followed the last one.
    public var leader: String?
    /// Highest generation of shares ever intended.
    public var generation = Generation(0)
    /// Highest generation of the zone ever intended.
    public var zoneGeneration = Generation(0)
    /// The shares that should be in force.
    public var shares: ShareTable
    /// Where each geography should enter.
    public var entries: SortedMap<GeographyID, [RegionID]>
    public var evacuation: Evacuation?
    public var finished: [Finished] = []
    public var openedCount = 0
    public var isKilled = false
    public var pinned: [GeographyID] = []
    public var acknowledgedAt: Timestamp?
    /// The newest deploys, oldest first.
    public var deploys: [NotedDeploy] = []
    public var verdict = Verdict.unknown
    /// The region that was called sick and not well since; another life goes on from there.
    public var sick: SickCall?
    /// Intents without an outcome: they may have landed.
    public var open: SortedMap<EffectKey, Effect> = [:]
    /// Sends per key, for the retry budget (S28).
    public var attempts: SortedMap<EffectKey, Int> = [:]
    /// Regions whose scale-down was frozen and is not known to have been given back (S09).
    public var frozen: [RegionID] = []
    /// What waits for a second person, and since when (S31).
    public var request: Request?
    public var requestedAt: Timestamp?

    /// A verdict that one region is sick, and the classes of evidence that said so.
    public struct SickCall: Hashable, Sendable, Codable {
        public var region: RegionID
        public var classes: [EvidenceClass]
    }

    /// One that has ended.
    public struct Finished: Hashable, Sendable, Codable {
        public var id: EvacuationID
        public var evacuee: RegionID
        public var phase: Phase
        public var wasAutomatic: Bool
        public var wasPlanned: Bool
        /// True when it only ever relieved: it counts for the relief window, not for the block window.
        public var wasRelief: Bool
        public var openedAt: Timestamp
        public var endedAt: Timestamp
    }

    /// Ended evacuations that are remembered; the windows of S24 look back 24 hours at most.
    public static let finishedLimit = 200

    /// More than a dip could be explained by.
    public static let deployLimit = 100

    /// Asked several times at every look: comparing `evacuation` with nil would copy all of it.
    var isEvacuating: Bool { if case .some = self.evacuation { true } else { false } }

    public init(fleet: Fleet) {
        self.shares = fleet.homeShares
        self.entries = fleet.geographies.mapValues { [$0.home] }
    }

    /// Applies one record; the only way that state changes.
    public mutating func apply(_ record: Record, at now: Timestamp) {
        switch record {
        case .started(let epoch, _):
            self.epoch = max(self.epoch, epoch)
            self.request = nil
            self.leader = nil
        case .leaseGained(let epoch, let name):
            self.epoch = max(self.epoch, epoch)
            self.leader = name
        case .leaseLost: self.leader = nil
        case .verdict(let verdict, _, let classes, _):
            self.verdict = verdict
            self.noticeSick(verdict, classes)
        case .refused, .paged, .proven, .advised: break
        case .opened(let evacuation, _):
            self.evacuation = evacuation
            self.openedCount += 1
            self.attempts = [:]
            self.request = nil
        case .phase(_, let phase, _, _): self.enter(phase, at: now)
        case .held(_, let reason, let failed):
            self.evacuation?.failedSaviors = failed
            // Held once more: a person has made a hold of the controller's their own.
            if let from = self.evacuation?.phase, from != .held { self.evacuation?.heldFrom = from }
            self.evacuation?.heldBecause = reason
            self.evacuation?.phase = .held
            self.evacuation?.phaseSince = now
        case .resumed:
            self.evacuation?.failedSaviors = nil
            let from = self.evacuation?.heldFrom ?? .held
            self.evacuation?.phase = from
            self.evacuation?.heldFrom = nil
            self.evacuation?.heldBecause = nil
            self.evacuation?.phaseSince = now
            self.attempts = [:]
        case .approved(_, let principal, _): self.evacuation?.approvedBy = principal
        case .turned(_, let ending, _):
            self.evacuation?.failedSaviors = nil
            self.evacuation?.heldFrom = nil
            self.evacuation?.heldBecause = nil
            self.evacuation?.isReturning = true
            self.evacuation?.ending = ending
            self.evacuation?.phase = .returning
            self.evacuation?.phaseSince = now
            self.evacuation?.level { $0.turned(at: $1) }
            self.attempts = [:]
        case .rung(_, let points, let generation, let shares, _):
            self.evacuation?.points = points
            self.generation = max(self.generation, generation)
            self.shares = shares
        case .abandoned(_, let geographies, _):
            self.evacuation?.plan.abandoned += geographies
            self.evacuation?.plan.abandoned.sort()
            self.evacuation?.level { $0.outward(at: $1) }
        case .replanned(_, let plan, let regions, let reason):
            self.replan(plan, without: regions, because: reason, at: now)
        case .stock(_, let cluster, let instances):
            self.evacuation?.injected[cluster, default: []] += instances
        case .startTarget(_, let cluster, let count): self.evacuation?.startTargets[cluster] = count
        case .entries(_, let geography, let regions, let generation, _):
            self.entries[geography] = regions
            self.zoneGeneration = max(self.zoneGeneration, generation)
            self.evacuation?.hasPublished = true
        case .withdrawing: self.evacuation?.isWithdrawing = true
        case .thawing: self.evacuation?.isThawing = true
        case .intent(let fence, let effect):
            self.open[fence.key] = effect
            self.attempts[fence.key, default: 0] += 1
            if case .freeze(let region, _) = effect, !self.frozen.contains(region) {
                self.frozen = (self.frozen + [region]).sorted()
            }
        case .outcome(let key, let outcome):
            if case .unfreeze(let region)? = self.open[key], outcome == .done {
                self.frozen.removeAll { $0 == region }
            }
            self.open[key] = nil
        case .killed(let isKilled, _): self.isKilled = isKilled
        case .pinned(let geography, let isPinned, _):
            self.pinned.removeAll { $0 == geography }
            if isPinned {
                self.pinned = (self.pinned + [geography]).sorted()
                // A person has been here.
                self.evacuation?.failedSaviors = nil
            }
        case .acknowledged: self.acknowledgedAt = now
        case .asked(let request):
            self.request = request
            self.requestedAt = now
        case .deployed(let deploy, _):
            self.deploys.append(NotedDeploy(deploy: deploy, at: now))
            if self.deploys.count > Self.deployLimit { self.deploys.removeFirst() }
        }
    }

    /// What is unknown takes nothing back, and who has just started sees less than who saw it fall sick.
    private mutating func noticeSick(_ verdict: Verdict, _ classes: [EvidenceClass]) {
        switch verdict {
        case .unknown: break
        case .regional(let region):
            let known = self.sick.flatMap { $0.region == region ? $0.classes : nil } ?? []
            self.sick = SickCall(region: region, classes: known + classes.filter { !known.contains($0) })
        default: self.sick = nil
        }
    }

    private mutating func replan(
        _ plan: Plan,
        without regions: [RegionID],
        because reason: String,
        at now: Timestamp
    ) {
        guard var evacuation = self.evacuation else { return }
        evacuation.plan = plan
        var leftOut = evacuation.leftOut ?? [:]
        for region in regions { leftOut[region] = reason }
        evacuation.leftOut = leftOut
        evacuation.failedSaviors = nil
        evacuation.replans = (evacuation.replans ?? 0) + 1
        if evacuation.phase == .held {
            evacuation.phase = evacuation.workingPhase
            evacuation.phaseSince = now
            evacuation.heldFrom = nil
            evacuation.heldBecause = nil
        }
        self.evacuation = evacuation
    }

    private mutating func enter(_ phase: Phase, at now: Timestamp) {
        guard var evacuation = self.evacuation else { return }
        let from = evacuation.workingPhase
        evacuation.phase = phase
        evacuation.phaseSince = now
        // A return that failed goes forward again: the instances stay, the way back starts anew.
        if phase == .relieving || phase == .evacuated || phase == .shifting {
            if evacuation.isReturning { evacuation.level { $0.outward(at: $1) } }
            evacuation.isReturning = false
        }
        self.evacuation = evacuation
        guard phase.isTerminal else { return }
        self.finished.append(
            Finished(
                id: evacuation.id,
                evacuee: evacuation.evacuee,
                phase: phase,
                wasAutomatic: evacuation.origin.isAutomatic,
                wasPlanned: evacuation.isPlanned,
                wasRelief: !evacuation.hasPublished && evacuation.approvedBy == nil && from != .proposed,
                openedAt: evacuation.openedAt,
                endedAt: now
            )
        )
        if self.finished.count > Self.finishedLimit { self.finished.removeFirst() }
        self.evacuation = nil
        self.attempts = [:]
    }
}
