public import LeewardDetection
public import LeewardModel

/// Runs the past through the controller itself, bucket by bucket and in the order in which it came.
///
/// Another shell of the engine, without IO: reports as the daemon would have read them go in, calls that come out are
/// dropped. No capacity provider answers, so that every rung waits (S06, S09) and history is judged with nobody moved.
public enum Replay {
    /// What this setting would have done; what comes later in the input never changes what was said before.
    ///
    /// - Parameters:
    ///   - input: The past; buckets of another length than the fleet's are judged with `staleAfter` of as many buckets.
    ///   - setting: What is compared.
    ///   - fleet: As the fleet file says; its policy is taken to let automation act.
    ///   - progress: Told now and then which part is done, 0...1.
    public static func run(
        _ input: ReplayInput,
        _ setting: ReplaySetting,
        fleet: Fleet,
        progress: (Double) -> Void = { _ in }
    ) -> ReplayResult {
        let past = ReplayPast(input, regions: fleet.regions.keys)
        var run = ReplayRun(past, self.fleet(fleet, past.length, setting), setting)
        let stretch = max(1, past.count / 100)
        for bucket in 0..<past.count {
            if bucket % stretch == 0 { progress(Double(bucket) / Double(past.count)) }
            run.pass(bucket)
        }
        progress(1)
        return ReplayResult(
            setting: setting,
            bucket: .seconds(Int64(past.length)),
            regions: run.story.regions,
            marks: run.story.marks,
            observed: run.observed
        )
    }

    /// The fleet with the buckets of the past, under this setting, and free to act.
    static func fleet(_ fleet: Fleet, _ length: Int, _ setting: ReplaySetting) -> Fleet {
        var fleet = fleet
        fleet.policy = Policy(relief: .act, evacuation: .act)
        let bucket = Span.seconds(Int64(length))
        let usual = max(1, fleet.limits.bucket.milliseconds)
        fleet.limits.staleAfter = .init(
            milliseconds: (fleet.limits.staleAfter.milliseconds * bucket.milliseconds + usual - 1) / usual
        )
        fleet.limits.bucket = bucket
        fleet.limits.dipBelow = setting.dipBelow(fleet.limits.dipBelow)
        // Capacity that nobody lists must stop every rung, whatever the services are.
        for service in fleet.services.keys { fleet.services[service]?.isCritical = true }
        return fleet
    }
}

/// A controller on its way through the past.
struct ReplayRun: Sendable {
    /// A report is read this long after its newest bucket ended, as the daemon does.
    static let settling: Span = .milliseconds(1_050)
    /// The daemon asks for history this often, and caches baselines for so long.
    private static let historyEvery: Span = .minutes(10)
    private static let baselineEvery: Span = .minutes(1)
    /// Less history than this begins no watch: two days between the first and the last of the means.
    private static let leastHistory: Span = .days(2) + .minutes(20)
    private static let person: Principal = "operator"

    private let past: ReplayPast
    private let fleet: Fleet
    private let length: Span
    private var controller: Controller
    private var edges: ReplayEdges
    private var baseline: [Sample] = []
    private var baselineAt: WallTime?
    private var historyAt: WallTime?
    private var learnt = 0
    private(set) var story: ReplayStory
    private(set) var observed = 0

    init(_ past: ReplayPast, _ fleet: Fleet, _ setting: ReplaySetting) {
        self.past = past
        self.fleet = fleet
        self.length = .seconds(Int64(past.length))
        let start = Timestamp(milliseconds: Int64(past.start) * 1_000)
        self.controller = Controller(fleet: fleet, journal: [], boot: "replay", at: start)
        self.controller.detector.caution = setting.caution
        self.edges = ReplayEdges(fleet)
        self.story = ReplayStory(fleet)
        for region in past.regions { self.story.teach(region, seconds: past.taught(region)) }
        _ = self.controller.begin(at: start)
    }

    /// One bucket: what the agents report, what the store answers, and what the controller makes of it.
    mutating func pass(_ bucket: Int) {
        let end = self.past.start + (bucket + 1) * self.past.length
        let wall = WallTime(milliseconds: Int64(end) * 1_000) + Self.settling
        let now = Timestamp(milliseconds: wall.milliseconds)
        self.learn(wall, now)
        self.refresh(wall)
        var records: [Record] = []
        let buckets = SortedMap(
            self.past.regions.map { region in
                let time = WallTime(milliseconds: Int64(end) * 1_000)
                let promise = self.controller.detector.promise(region, at: time, baseline: self.baseline)
                return (region, ReplayEdges.Bucket(self.past.rate(region, bucket), promise))
            }
        )
        for (before, report) in self.edges.reports(buckets, length: self.length) {
            records += self.controller.step(.edgeReported(report), at: now - before).records
        }
        let report = SignalReport(readAt: wall, live: self.past.live(through: bucket), baseline: self.baseline)
        records += self.controller.step(.signalsArrived(report), at: now).records
        records += self.comeBack(now)
        self.note(bucket, records, end)
    }

    private mutating func note(_ bucket: Int, _ records: [Record], _ end: Int) {
        self.story.look(self.controller, records, at: end)
        let stamp = WallTime(milliseconds: Int64(end) * 1_000)
        var isObserved = false
        for region in self.past.regions {
            guard let rate = self.past.rate(region, bucket) else { continue }
            isObserved = true
            let served = self.controller.detector.served(by: region)
            self.story.take(
                region,
                end - self.past.length,
                rate: rate,
                served.flatMap { $0.end == stamp ? $0 : nil },
                self.controller
            )
        }
        if isObserved { self.observed += 1 }
    }

    /// History as the daemon gets it; again once another series has enough for a watch: more of the same changes nothing.
    private mutating func learn(_ wall: WallTime, _ now: Timestamp) {
        guard self.historyAt.map({ wall - $0 >= Self.historyEvery }) ?? true else { return }
        let enough = self.past.series(before: wall, atLeast: Self.leastHistory)
        if self.historyAt == nil || enough > self.learnt {
            _ = self.controller.step(.historyArrived(self.past.history(at: wall)), at: now - self.length)
            self.learnt = enough
        }
        self.historyAt = wall
    }

    private mutating func refresh(_ wall: WallTime) {
        guard self.baselineAt.map({ wall - $0 >= Self.baselineEvery }) ?? true else { return }
        self.baseline = self.past.baseline(at: wall)
        self.baselineAt = wall
    }

    /// A person ends what hardened or is held once the region has been well for `stableFor`: nobody was moved.
    private mutating func comeBack(_ now: Timestamp) -> [Record] {
        guard let evacuation = self.controller.state.evacuation, evacuation.phase != .relieving,
            !evacuation.isReturning, self.controller.health(evacuation.evacuee) == .healthy,
            let since = self.controller.assessment.probesGoodSince[evacuation.evacuee],
            now - since >= self.fleet.limits.stableFor
        else { return [] }
        let command = Input.commandArrived(CommandID(now.milliseconds), .rollback, by: Self.person)
        return self.controller.step(command, at: now).records
    }
}
