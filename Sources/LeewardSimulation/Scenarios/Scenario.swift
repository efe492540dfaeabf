public import LeewardEngine
public import LeewardModel

/// A script for the world: plain data, so that a text can be read into it and a program can draw one.
public struct Scenario: Hashable, Sendable {
    public var name: String
    /// What it is about, in a sentence.
    public var about: String
    public var world: WorldShape
    public var length: Span
    public var faults: [TimedFault]
    public var commands: [OperatorAct]
    /// Where the controller's process is cut, beside the kills among the faults.
    public var cut: Cut?
    public var paces: Paces
    public var expectations: [Expectation]
    public var forbidden: [Forbidden]
    /// What is done by hand while no daemon runs.
    public var hands: [HandAct]
    /// People who say anything; S44 is not held against what they do knowingly.
    public var crowd: Crowd?

    public init(
        name: String,
        about: String,
        world: WorldShape = .threeRegions(),
        length: Span,
        faults: [TimedFault] = [],
        commands: [OperatorAct] = [],
        cut: Cut? = nil,
        paces: Paces = Paces(),
        expectations: [Expectation] = [],
        forbidden: [Forbidden] = [],
        hands: [HandAct] = [],
        crowd: Crowd? = nil
    ) {
        self.name = name
        self.about = about
        self.world = world
        self.length = length
        self.faults = faults
        self.commands = commands
        self.cut = cut
        self.paces = paces
        self.expectations = expectations
        self.forbidden = forbidden
        self.hands = hands
        self.crowd = crowd
    }

    /// When the first fault begins; the start of the run where there is none.
    public var firstFault: Span { self.faults.map(\.at).min() ?? .zero }
}

/// A command by a person, said again every five seconds until it is accepted or nobody insists any more.
public struct OperatorAct: Hashable, Sendable {
    public var command: Command
    public var by: Principal
    public var at: Span
    public var insistsFor: Span
    /// Said only while an evacuation is in this phase; nil: always.
    public var whilePhase: Phase?
    public init(
        _ command: Command,
        by principal: Principal = "operator",
        at time: Span,
        insistsFor: Span = .zero,
        whilePhase: Phase? = nil
    ) {
        self.command = command
        self.by = principal
        self.at = time
        self.insistsFor = insistsFor
        self.whilePhase = whilePhase
    }
}

/// Where the controller's process dies, counted in its own journal.
public struct Cut: Hashable, Sendable {
    /// What of the moment survives.
    public enum Moment: Hashable, Sendable {
        /// The records were not synced: they are lost, and the last one is torn.
        case beforeSync
        /// The records are durable; no call has left.
        case beforeCalls
        /// The calls have left and land; nobody hears their answers.
        case afterCalls
        /// So many of the output's calls have left, from 1; the others never do.
        case afterSome(calls: Int)

        /// Those that every output has, in the order in which they pass.
        public static let whole: [Moment] = [.beforeSync, .beforeCalls, .afterCalls]
    }
    /// Dies with the output that brings the journal to so many records.
    public var records: Int
    public var moment: Moment
    public var restartAfter: Span
    /// Dies again each time that so many more records were written; nil: once.
    public var again: Int?
    public init(records: Int, moment: Moment, restartAfter: Span = .seconds(3), again: Int? = nil) {
        self.records = records
        self.moment = moment
        self.restartAfter = restartAfter
        self.again = again
    }
}

/// How often things are read; each a whole multiple of `tick` or equal to it.
public struct Paces: Hashable, Sendable {
    public var tick: Span
    public var edge: Span
    public var capacity: Span
    public var zone: Span
    public var signals: Span
    public init(
        tick: Span = .seconds(1),
        edge: Span = .seconds(1),
        capacity: Span = .seconds(2),
        zone: Span = .seconds(2),
        signals: Span = .seconds(5)
    ) {
        self.tick = tick
        self.edge = edge
        self.capacity = capacity
        self.zone = zone
        self.signals = signals
    }

    /// As simulated fleet-years look while something is wrong: at the metric every five seconds, and twice in these at all
    /// else, since two readings of an edge make a window.
    public static let fleetYears = Paces(
        tick: .milliseconds(2500),
        edge: .milliseconds(2500),
        capacity: .milliseconds(2500),
        zone: .milliseconds(2500),
        signals: .seconds(5)
    )

    /// As the daemon reads.
    public static let daemon = Paces(
        tick: .milliseconds(200),
        edge: .milliseconds(400),
        capacity: .milliseconds(400),
        zone: .milliseconds(400),
        signals: .seconds(1)
    )
}

/// What must have come true; spans count from the first fault.
public enum Expectation: Hashable, Sendable {
    case verdict(Verdict, within: Span)
    case phase(Phase, within: Span)
    /// The evacuee serves no more than the residual.
    case residual(within: Span)
    case paged(within: Span)
    /// A command or a start was refused by this rule.
    case refused(Rule, within: Span)
    /// The last evacuation that ended did so like this.
    case ended(Phase)
    /// Failed requests are at most this part of those without a controller, in basis points.
    case failuresAtMost(Int)
}

/// What must never happen in the run.
public enum Forbidden: Hashable, Sendable {
    case shareChange
    case zoneChange
    case opening
    case phase(Phase)
    case verdict(Verdict)
    case reliefs(moreThan: Int)
    case evacuations(moreThan: Int)
}
