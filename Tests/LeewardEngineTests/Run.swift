import LeewardEngine
import LeewardModel

/// Drives a controller through a world; the other shell of the engine, without IO.
struct Run {
    var world: World
    var controller: Controller
    var journal: [JournalEntry] = []
    var notices: [Notice] = []
    /// Effects whose answer gets lost although they land.
    var losesAnswers = false
    /// Dies once so many records are durable: before its calls leave, or after they landed and before their answers.
    var diesAt: (records: Int, afterEffects: Bool)?
    var deaths = 0
    var steps = 0
    var boot = "boot-1"
    var replies: [Reply] = []

    init(_ fleet: Fleet = TestFleet.make(), shadow: Int = 4) {
        self.world = World(fleet: fleet, shadow: shadow)
        self.controller = Controller(fleet: fleet, journal: [], boot: "boot-1", at: self.world.now)
        self.take(self.controller.begin(at: self.world.now))
    }

    /// The controller dies with everything in memory and starts again from the journal.
    mutating func crash(newBoot: Bool = false) {
        if newBoot {
            self.boot += "+"
            self.world.now = Timestamp(milliseconds: 5000)
        }
        self.controller = Controller(
            fleet: self.world.fleet,
            journal: self.journal,
            boot: self.boot,
            at: self.world.now
        )
        self.take(self.controller.begin(at: self.world.now))
    }

    mutating func tick() {
        self.steps += 1
        self.world.pass()
        if self.steps % 2 == 0 { for input in self.world.reports() { self.feed(input) } }
        if self.steps % 5 == 0 { self.feed(.signalsArrived(self.world.signals())) }
        self.feed(.ticked)
    }

    mutating func pass(seconds: Int) { for _ in 0..<(seconds * 5) { self.tick() } }

    /// True once `condition` holds; gives up after `seconds` of the world's time.
    mutating func until(_ seconds: Int, _ condition: (Run) -> Bool) -> Bool {
        for _ in 0..<(seconds * 5) {
            if condition(self) { return true }
            self.tick()
        }
        return condition(self)
    }

    @discardableResult
    mutating func say(_ command: Command) -> Reply? {
        self.feed(.commandArrived(CommandID(Int64(self.steps)), command, by: "operator"))
        return self.replies.last
    }

    mutating func feed(_ input: Input) { self.take(self.controller.step(input, at: self.world.now)) }

    /// Records are kept BEFORE calls leave, as the runtime does.
    private mutating func take(_ output: Output) {
        for record in output.records {
            self.journal.append(
                JournalEntry(
                    sequence: Int64(self.journal.count + 1),
                    at: self.world.now,
                    boot: self.boot,
                    wall: self.world.wall,
                    record: record
                )
            )
        }
        self.notices += output.notices
        if let death = self.diesAt, self.journal.count >= death.records {
            self.diesAt = nil
            self.deaths += 1
            if death.afterEffects {
                for call in output.calls { _ = self.world.carryOut(call.effect, call.fence) }
            }
            self.crash()
            return
        }
        self.replies += output.replies.map(\.1)
        for call in output.calls {
            let outcome = self.world.carryOut(call.effect, call.fence)
            self.feed(.callEnded(call.fence.key, self.losesAnswers ? .unknown("lost") : outcome))
        }
    }

    var phase: Phase? { self.controller.state.evacuation?.phase }
    var last: FleetState.Finished? { self.controller.state.finished.last }

    /// Everything as at the beginning: shares, records, memberships, scale-down.
    var isAsBefore: Bool {
        let fleet = self.world.fleet
        let shares = self.world.edges.values.allSatisfy { $0.shares == fleet.homeShares }
        let records = fleet.geographies.allSatisfy {
            self.world.records[HostName($0.1.host)] == fleet.entryAddresses([$0.1.home])
        }
        let instances = self.world.providers.allSatisfy { region, provider in
            let fresh = World(fleet: fleet).providers[region]?.instances ?? []
            return !provider.isFrozen
                && fresh.allSatisfy { one in
                    provider.instances.contains { $0.id == one.id && $0.membership == one.membership }
                }
        }
        return shares && records && instances
    }
}
