import LeewardModel

/// What a zone is published by: a planner, several enactors and a cleaner, as in October 2025 (INCIDENTS I15).
struct ZoneSetting: Sendable {
    /// Records of the whole zone that somebody wants, by host.
    typealias Content = SortedMap<HostName, [String]>

    var hosts: [HostName]
    /// What the zone has at the start, under generation 1.
    var home: Content
    /// What the planner is asked for, one after another; those that its gates refuse never become a generation.
    var proposals: [Content]
    var servers = 1
    var enactors = 2
    /// So many generations before the one in the zone are kept.
    var keep: Int64 = 0
    /// Names that one change may touch, in basis points of all names; 10_000 switches S15.maxChange off.
    var maxChange = 5000
    var receivers = Receivers()
    /// So many processes die, each at any instruction.
    var crashes = 0
    /// True when a restart is a new term of office with an epoch of its own.
    var startsTerms = false

    static func server(_ index: Int) -> String { "ns\(index + 1)" }
    static let key: EffectKey = "e1/zone/g1"
}

extension ZoneSetting {
    static let here = ["192.0.2.1"]
    static let there = ["198.51.100.1"]
    static let elsewhere = ["203.0.113.1"]
    static let stranger = ["192.0.2.99"]
    static let names: [HostName] = ["a.test", "b.test"]

    /// Two names; the first moves twice.
    static func small() -> ZoneSetting {
        let home: Content = ["a.test": Self.here, "b.test": Self.here]
        var first = home
        first["a.test"] = Self.there
        var second = home
        second["a.test"] = Self.elsewhere
        return ZoneSetting(hosts: Self.names, home: home, proposals: [first, second])
    }
}

/// What planner, enactors and cleaner share beside the zone: the generations that were planned.
struct StoredPlan: Hashable, Sendable {
    /// Sets that the cleaner has taken away are missing.
    var sets: ZoneSetting.Content
    /// True from the moment that it is to go: nobody takes it in hand any more.
    var isRetired = false
}

/// One process as a list of instructions; everything that it knows dies with it.
struct ZoneActor: Hashable, Sendable {
    enum Role: Hashable, Sendable { case planner, enactor, cleaner }

    /// What it does next; between two of them any time may pass.
    ///
    /// What nobody else can see is no instruction of its own.
    enum Instruction: Hashable, Sendable {
        /// Planner: takes what was asked for through the gates. Enactor: picks the newest plan. Cleaner: begins to look.
        case rest
        /// Planner: writes the plan down.
        case write
        /// Registers the plan that it is about to take; survives its death.
        case hold
        case load
        case read(Int)
        /// Asks the planner for the same content above this generation.
        case renew(Generation)
        case send(Int)
        case mark
        case ask
        case withdraw(Int)
        case forget
        case release
        case down
    }

    var role: Role
    var at: Instruction = .rest
    var epoch = Epoch(1)
    /// What the cleaner sees when it asks; registered outside of the process.
    var held: Generation?

    // MARK: - What is lost with the process

    /// The generation that it works for, or that it removes.
    var generation: Generation?
    var content: ZoneSetting.Content?
    var report = ZoneReport(servers: [], silent: [])
    var effect: Effect?
    var spared: [Generation] = []
    /// Nothing is to be done before the planner has a generation above this one.
    var waitsAbove: Generation?

    init(_ role: Role, epoch: Epoch) {
        self.role = role
        self.epoch = epoch
    }
}
