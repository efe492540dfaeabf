import LeewardDetection
import LeewardForecast
public import LeewardModel
import LeewardPlanning
import LeewardSafety

/// Decides: takes what happened, returns what to write down and what to do.
///
/// Pure, synchronous and deterministic.
///
/// Persistent state is the fold of the journal's records (`state`); everything else is observation and is gathered anew after
/// a restart. The same journal and the same inputs at the same times give the same outputs.
public struct Controller: Sendable {
    public internal(set) var fleet: Fleet
    public internal(set) var state: FleetState

    var observed = Observations()
    var detector: Detector
    /// What was advised last, so that it is said once.
    var lastAdvice: String?
    var assessment = Assessment()
    /// Load by traffic; answers from the first history on, and where the forecaster has no answer.
    var demand: DemandModel?
    var keeper = DemandKeeper()
    /// When the first history came, and when the model was last fitted.
    var demandSince: Timestamp?
    var demandFittedAt: Timestamp?
    /// The call on its way per lane, and when the last one ended (S42, S12).
    var inFlight: SortedMap<String, EffectKey> = [:]
    var laneEnded: SortedMap<String, Timestamp> = [:]
    var retryAt: SortedMap<EffectKey, Timestamp> = [:]
    /// When each effect of this life was first answered as done.
    var doneSince: SortedMap<EffectKey, Timestamp> = [:]
    /// Where each instance was last put, as its provider answered, and when; another life claims the provider first.
    var placedAt: SortedMap<InstanceID, (to: Membership, at: Timestamp)> = [:]
    /// Times of recent calls per provider, for the rate ceiling (S29).
    var sentAt: SortedMap<String, [Timestamp]> = [:]
    /// How often somebody else has lifted a region's freeze (S09).
    var thaws: SortedMap<RegionID, Int> = [:]
    /// When a geography's entries were last intended; nil in a life that has intended none.
    var entriesAt: Timestamp?
    /// How often a zone was found changed by somebody else.
    var zoneMends = 0
    var soak: Soak?
    /// True until the first rung of the way back; another life does not know, and proves first (S25).
    var hasJustTurned = false
    /// True on the way back of a planned move that was never called evacuated; another life does not know.
    var isUndone = false
    var residualGoodSince: Timestamp?
    /// Since when a relieved region has been neither called sick nor proven well.
    var unprovenSince: Timestamp?
    var residualReading: (served: Int?, entry: Int?) = (nil, nil)
    var waiting: String?
    /// Rises with every record: what was derived from the state holds while it stands still.
    var revision = 0
    /// The state before the first record since somebody set this to nil; nil while there was none.
    var unmoved: FleetState?
    /// The readings on which every savior had, or was getting, what the last rung needs.
    var stocked: Look?
    /// The last plan whose last rung was asked for, and its shares there.
    var aimed: (plan: Plan, shares: ShareTable)?
    /// Where traffic should be, as it was last derived.
    var lastPlaced: Placed?
    /// The readings on which every chosen instance was where it should be.
    var settled: Look?
    /// Why nothing was begun at the last look that called for it, as sentences.
    var lastRefusal: [String] = []
    /// What a person was called for; until all is well again nobody is called twice for the same.
    var refusedFor: [String] = []
    /// Since when a savior has failed as the evacuee does (S41).
    var alikeSince: Timestamp?
    /// True under break-glass: a person vouches for regions that nothing is known of.
    ///
    /// Sick ones stay sick, and every physical rule stays (S03-S06, S14, S15).
    public var isByHand = false
    /// Guards that a test has switched off; always empty elsewhere.
    var guardsOff: [EngineGuard] = []
    /// Where several controllers share a journal; nil for the only one.
    var seat: Seat?
    /// True while what is held was stopped by the controller itself, not by a person.
    var isHeldByItself = false
    /// Saviors that failed what they got, on the way to the hold for it.
    var failedSaviors: [RegionID] = []
    /// The evacuation of which a person knows that nobody takes over from the savior that failed.
    var stayedHeld: EvacuationID?
    /// Since when the active evacuation has recorded nothing of its own, and whether a person knows.
    var stall = Stall()
    /// Since when saviors have served less than the evacuee would, and whether a person knows.
    var poorSince: Timestamp?
    /// Since when nobody has reached a savior.
    var lostSince: SortedMap<RegionID, Timestamp> = [:]
    var isPoorPaged = false

    /// Rebuilds the state from the journal.
    ///
    /// Times of an earlier boot count as `now`: windows start over in full (S26).
    public init(fleet: Fleet, journal: [JournalEntry], boot: String, at now: Timestamp) {
        self.init(fleet: fleet, journal: journal, boot: boot, at: now, guardsOff: [])
    }

    init(fleet: Fleet, journal: [JournalEntry], boot: String, at now: Timestamp, guardsOff: [EngineGuard]) {
        self.fleet = fleet
        self.state = FleetState(fleet: fleet)
        self.detector = Detector(fleet: fleet)
        self.guardsOff = guardsOff
        let trusts = !self.stands(.otherBoot)
        for entry in journal { self.state.apply(entry.record, at: entry.boot == boot || trusts ? entry.at : now) }
        if let evacuation = self.state.evacuation { self.observed.usualArrivals = evacuation.plan.arrivals }
    }

    /// Takes a new epoch and closes what the last life left open; call once, before the first `step`.
    ///
    /// One of several asks for the lease instead.
    public mutating func begin(at now: Timestamp) -> Output {
        var output = Output()
        // Under break-glass a person vouches for regions that have not yet proven that they recovered.
        if let sick = self.state.sick, !self.isByHand { self.detector.recall(sick.region, sickBy: sick.classes) }
        guard self.seat == nil else {
            _ = self.takesPart([.ticked], &output, now)
            return output
        }
        for key in self.state.open.keys {
            self.record(.outcome(key, .unknown("the controller ended before the answer came")), &output, now)
        }
        self.record(.started(self.state.epoch.next, fleet: self.fleet.name), &output, now)
        if self.isByHand {
            let text = "break-glass: a person works without a daemon under epoch \(self.state.epoch); "
            self.page(text + "no second person is asked, every physical rule holds (S31)", &output, now)
        }
        if let evacuation = self.state.evacuation {
            self.tell(.info, "\(evacuation.id) goes on in \(evacuation.phase.rawValue)", &output)
        }
        return output
    }

    /// Takes one input and returns everything that follows from it.
    public mutating func step(_ input: Input, at now: Timestamp) -> Output { self.step([input], at: now) }

    /// Takes what arrived in one moment, in its order, and decides once about all of it.
    public mutating func step(_ inputs: [Input], at now: Timestamp) -> Output {
        var output = Output()
        guard self.takesPart(inputs, &output, now) else { return output }
        var (isLook, isTick, isZone) = (false, false, false)
        for input in inputs {
            switch input {
            case .ticked: (isLook, isTick) = (true, true)
            case .signalsArrived: isLook = true
            case .zoneReported: isZone = true
            default: break
            }
            self.take(input, &output, now)
        }
        if isLook { self.assess(&output, now) }
        if isTick { self.foretell(now) }
        self.startIfCalledFor(&output, now)
        self.advance(&output, now)
        self.watch(&output, now)
        if isZone { self.mendZone(&output, now) }
        self.reconcile(&output, now)
        return output
    }

    private mutating func take(_ input: Input, _ output: inout Output, _ now: Timestamp) {
        switch input {
        case .ticked, .leaseAnswered, .journalRead, .appendFailed: break
        case .signalsArrived(let report):
            self.observed.signals = report
            self.observed.signalsAt = now
        case .historyArrived(let samples):
            self.revision += 1
            self.learnDemand(samples, now)
            self.detector.learn(history: samples)
        case .edgeReported(let report): self.observed.take(report, at: now)
        case .capacityReported(let report):
            self.noticeThaw(report, &output, now)
            self.observed.take(report, at: now, believing: !self.stands(.listing))
        case .zoneReported(let report): self.observed.zone = .init(value: report, at: now)
        case .callEnded(let key, let outcome): self.ended(key, outcome, &output, now)
        case .commandArrived(let id, let command, let principal):
            let reply = self.obey(command, by: principal, &output, now)
            output.replies.append((id, reply))
        case .fleetChanged(let fleet): self.adopt(fleet, &output)
        }
    }

    // MARK: - Shared by the extensions

    mutating func record(_ record: Record, _ output: inout Output, _ now: Timestamp) {
        if self.unmoved == nil { self.unmoved = self.state }
        self.state.apply(record, at: now)
        self.revision += 1
        output.records.append(record)
    }

    func tell(_ level: Notice.Level, _ text: String, _ output: inout Output) {
        output.notices.append(Notice(level, text))
    }

    mutating func page(_ text: String, _ output: inout Output, _ now: Timestamp) {
        self.record(.paged(text), &output, now)
        self.tell(.page, text, &output)
    }

    /// Stops where it is safe and calls a person.
    mutating func hold(_ reason: String, _ output: inout Output, _ now: Timestamp) {
        guard let evacuation = self.state.evacuation, evacuation.phase != .held else { return }
        let failed = self.failedSaviors.isEmpty ? nil : self.failedSaviors
        self.failedSaviors = []
        self.record(.held(evacuation.id, reason: reason, failed: failed), &output, now)
        self.isHeldByItself = true
        guard self.stands(.page) else { return }
        self.page("\(evacuation.id) is held: \(reason)", &output, now)
    }

    mutating func enter(
        _ phase: Phase,
        because reason: String,
        findings: [Finding] = [],
        _ output: inout Output,
        _ now: Timestamp
    ) {
        guard let id = self.state.evacuation?.id else { return }
        self.record(.phase(id, phase, reason: reason, findings: findings), &output, now)
        self.residualGoodSince = nil
        self.tell(.info, "\(id) \(phase.rawValue): \(reason)", &output)
    }

    private mutating func noticeThaw(_ report: CapacityReport, _ output: inout Output, _ now: Timestamp) {
        guard self.stands(.freezeAgain), let evacuation = self.state.evacuation, !evacuation.isThawing,
            !report.isFrozen,
            self.observed.marks[report.region]?.value.isFrozen == true
        else { return }
        self.thaws[report.region, default: 0] += 1
        self.page("somebody lifted the scale-down freeze in \(report.region); it is put back (S09)", &output, now)
    }

    mutating func adopt(_ fleet: Fleet, _ output: inout Output) {
        self.fleet = fleet
        self.revision += 1
        self.detector = Detector(fleet: fleet)
        self.keeper = DemandKeeper()
        self.tell(.info, "the fleet file \(fleet.name) is in force", &output)
    }
}
