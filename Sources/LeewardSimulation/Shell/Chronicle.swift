import LeewardEngine
import LeewardModel
import LeewardSafety

/// What a run was like: its trace as one hash, and the few facts that expectations ask for.
struct Chronicle: Sendable {
    private let firstFault: Int64
    private let residual: Double
    private(set) var trace = TraceHash()
    /// Milliseconds after the first fault, by what came true.
    private(set) var verdicts: [(Verdict, Int64)] = []
    private(set) var phases: [(Phase, Int64)] = []
    private(set) var pagedAt: [Int64] = []
    private(set) var refusals: [(Rule, Int64)] = []
    private(set) var replies: [(Int64, String)] = []
    private(set) var residualAt: Int64?
    private(set) var rungs = 0
    private(set) var zoneChanges = 0
    private(set) var openings = 0
    private(set) var reliefs = 0
    private(set) var evacuations = 0
    /// A rung: when, of which evacuation, whether more left by it, and how much is away since.
    private struct Move: Sendable {
        var at: Int64
        var id: EvacuationID
        var isOutward: Bool
        var points: Int
        /// Whom they leave.
        var evacuee: RegionID?
    }
    private var moves: [Move] = []
    private var evacuee: RegionID?
    private var diedAt: [Int64] = []
    private var startedAt: [Int64] = []
    private var points = 0
    /// When a person was first told that the saviors serve less than home would: who stays is theirs to bring back (S24).
    private(set) var calledHomeAt: Int64?
    /// From when until when, nil for not yet, a person held an evacuation by which users were away.
    private(set) var holds: [(from: Int64, to: Int64?)] = []
    private let holders: [String]
    private(set) var lastEnding: Phase?
    /// The command that waits for its reply.
    var asked: Int?
    private(set) var notices: [(Int64, String)] = []
    private var sent = 0

    init(_ scenario: Scenario, fleet: Fleet) {
        self.firstFault = scenario.firstFault.milliseconds
        self.residual = Double(fleet.limits.residual) / 10_000
        self.holders = scenario.commands.compactMap { if case .hold = $0.command { "(\($0.by))" } else { nil } }
    }

    /// Milliseconds that a fault must have lasted for a move to be made on readings of it.
    ///
    /// A rung opens on readings of its receivers that are at most 2 s old, and each of them counts a second (S07).
    static let unseen: Int64 = 3000

    /// True where a fault that begins then could not be known when users were last moved out.
    ///
    /// That is so where nobody is moved out any more once it could be seen, or nobody by the evacuation that they are away by.
    func isLate(_ time: Int64) -> Bool {
        guard let last = self.moves.last(where: \.isOutward) else { return false }
        let seen = time + Self.unseen
        guard seen <= last.at else { return true }
        guard let present = self.moves.last(where: { $0.at <= time }), present.points > 0 else { return false }
        return !self.moves.contains { $0.at > seen && $0.isOutward && $0.id == present.id }
    }

    /// True where this fault of a region ended less than 3 s after its users were moved out: they left for nothing, by luck.
    func isMissed(_ end: Int64, of fault: Fault) -> Bool {
        self.moves.contains { move in
            move.isOutward && (0..<Self.unseen).contains(end - move.at) && move.evacuee.map(fault.isIn) ?? false
        }
    }

    /// Milliseconds within which everybody is home again whose region recovered just after they had left it.
    ///
    /// Two windows of probes until it is called well, a canary back, its proof, and the rest (S25).
    static let wayHome: Int64 = 30_000

    /// From a recovery until a controller has lived for `wayHome` on end: each life starts its windows over (S26).
    func wayHome(from end: Int64) -> Range<Int64> {
        var from = end
        for death in self.diedAt where death >= from && death - from < Self.wayHome {
            from = self.startedAt.first { $0 > death } ?? death
        }
        return end..<from + Self.wayHome
    }

    mutating func recorded(_ record: Record, at now: Int64) {
        self.trace.combine(now)
        self.trace.combine(record)
        let since = now - self.firstFault
        switch record {
        case .started: self.startedAt.append(now)
        case .verdict(let verdict, _, _, _): self.verdicts.append((verdict, since))
        case .opened(let evacuation, _):
            self.openings += 1
            self.evacuee = evacuation.evacuee
            self.phases.append((evacuation.phase, since))
            if evacuation.phase == .relieving { self.reliefs += 1 }
        case .phase(_, let phase, _, _):
            self.phases.append((phase, since))
            if phase.isTerminal {
                self.lastEnding = phase
                self.letGo(now)
            }
            if phase == .approved { self.evacuations += 1 }
        case .held(_, let reason, _):
            self.phases.append((.held, since))
            if self.points > 0, self.holders.contains(where: { reason.contains($0) }) {
                self.letGo(now)
                self.holds.append((now, nil))
            }
        case .resumed: self.letGo(now)
        case .turned:
            self.phases.append((.returning, since))
            self.letGo(now)
        case .rung(let id, let points, _, _, _):
            self.rungs += 1
            let isOutward = points > self.points
            self.moves.append(Move(at: now, id: id, isOutward: isOutward, points: points, evacuee: self.evacuee))
            self.points = points
        case .paged(let text):
            self.pagedAt.append(since)
            if text.contains("brings its users home"), self.calledHomeAt == nil { self.calledHomeAt = now }
        case .refused(_, _, let findings):
            for finding in findings {
                if case .refuses(let rule, _) = finding.ruling { self.refusals.append((rule, since)) }
            }
        default: break
        }
    }

    private mutating func letGo(_ now: Int64) {
        guard let last = self.holds.indices.last, self.holds[last].to == nil else { return }
        self.holds[last].to = now
    }

    mutating func sent(_ call: Call, at now: Int64) {
        self.sent += 1
        self.trace.combine(now)
        self.trace.combine(call.fence)
        self.trace.combine(call.effect)
    }

    mutating func landed(_ call: Call, _ landing: Landing) {
        if landing.changed, case .updateZone = call.effect { self.zoneChanges += 1 }
    }

    mutating func answered(_ call: Call, _ outcome: Outcome) {
        self.trace.combine(call.fence.key)
        self.trace.combine(outcome)
    }

    mutating func tell(_ notices: [Notice], at now: Int64) {
        for notice in notices {
            self.notices.append((now, notice.text))
            if notice.level == .page { self.pagedAt.append(now - self.firstFault) }
        }
    }

    /// A command was refused; each reason ends with its rule in brackets.
    mutating func refused(_ by: Principal, _ reasons: [String], at now: Int64) {
        for rule in Rule.allCases where reasons.contains(where: { $0.hasSuffix("(\(rule.rawValue))") }) {
            self.refusals.append((rule, now - self.firstFault))
        }
        self.replies.append((now, "\(by) is refused: \(reasons.joined(separator: "; "))"))
    }

    mutating func passed(_ world: World, _ story: Story) {
        if let death = story.diedAt, death != self.diedAt.last { self.diedAt.append(death) }
        guard self.residualAt == nil, let active = story.active, story.points > 0,
            let evacuee = world.names.regionIndex[active.evacuee]
        else { return }
        if world.servedPart(by: evacuee, of: story.moved) <= self.residual {
            self.residualAt = world.now - self.firstFault
        }
    }

    /// The first few things that did not come true, as sentences.
    func unmet(_ scenario: Scenario, failedOn: Double, failedOff: Double) -> [String] {
        var problems: [String] = []
        for expectation in scenario.expectations {
            let isMet: Bool =
                switch expectation {
                case .verdict(let verdict, let span):
                    self.verdicts.contains { $0.0 == verdict && $0.1 >= 0 && $0.1 <= span.milliseconds }
                case .phase(let phase, let span):
                    self.phases.contains { $0.0 == phase && $0.1 >= 0 && $0.1 <= span.milliseconds }
                case .residual(let span): self.residualAt.map { $0 <= span.milliseconds } ?? false
                case .paged(let span): self.pagedAt.contains { $0 >= 0 && $0 <= span.milliseconds }
                case .refused(let rule, let span):
                    self.refusals.contains { $0.0 == rule && $0.1 >= 0 && $0.1 <= span.milliseconds }
                case .ended(let phase): self.lastEnding == phase
                case .failuresAtMost(let points): failedOn * 10_000 <= failedOff * Double(points)
                }
            if !isMet { problems.append("expected: \(ScenarioPrinter.text(expectation))") }
        }
        for event in scenario.forbidden {
            let happened: Bool =
                switch event {
                case .shareChange: self.rungs > 0
                case .zoneChange: self.zoneChanges > 0
                case .opening: self.openings > 0
                case .phase(let phase): self.phases.contains { $0.0 == phase }
                case .verdict(let verdict): self.verdicts.contains { $0.0 == verdict && $0.1 >= 0 }
                case .reliefs(let most): self.reliefs > most
                case .evacuations(let most): self.evacuations > most
                }
            if happened { problems.append("forbidden: \(ScenarioPrinter.text(event))") }
        }
        return problems
    }
}

extension World {
    /// Part of these geographies' requests that a region's own instances are given now, 0...1.
    func servedPart(by region: Int, of geographies: [GeographyID]) -> Double {
        var all = 0.0
        var own = 0.0
        let regions = self.names.regions.count
        for name in geographies {
            guard let geography = self.names.geographyIndex[name] else { continue }
            let rate = self.arriving(geography)
            all += rate
            for entry in 0..<regions where !self.trouble.regions[entry].isEdgeDown {
                let part = self.entering[geography * regions + entry]
                own += rate * part * self.edges[entry].parts[geography * regions + region]
            }
        }
        return all > 0 ? own / all : 0
    }
}
