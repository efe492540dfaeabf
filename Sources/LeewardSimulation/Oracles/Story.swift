import LeewardEngine
import LeewardModel
import LeewardPlanning

/// What the journal has told so far, folded by the oracles themselves: they must not believe the engine's own fold.
struct Story: Sendable {
    /// As it was opened; what changed since is beside it.
    private(set) var active: Evacuation?
    private(set) var phase: Phase?
    private(set) var phaseSince: Int64 = 0
    private(set) var heldFrom: Phase?
    private(set) var points = 0
    /// Points of the last rung that was proven.
    private(set) var proven: Int?
    private(set) var isReturning = false
    private(set) var ending: Phase?
    private(set) var isThawing = false
    private(set) var isWithdrawing = false
    private(set) var hasPublished = false
    private(set) var abandoned: [GeographyID] = []
    private(set) var injected: [InstanceID] = []
    /// Desired shares after the last rung; nil before the first.
    private(set) var shares: ShareTable?
    /// Every table that a rung described, by generation.
    private(set) var tables: SortedMap<Generation, ShareTable> = [:]
    private(set) var entries: SortedMap<GeographyID, [RegionID]> = [:]
    private(set) var isKilled = false
    private(set) var pinned: [GeographyID] = []
    private(set) var verdict = Verdict.unknown
    /// When the controller last read each subject; no record tells it.
    var readAt: [Simulation.Subject: Int64] = [:]
    var startedAt: Int64 = 0
    var diedAt: Int64?

    /// Asked at every tick: comparing `active` with nil would copy all of it.
    var isActive: Bool { if case .some = self.active { true } else { false } }

    mutating func apply(_ record: Record, at now: Int64) {
        switch record {
        case .opened(let evacuation, _):
            self.active = evacuation
            self.points = 0
            self.proven = nil
            self.isReturning = false
            self.isThawing = false
            self.isWithdrawing = false
            self.hasPublished = false
            self.abandoned = []
            self.injected = []
            self.enter(evacuation.phase, now)
        case .phase(_, let phase, _, _):
            if phase == .relieving || phase == .evacuated || phase == .shifting {
                if self.isReturning { self.level { $0.outward(at: $1) } }
                self.isReturning = false
            }
            self.enter(phase, now)
            if phase.isTerminal { self.active = nil }
        case .held:
            if self.phase != .held { self.heldFrom = self.phase }
            self.enter(.held, now)
        case .resumed: self.enter(self.heldFrom ?? .held, now)
        case .turned(_, let ending, _):
            self.level { $0.turned(at: $1) }
            self.isReturning = true
            self.ending = ending
            self.enter(.returning, now)
        case .rung(_, let points, let generation, let shares, _):
            self.points = points
            self.proven = nil
            self.shares = shares
            self.tables[generation] = shares
        case .proven(_, let points, _): self.proven = points
        case .abandoned(_, let geographies, _):
            self.abandoned += geographies
            self.level { $0.outward(at: $1) }
        case .replanned(_, let plan, _, _):
            self.active?.plan = plan
            self.active?.plan.abandoned = []
            self.abandoned = plan.abandoned
            if self.phase == .held { self.enter(self.heldFrom ?? .held, now) }
        case .stock(_, _, let instances): self.injected += instances
        case .entries(_, let geography, let regions, _, _):
            self.entries[geography] = regions
            self.hasPublished = true
        case .withdrawing: self.isWithdrawing = true
        case .thawing: self.isThawing = true
        case .killed(let isKilled, _): self.isKilled = isKilled
        case .pinned(let geography, let isPinned, _):
            self.pinned.removeAll { $0 == geography }
            if isPinned { self.pinned.append(geography) }
        case .verdict(let verdict, _, _, _): self.verdict = verdict
        case .started, .leaseGained, .leaseLost, .refused, .approved, .startTarget, .intent, .outcome, .acknowledged,
            .deployed, .advised, .paged, .asked:
            break
        }
    }

    private mutating func level(_ words: (Plan, Int) -> (plan: Plan, points: Int)) {
        guard var plan = self.active?.plan else { return }
        let own = plan.abandoned
        plan.abandoned = (own + self.abandoned).sorted()
        (plan, self.points) = words(plan, self.points)
        plan.abandoned = own
        self.active?.plan = plan
    }

    private mutating func enter(_ phase: Phase, _ now: Int64) {
        if phase != .held { self.heldFrom = nil }
        self.phase = phase
        self.phaseSince = now
    }

    /// The phase that `held` interrupted, or the phase.
    var workingPhase: Phase? { self.phase == .held ? self.heldFrom : self.phase }

    /// Regions that the active plan still sends anybody to.
    var receivers: [RegionID] {
        guard var plan = self.active?.plan else { return [] }
        plan.abandoned += self.abandoned
        return plan.receivers
    }

    /// Geographies that the active plan still moves.
    var moved: [GeographyID] {
        (self.active?.plan.saviors.keys ?? []).filter { !self.abandoned.contains($0) }
    }
}
