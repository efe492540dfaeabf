import LeewardEngine
import LeewardModel

/// What everybody can see at one moment.
struct Scene: Sendable {
    let now: Int64
    let world: World
    let isAlive: Bool
    let scenario: Scenario
    /// A person works without a daemon, and vouches for what nothing is known of.
    var isByHand = false
    /// The truth about the lease; nil with a single controller.
    var seats: Seats?
    /// The controller, counted from 0, that does what is shown.
    var actor = 0
    /// Since when that one's clock has been counting, as a name.
    var boot = ""
}

/// Holds one rule against everything that happens; remembers what it needs and changes nothing.
///
/// Records are shown with the story as it was BEFORE them, once they are durable.
protocol Oracle: Sendable {
    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint])
    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint])
    mutating func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint])
    mutating func answered(_ call: Call, _ outcome: Outcome, _ scene: Scene)
    /// Each tick, after everything else.
    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint])
    mutating func asked(_ command: Command)
    /// A process starts from this journal.
    mutating func started(_ journal: [JournalEntry], _ scene: Scene, _ complaints: inout [Complaint])
    mutating func thawed(_ region: RegionID, at now: Int64)
    mutating func finished(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint])
}

extension Oracle {
    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {}
    func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {}
    func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {}
    func answered(_ call: Call, _ outcome: Outcome, _ scene: Scene) {}
    func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {}
    func asked(_ command: Command) {}
    func started(_ journal: [JournalEntry], _ scene: Scene, _ complaints: inout [Complaint]) {}
    func thawed(_ region: RegionID, at now: Int64) {}
    func finished(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {}
}

/// All oracles of a run, and what they have said.
struct OracleBoard: Sendable {
    private var oracles: [any Oracle]
    private(set) var story = Story()
    private(set) var violations: [Violation] = []
    private var complaints: [Complaint] = []
    private var recent: [JournalEntry] = []
    private var recentTimes: [Int64] = []
    /// More would only repeat themselves.
    private static let most = 20
    private static let shown = 8

    init(isControlled: Bool, isShared: Bool = false) {
        self.oracles = isControlled ? Self.all + (isShared ? Self.shared : []) : []
    }

    /// One of each, in the order of the rules.
    private static let all: [any Oracle] = [
        SingleActive(), Trigger(), LastHealthy(), WholeShares(), Ladder(), CapacityGate(), Retreat(), Freeze(),
        OneCluster(), WriteAhead(), Idempotent(), Fencing(), ZoneRules(), ReadBack(), NoFalseAlarm(), GlobalHold(),
        BlockWindow(), DrillGivesWay(), KillSwitch(), CallRate(), Pins(), ResidualGone(), OneInFlight(), JournalWhole(),
        PlanPath(),
        Stable(), NamedPlan(), RegionCeiling(), GuestsOfTheSick(), RetryBudget(), Settles(), ExactReturn(),
        NotBackToSick(), HeldIsPaged(), TwoPeople(), PlanBound(), NothingEnded(),
        LeftOut(), ListIsNotNone(), EvacueeAside(), WindowsStartOver(), NotToTheAlike(), StaysAsItIs(),
    ]

    /// Those of several controllers.
    private static let shared: [any Oracle] = [
        OneWriter(), LeaseLeft(), OneSenderPerTerm(), ClaimsFirst(), LeaderSoon(), KillReaches(),
    ]

    mutating func recorded(_ record: Record, _ scene: Scene, in disk: JournalDisk) {
        for index in self.oracles.indices {
            self.oracles[index].recorded(record, self.story, scene, &self.complaints)
        }
        self.recent = Array(disk.durable.suffix(Self.shown))
        self.recentTimes = Array(disk.times.suffix(Self.shown))
        self.story.apply(record, at: scene.now)
        self.collect(scene.now)
    }

    mutating func sent(_ call: Call, _ scene: Scene, life: Int) {
        for index in self.oracles.indices {
            self.oracles[index].sent(call, life: life, self.story, scene, &self.complaints)
        }
        self.collect(scene.now)
    }

    mutating func landed(_ call: Call, _ landing: Landing, _ scene: Scene) {
        for index in self.oracles.indices { self.oracles[index].landed(call, landing, scene, &self.complaints) }
        self.collect(scene.now)
    }

    mutating func answered(_ call: Call, _ outcome: Outcome, _ scene: Scene) {
        for index in self.oracles.indices { self.oracles[index].answered(call, outcome, scene) }
    }

    mutating func passed(_ scene: Scene) {
        for index in self.oracles.indices { self.oracles[index].passed(self.story, scene, &self.complaints) }
        self.collect(scene.now)
    }

    mutating func read(_ subject: Simulation.Subject, at now: Int64) { self.story.readAt[subject] = now }

    mutating func asked(_ command: Command) {
        for index in self.oracles.indices { self.oracles[index].asked(command) }
    }

    mutating func thawed(_ region: RegionID, at now: Int64) {
        for index in self.oracles.indices { self.oracles[index].thawed(region, at: now) }
    }

    mutating func died(at now: Int64) { self.story.diedAt = now }

    mutating func started(_ journal: [JournalEntry], _ scene: Scene) {
        self.story.startedAt = scene.now
        for index in self.oracles.indices { self.oracles[index].started(journal, scene, &self.complaints) }
        self.collect(scene.now)
    }

    mutating func finished(_ scene: Scene) {
        for index in self.oracles.indices { self.oracles[index].finished(self.story, scene, &self.complaints) }
        self.collect(scene.now)
    }

    private mutating func collect(_ now: Int64) {
        guard !self.complaints.isEmpty else { return }
        for complaint in self.complaints where self.violations.count < Self.most {
            self.violations.append(
                Violation(
                    rule: complaint.rule,
                    at: .milliseconds(now),
                    detail: complaint.detail,
                    records: zip(self.recent, self.recentTimes).map { Simulation.line($0, at: $1) }
                )
            )
        }
        self.complaints.removeAll()
    }
}
