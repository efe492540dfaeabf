import LeewardEngine
import LeewardModel

/// The monotonic clock of one machine, in milliseconds: every reading that is taken is later than the one before.
struct MachineClock: Sendable {
    /// In hundredths of the world's time.
    private(set) var rate: Int64 = 100
    private var fromWorld: Int64 = 0
    private var from: Int64
    private var last: Int64 = .min / 4
    /// Milliseconds that the clock on the same machine's wall is ahead; nothing that is measured depends on it (S26).
    private(set) var wallOff: Int64 = 0
    /// True only in a test, whose shell measures by the clock on the wall.
    var isWall = false

    init(startsAt from: Int64) { self.from = from }

    /// Somebody sets the clock on the wall by so much.
    mutating func jump(by milliseconds: Int64) { self.wallOff += milliseconds }

    func read(at world: Int64) -> Timestamp {
        guard !self.isWall else { return Timestamp(milliseconds: 1_000_000 + world + self.wallOff) }
        return Timestamp(milliseconds: max(self.from + (world - self.fromWorld) * self.rate / 100, self.last + 1))
    }

    mutating func take(at world: Int64) -> Timestamp {
        let now = self.read(at: world)
        self.last = now.milliseconds
        return now
    }

    /// From now on it runs at another rate; it never jumps.
    mutating func bend(to rate: Int64, at world: Int64) {
        self.from += (world - self.fromWorld) * self.rate / 100
        self.fromWorld = world
        self.rate = max(1, rate)
    }

    /// A machine that was just started counts from near zero.
    mutating func reboot(at world: Int64) {
        self.fromWorld = world
        self.from = 5000
        self.last = .min / 4
    }

    /// How long the world waits until this clock has counted a span.
    func world(_ span: Span) -> Int64 { span.milliseconds * 100 / self.rate }
}

/// One process of a controller on its machine.
struct ControllerProcess: Sendable {
    /// Where a process can be frozen with something half done.
    enum Unfinished: Sendable {
        /// The output is there, and none of it is in the journal.
        case append(Output, at: Timestamp, term: Int64?)
        /// Its records are durable; the lease has not been looked at again.
        case check(Output)
        /// Its calls have passed the last check; not a byte of them is written.
        case write(Output)
    }

    /// Nil while no process runs.
    var controller: Controller?
    /// Among all processes of the run; what an earlier life sent is answered to nobody.
    var life: Int
    var boot = 1
    var clock: MachineClock
    /// Lane -> world time until which what was sent there may still run.
    var laneBusy: [String: Int64] = [:]
    /// World time until which it does nothing; nil while it runs.
    var frozenUntil: Int64?
    var unfinished: [Unfinished] = []
    /// True while it only waits for the store: what is read meanwhile is kept, the newest of each subject.
    var isWaiting = false
    private(set) var mail: [(subject: String, input: Input)] = []
    /// A pause that waits for its moment.
    var pause: (moment: PauseMoment, lasts: Span)?
    /// Records of the journal that it knows, its own included.
    var known = 0
    var isReading = false
    var readAt: Int64 = .min / 4

    init(_ index: Int) {
        self.life = index
        self.clock = MachineClock(startsAt: 1_000_000 + Int64(index) * 777_777)
    }

    /// True where it asks for readings, whether or not it can look at them at once.
    var polls: Bool { self.runs || self.controller != nil && self.isWaiting }

    var runs: Bool { self.controller != nil && self.frozenUntil == nil }

    /// Keeps what came in while the process waits for the store; one that is frozen reads nothing.
    mutating func keep(_ input: Input) {
        guard self.isWaiting, self.controller != nil, let subject = Self.subject(of: input) else { return }
        self.mail.removeAll { $0.subject == subject }
        self.mail.append((subject, input))
    }

    /// What a reading is about; nil for what is no reading.
    private static func subject(of input: Input) -> String? {
        switch input {
        case .edgeReported(let report): "edge/\(report.region)"
        case .capacityReported(let report): "capacity/\(report.region)"
        case .zoneReported: "zone"
        case .signalsArrived: "signals"
        default: nil
        }
    }

    /// Everything that was kept, in the order in which it came.
    mutating func takeMail() -> [Input] {
        let inputs = self.mail.map(\.input)
        self.mail = []
        return inputs
    }

    /// The machine forgets what the process had in memory.
    mutating func end() {
        self.controller = nil
        self.laneBusy = [:]
        self.frozenUntil = nil
        self.unfinished = []
        self.isWaiting = false
        self.mail = []
        self.pause = nil
        self.isReading = false
        self.known = 0
    }
}
