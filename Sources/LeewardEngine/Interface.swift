public import LeewardModel
public import LeewardPlanning
public import LeewardSafety

/// Everything that can happen to the controller, in the past tense.
public enum Input: Sendable {
    /// Time passed; several times a second.
    case ticked
    case signalsArrived(SignalReport)
    /// Four weeks of history for the forecast.
    case historyArrived([Sample])
    case edgeReported(EdgeReport)
    case capacityReported(CapacityReport)
    case zoneReported(ZoneReport)
    /// A call ended; `wasSent` calls without an answer end as `.unknown`.
    case callEnded(EffectKey, Outcome)
    case commandArrived(CommandID, Command, by: Principal)
    /// A newer fleet file was accepted.
    case fleetChanged(Fleet)
    /// The coordination store answered, or kept silent; only where several controllers share a journal, as the next two.
    case leaseAnswered(LeaseNews)
    /// The whole journal as the store has it.
    case journalRead([JournalEntry])
    /// The records of an output did not become durable, or nobody knows; none of its calls has left.
    ///
    /// Feed with it a `.callEnded` of each of them, as `.failed`: otherwise their lanes stay taken.
    case appendFailed(String)
}

/// Names one command, so that its reply finds the one who asked.
public struct CommandID: Hashable, Sendable, Codable, Comparable {
    public var value: Int64
    public init(_ value: Int64) { self.value = value }
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// What an operator may ask for.
public enum Command: Hashable, Sendable, Codable {
    /// `planHash` binds the request to the plan that was shown (S35); nil takes the present plan.
    case evacuate(RegionID, planHash: String?)
    case shift(GeographyID, to: RegionID, points: Int)
    case approve(EvacuationID, planHash: String?)
    case hold(reason: String)
    case resume
    case rollback
    case failback
    case pin(GeographyID, Bool)
    case kill(Bool)
    case acknowledge
    /// A deploy went out; the newest that precedes a dip explains it.
    case deployed(Deploy)
    /// Empties a region although these gates refuse; takes two people, and no physical rule can be among them (S31).
    case override([Rule], RegionID, planHash: String?)
}

/// The answer to a command.
public enum Reply: Hashable, Sendable, Codable {
    /// The id to follow where there is one, and a sentence.
    case accepted(EvacuationID?, String)
    /// Every gate that said no, as sentences.
    case refused([String])
}

/// What the shell has to do, in this order: make `records` durable, BEFORE `calls` leave; then answer and tell.
public struct Output: Sendable {
    /// Durable in one transaction BEFORE anything else of this output is done.
    public var records: [Record] = []
    public var calls: [Call] = []
    public var replies: [(CommandID, Reply)] = []
    public var notices: [Notice] = []
    /// For the coordination store; wait for nothing else of this output with them.
    public var asks: [LeaseAsk] = []
    /// True where the journal has to be read and fed BEFORE anything else can be decided.
    public var wantsJournal = false
    public init() {}
}

/// One effect on its way out.
public struct Call: Hashable, Sendable {
    public var fence: Fence
    public var effect: Effect
    /// After this long without an answer it ended as `.unknown`.
    public var deadline: Span
    public init(fence: Fence, effect: Effect, deadline: Span) {
        self.fence = fence
        self.effect = effect
        self.deadline = deadline
    }
}

/// One sentence for people: log, status and dashboard show the same.
public struct Notice: Hashable, Sendable, Codable {
    public enum Level: String, Hashable, Sendable, Codable { case info, warning, page }
    public var level: Level
    public var text: String
    public init(_ level: Level, _ text: String) {
        self.level = level
        self.text = text
    }
}

/// A plan as it would be carried out now, for people to read before they agree.
public struct PlanPreview: Hashable, Sendable, Codable {
    public var plan: Plan
    public var hash: String
    /// Instances per cluster at the last rung.
    public var loads: [ClusterLoad]
    /// Dark instances that would be injected.
    public var injections: SortedMap<ClusterID, Int>
    /// Instances that would have to be cold-started because stock is short.
    public var coldStarts: SortedMap<ClusterID, Int>
    public var findings: [Finding]
}

/// Whether a region could be evacuated now, and what blocks it.
public struct Readiness: Hashable, Sendable, Codable {
    public var region: RegionID
    public var isReady: Bool
    /// True when stock covers all; otherwise cold starts are needed.
    public var isWarm: Bool
    /// Every reason against, as sentences.
    public var blocks: [String]
}
