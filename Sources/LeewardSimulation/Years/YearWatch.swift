import LeewardEngine
import LeewardModel

/// Looks, judges what was decided, and ends what is over as a person would.
struct YearWatch: Sendable {
    /// A step is searched for this long.
    private static let patience = 60
    /// A region is asked whether it is well for so long before a person brings its users home.
    private static let well = 300
    /// A full bucket holds as many requests.
    private static let full = 500.0
    private static let readable = 60.0

    private(set) var stage: YearStage
    private let truth: YearTruth
    private let seed: UInt64
    private let year: Int
    private var tally = YearTally()
    private var steps: [Step] = []
    private var lastLook = 0

    /// A step that somebody should notice.
    private struct Step: Sendable {
        var event: YearEvent
        var load: Double
        var wasNormal: Bool
        var noticed: Int?
        var called: Int?
    }

    init(_ stage: YearStage, seed: UInt64, year: Int) {
        self.stage = stage
        self.truth = YearTruth(events: stage.world.events, reach: stage.bucket * 4)
        self.seed = seed
        self.year = year
    }

    /// True while nothing is active and every region is well.
    var isAtRest: Bool {
        self.stage.controller.state.evacuation == nil && self.stage.controller.state.verdict == .normal
    }

    mutating func look(_ end: Int) {
        let wasNormal = self.stage.controller.state.verdict == .normal
        let records = self.stage.look(end)
        self.judge(records, end)
        if self.stage.bucket < 60 { self.follow(wasNormal, end) }
        self.bringHome(end)
        self.lastLook = end
    }

    mutating func finish() -> YearTally {
        for step in self.steps { self.close(step) }
        self.steps = []
        self.tally.looks = self.stage.looks
        self.tally.buckets = self.stage.buckets
        return self.tally
    }

    // MARK: - Decisions

    private mutating func judge(_ records: [Record], _ end: Int) {
        for record in records {
            switch record {
            case .opened(let evacuation, _): self.judge("relief", evacuation, end)
            case .approved:
                guard let evacuation = self.stage.controller.state.evacuation else { continue }
                self.judge("evacuation", evacuation, end)
            default: break
            }
        }
    }

    private mutating func judge(_ what: String, _ evacuation: Evacuation, _ end: Int) {
        let name = evacuation.evacuee
        guard let region = self.stage.world.shape.regions.firstIndex(where: { $0.name == name }) else { return }
        self.tally.story.append("\(end) \(what) \(name)")
        let cause: String
        var kind = what
        switch self.truth.judge(region, at: end) {
        case .right:
            if what == "relief" { self.tally.reliefsRight += 1 } else { self.tally.evacuationsRight += 1 }
            return
        case .elsewhereToo(let text):
            cause = text
            kind += " while others fail too"
        case .wrong(let text): cause = text
        }
        var said = ""
        if case .verdict(let sentence) = evacuation.origin { said = sentence }
        self.tally.wrong.append(
            YearTally.Wrong(
                what: kind,
                seed: self.seed,
                year: self.year,
                time: end,
                bucket: self.stage.bucket,
                region: name.text,
                cause: "\(cause); it said: \(said)"
            )
        )
    }

    /// Nobody was moved, so a person ends what hardened once the region is well again.
    private mutating func bringHome(_ end: Int) {
        guard let evacuation = self.stage.controller.state.evacuation, evacuation.phase != .relieving,
            !evacuation.isReturning, end % 60 == 0,
            let region = self.stage.world.shape.regions.firstIndex(where: { $0.name == evacuation.evacuee }),
            !stride(from: end - Self.well, through: end, by: 30).contains(where: { self.truth.isSick(region, at: $0) })
        else { return }
        _ = self.stage.rollBack(at: end)
    }

    // MARK: - How long it takes

    private mutating func follow(_ wasNormal: Bool, _ end: Int) {
        guard self.lastLook > 0 else { return }
        for event in self.stage.world.events.between(self.lastLook, end + 1)
        where event.isStep && event.depth >= 0.18 && event.from > self.lastLook - 5 && event.from <= end - 5
            && event.to - event.from >= Self.patience && !self.steps.contains(where: { $0.event.from == event.from })
        {
            let near = self.stage.world.events.between(event.from - 3_600, event.from + Self.patience)
            guard near.count == 1, let region = event.regions.first else { continue }
            // As many independent requests as tell as much.
            let load =
                self.stage.world.curve.rate(region, event.from) * Double(self.stage.bucket)
                / self.stage.world.shape.clumping
            guard load >= Self.readable else { continue }
            self.steps.append(Step(event: event, load: load, wasNormal: wasNormal))
        }
        let verdict = self.stage.controller.state.verdict
        for index in self.steps.indices where end - self.steps[index].event.from <= 300 {
            let event = self.steps[index].event
            let seconds = end - event.from
            if verdict != .normal, self.steps[index].noticed == nil { self.steps[index].noticed = seconds }
            if case .regional = verdict, self.steps[index].called == nil { self.steps[index].called = seconds }
        }
    }

    private mutating func close(_ step: Step) {
        guard step.wasNormal else { return }
        var found = YearTally.Found()
        if let noticed = step.noticed, noticed <= Self.patience { found.noticed = [noticed] } else { found.missed = 1 }
        if let called = step.called { found.called = [called] }
        if step.load < Self.full {
            if step.event.depth >= 0.2 { self.tally.sparse.add(found) }
            return
        }
        if step.event.depth >= 0.2 { self.tally.full.add(found) }
        if step.event.depth <= 0.25 { self.tally.shallow.add(found) }
    }
}
