import LeewardModel

/// The newest answer of the metrics store and what was judged from it; judged once, aged at every look.
struct SignalMemory: Sendable, Equatable {
    private let regions: [RegionID]
    private var report: SignalReport?
    /// The report's samples, sorted once: a baseline stays the same for many reports.
    private var live: SeriesTable
    private var baseline: SeriesTable
    /// When the report's `readAt` was first heard: a store whose clock stands still ages like one that is silent.
    private var heard = Timestamp(milliseconds: 0)
    private var isFirst = true
    /// By number of the region.
    var served: [MetricJudgement]
    var entered: [MetricJudgement]
    private(set) var watches: BySeries<HomeWatch?>
    var caution = 1.0

    init(regions: [RegionID]) {
        self.regions = regions
        self.live = SeriesTable([], regions: regions)
        self.baseline = self.live
        self.served = Array(repeating: .init(state: .gap("no signal")), count: regions.count)
        self.entered = self.served
        self.watches = BySeries(regions: regions.count, nil)
    }

    /// Begins to watch each region that this history says enough about, once.
    mutating func learn(_ history: [Sample], bucket: Span) {
        let series = SeriesTable(history, regions: self.regions)
        for signal in [Signal.served, .entered] {
            for region in self.regions.indices where self.watches[signal, region] == nil {
                self.watches[signal, region] = HomeWatch(
                    bucket: bucket,
                    history: series[signal, region],
                    caution: self.caution
                )
            }
        }
    }

    /// Shows the new report to the watches of these regions, which serve (or let in) exactly their own users.
    mutating func watch(_ signal: Signal, of regions: [Int], bucket: Span) {
        guard let report = self.report, report.problem == nil else { return }
        // What claims to come from the future would make everything after it old.
        let end = report.readAt + bucket
        for region in regions { self.watches[signal, region]?.take(self.live[signal, region], until: end) }
    }

    /// True when there is something new to judge.
    mutating func take(_ input: DetectionInput, at now: Timestamp) -> Bool {
        defer { self.isFirst = false }
        guard input.signals != self.report else { return self.isFirst }
        if input.signals?.readAt != self.report?.readAt { self.heard = now - max(input.signalsAge, .zero) }
        self.live = SeriesTable(input.signals?.live ?? [], regions: self.regions)
        if input.signals?.baseline != self.report?.baseline {
            self.baseline = SeriesTable(input.signals?.baseline ?? [], regions: self.regions)
        }
        self.report = input.signals
        return true
    }

    func judge(limits: Limits, calendar: [CalendarEvent]) -> BucketJudge {
        BucketJudge(
            limits: limits,
            regions: self.regions,
            live: self.live,
            baseline: self.baseline,
            watches: self.watches,
            calendar: calendar,
            readAt: self.report?.readAt ?? WallTime(milliseconds: 0),
            heard: self.heard,
            problem: self.report == nil ? "the metrics store has not answered yet" : self.report?.problem
        )
    }

    /// The store's own idea of now; nil before its first answer.
    var readAt: WallTime? { self.report?.readAt }

    /// What a region's own users make of the metric at this time on other days; nil where those say nothing.
    func usual(_ signal: Signal, of region: Int) -> Double? {
        guard let time = self.readAt else { return nil }
        return self.watches[signal, region]?.expectation(at: time)
            ?? Baseline.promise(of: self.baseline[signal, region], at: time).value
    }

    /// The same judgements now: where the newest bucket became too old there is a gap.
    func aged(_ judgements: [MetricJudgement], limits: Limits, at now: Timestamp) -> [MetricJudgement] {
        guard let readAt = self.readAt else { return judgements }
        let age = now - self.heard
        guard judgements.contains(where: { $0.outdated(by: age, readAt: readAt, limits: limits) != nil }) else {
            return judgements
        }
        return judgements.map { judged in
            guard let old = judged.outdated(by: age, readAt: readAt, limits: limits) else { return judged }
            return .init(state: .gap("the newest bucket is \(old) old"), expectedNow: judged.expectedNow)
        }
    }
}
