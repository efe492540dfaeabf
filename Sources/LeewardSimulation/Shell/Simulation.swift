public import LeewardEngine
import LeewardModel

/// The other shell of the engine: one world, its controllers, virtual time, no IO.
///
/// A value: copying it in the middle of a run gives a second run with the same past. Everything follows from the scenario
/// and the seed.
public struct Simulation: Sendable {
    enum Event: Sendable {
        case faultBegins(Int)
        case faultEnds(Int)
        case darkDeploy(ServiceID, RegionID)
        case callLands(Int)
        /// The network delivers it a second time.
        case callRepeats(Int)
        case callAnswers(Int, Outcome)
        /// A subject is read beside its pace, since a call to it has ended.
        case read(Subject, by: Int)
        case act(Int)
        case hand(Int)
        case restart(Int, newBoot: Bool)
        case thaw(Int, life: Int)
        case storeHears(Int, life: Int, LeaseAsk, latency: Int64)
        case storeAnswers(Int, life: Int, LeaseNews)
        case journalAnswers(Int, life: Int)
    }

    /// What one output wrote down and sent.
    public struct Batch: Hashable, Sendable {
        /// Records that the journal has with it.
        public var records: Int
        public var calls: Int

        /// Every moment at which a process can die with this output.
        public var moments: [Cut.Moment] {
            [.beforeSync, .beforeCalls] + (1..<max(1, self.calls)).map { .afterSome(calls: $0) }
                + (self.calls > 0 ? [.afterCalls] : [])
        }
    }

    /// One thing that is read.
    enum Subject: Hashable, Sendable { case edge(Int), capacity(Int), zone, signals }

    public let scenario: Scenario
    public let seed: UInt64
    var world: World
    var processes: [ControllerProcess]
    /// Counts the lives of all processes.
    var lives: Int
    /// What several controllers share beside the journal; nil for a single one with a disk of its own.
    var coordination: Coordination?
    let lease: LeaseSettings?
    var disk = JournalDisk()
    var queue = EventQueue<Event>()
    var calls: [SentCall] = []
    var nextTick: Int64
    var nextCut: Int?
    var deaths = 0
    var commandCount: Int64 = 0
    /// What people say: the scenario's commands, then those of its crowd.
    let acts: [OperatorAct]
    var actsDone: [Bool]
    /// Who works without a daemon at the moment.
    var hand: Hand?
    var chronicle: Chronicle
    var oracles: OracleBoard
    /// Every output that wrote something, in order.
    public internal(set) var batches: [Batch] = []
    /// Engine steps so far.
    public internal(set) var steps = 0

    /// What a test does to each controller BEFORE it begins; nil elsewhere.
    let prepare: (@Sendable (inout Controller) -> Void)?

    /// - Parameter isControlled: False: the same world without a controller.
    public init(_ scenario: Scenario, seed: UInt64, isControlled: Bool = true) {
        self.init(scenario, seed: seed, isControlled: isControlled, prepare: nil)
    }

    init(
        _ scenario: Scenario,
        seed: UInt64,
        isControlled: Bool = true,
        prepare: (@Sendable (inout Controller) -> Void)?
    ) {
        self.prepare = prepare
        self.scenario = scenario
        self.seed = seed
        self.world = World(scenario.world, seed: seed)
        let count = scenario.world.controllers
        let timeout = self.world.fleet.limits.callTimeout
        self.lease = count > 1 ? try? LeaseSettings(ttl: scenario.world.lease, callTimeout: timeout) : nil
        self.processes = (0..<max(1, self.lease == nil ? 1 : count)).map { ControllerProcess($0) }
        if !scenario.world.receivers.stands(.monotonic) {
            for index in self.processes.indices { self.processes[index].clock.isWall = true }
        }
        self.lives = self.processes.count
        self.coordination = self.lease.map { Coordination(ttl: $0.ttl) }
        self.nextTick = scenario.paces.tick.milliseconds
        self.nextCut = scenario.cut?.records
        let crowd = scenario.crowd?.acts(scenario.world, Luck(seed: seed)) ?? []
        self.acts = scenario.commands + crowd
        self.actsDone = Array(repeating: false, count: self.acts.count)
        self.chronicle = Chronicle(scenario, fleet: self.world.fleet)
        self.oracles = OracleBoard(isControlled: isControlled, isShared: self.lease != nil)
        self.world.keepsListings = scenario.faults.contains {
            if case .listing(_, .late) = $0.fault { true } else { false }
        }
        for (index, timed) in scenario.faults.enumerated() {
            self.queue.put(.faultBegins(index), at: timed.at.milliseconds)
            if timed.fault.lasts, let end = timed.end { self.queue.put(.faultEnds(index), at: end.milliseconds) }
        }
        guard isControlled else { return }
        for (index, act) in self.acts.enumerated() { self.queue.put(.act(index), at: act.at.milliseconds) }
        for (index, act) in scenario.hands.enumerated() { self.queue.put(.hand(index), at: act.at.milliseconds) }
        for index in self.processes.indices { self.start(index) }
    }

    /// World time in milliseconds since the start of the run.
    public var now: Int64 { self.world.now }
    /// Records that are durable.
    public var recordCount: Int { self.disk.durable.count }
    /// What the journal holds now, as a start would find it.
    public var journal: [JournalEntry] { self.disk.durable }
    /// True at the scenario's end.
    public var isOver: Bool { self.world.now >= self.scenario.length.milliseconds }

    /// Where the active evacuation stands, or nil where none is.
    public var phase: Phase? { self.oracles.story.isActive ? self.oracles.story.phase : nil }

    /// What people were told, each line with its second after the start of the run.
    public var told: [String] { self.chronicle.notices.map { "\($0.0 / 1000) s: \($0.1)" } }
    /// What oracles have complained about so far.
    public var violations: [Violation] { self.oracles.violations }
    /// Why nothing moves at the moment, in the engine's words; nil while something does.
    public var waiting: String? {
        let process = self.processes[self.asked]
        return process.controller?.status(at: process.clock.read(at: self.world.now)).waiting
    }

    /// Runs to the scenario's end.
    public mutating func run() {
        while !self.isOver { self.pass() }
        self.finish()
    }

    /// One tick of the world, with everything that happens before it.
    public mutating func pass() {
        let tick = self.nextTick
        while let (time, event) = self.queue.take(by: tick) {
            self.world.advance(to: max(time, self.world.now))
            self.handle(event)
        }
        self.world.advance(to: max(tick, self.world.now))
        self.nextTick = tick + self.scenario.paces.tick.milliseconds
        for index in self.processes.indices {
            if self.processes[index].controller?.isBehind == true, self.processes[index].runs { self.fetch(index) }
            // What is read at one moment is handed over together.
            var inputs = self.readings(dueAt: tick, by: index)
            inputs.append(.ticked)
            self.feed(inputs, to: index)
        }
        self.workByHand()
        self.oracles.passed(self.scene)
        self.chronicle.passed(self.world, self.oracles.story)
    }

    /// What oracles look at: the world as it is, and the story as the journal tells it.
    var scene: Scene {
        let isAlive = self.leader.map { self.processes[$0].controller != nil } ?? false
        return Scene(
            now: self.world.now,
            world: self.world,
            isAlive: isAlive,
            scenario: self.scenario,
            isByHand: self.hand != nil,
            seats: self.seats
        )
    }

    /// One step of a process that runs; every step has a millisecond of its own.
    mutating func feed(_ inputs: [Input], to index: Int) {
        guard !inputs.isEmpty else { return }
        guard self.processes[index].runs else {
            for input in inputs { self.processes[index].keep(input) }
            return
        }
        let now = self.processes[index].clock.take(at: self.world.now)
        self.steps += 1
        guard let output = self.processes[index].controller?.step(inputs, at: now) else { return }
        self.take(output, at: now, from: index)
    }

    // MARK: - Events

    private mutating func handle(_ event: Event) {
        switch event {
        case .faultBegins(let index): self.begin(self.scenario.faults[index].fault)
        case .faultEnds(let index): self.end(self.scenario.faults[index].fault)
        case .darkDeploy(let service, let region): self.world.deploy(service, region, to: .shadow)
        case .callLands(let index): self.land(index)
        case .callRepeats(let index): self.landAgain(index)
        case .callAnswers(let index, let outcome): self.answer(index, outcome)
        case .read(let subject, let index):
            self.feed(self.reading(of: subject, by: index).map { [$0] } ?? [], to: index)
        case .act(let index): self.act(index)
        case .hand(let index): self.takeHand(index)
        case .restart(let index, let newBoot): self.restart(index, newBoot: newBoot)
        case .thaw(let index, let life): self.thaw(index, life: life)
        case .storeHears(let index, let life, let ask, let latency):
            self.hear(ask, from: index, life: life, latency: latency)
        case .storeAnswers(let index, let life, let news): self.hear(news, by: index, life: life)
        case .journalAnswers(let index, let life): self.readJournal(index, life: life)
        }
    }

    private mutating func begin(_ fault: Fault) {
        self.world.begin(fault)
        switch fault {
        case .deploy(let service, let region, let darkAfter):
            self.queue.put(.darkDeploy(service, region), at: self.world.now + darkAfter.milliseconds)
        case .controllerKilled(let restartAfter, let newBoot):
            let index = self.named(nil)
            guard self.processes[index].controller != nil else { return }
            self.die(index, restartAfter: restartAfter, newBoot: newBoot)
        case .controllerPaused(let index, let moment, let span): self.pause(self.named(index), moment, for: span)
        case .controllerClock(let index, let rate):
            self.processes[self.named(index)].clock.bend(to: Int64(rate), at: self.world.now)
        case .controllerWall(let index, let ahead): self.jump(index, by: ahead)
        case .leaseLost: self.coordination?.revoke(at: self.world.now)
        case .freezeReverted(let region): self.oracles.thawed(region, at: self.world.now)
        default: break
        }
    }

    private mutating func end(_ fault: Fault) {
        self.world.end(fault)
        if case .controllerClock(let index, _) = fault {
            self.processes[self.named(index)].clock.bend(to: 100, at: self.world.now)
        }
        if case .controllerWall(let index, let ahead) = fault { self.jump(index, by: -ahead) }
    }

    /// Sets the clock on one controller's wall, or on everybody's.
    private mutating func jump(_ index: Int?, by milliseconds: Int64) {
        for process in self.processes.indices where index.map({ $0 == process }) ?? true {
            self.processes[process].clock.jump(by: milliseconds)
        }
    }

    private mutating func finish() {
        self.oracles.finished(self.scene)
    }
}
