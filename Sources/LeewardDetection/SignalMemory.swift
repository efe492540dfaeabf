import LeewardModel

/// The newest answer of the metrics store and what was judged from it; judged once, aged at every look.
struct SignalMemory: Sendable, Equatable {
    private var report: SignalReport?
    /// The report's samples, sorted once: a baseline stays the same for many reports.
    private var live = SeriesTable([])
    private var baseline = Baseline([])
    /// When the report's `readAt` was first heard: a store whose clock stands still ages like one that is silent.
    private var heard = Timestamp(milliseconds: 0)
    private var isFirst = true
    var served: SortedMap<RegionID, MetricJudgement> = [:]
    var entered: SortedMap<RegionID, MetricJudgement> = [:]
    private(set) var watches: SortedMap<Signal, SortedMap<RegionID, HomeWatch>> = [:]
    var caution = 1.0

    /// Begins to watch each region that this history says enough about, once.
    mutating func learn(_ history: [Sample], regions: [RegionID], bucket: Span) {
        for signal in [Signal.served, .entered] {
            let series = SeriesTable(history.filter { $0.signal == signal })
            for region in regions where self.watches[signal]?[region] == nil {
                guard let watch = HomeWatch(bucket: bucket, history: series[signal, region], caution: self.caution)
                else { continue }
                self.watches[signal, default: [:]][region] = watch
            }
        }
    }

    /// Shows the new report to the watches of these regions, which serve (or let in) exactly their own users.
    mutating func watch(_ signal: Signal, of regions: [RegionID], bucket: Span) {
        guard self.watches[signal] != nil, let report = self.report, report.problem == nil else { return }
        let series = self.live
        self.watches.update(signal) { watches in
            for region in regions {
                // What claims to come from the future would make everything after it old.
                let samples = series[signal, region].filter { $0.time - report.readAt <= bucket }
                watches.update(region) { $0.take(samples) }
            }
        }
    }

    /// True when there is something new to judge.
    mutating func take(_ input: DetectionInput, at now: Timestamp) -> Bool {
        defer { self.isFirst = false }
        guard input.signals != self.report else { return self.isFirst }
        if input.signals?.readAt != self.report?.readAt { self.heard = now - max(input.signalsAge, .zero) }
        self.live = SeriesTable(input.signals?.live ?? [])
        if input.signals?.baseline != self.report?.baseline { self.baseline = Baseline(input.signals?.baseline ?? []) }
        self.report = input.signals
        return true
    }

    func judge(limits: Limits, calendar: [CalendarEvent]) -> BucketJudge {
        BucketJudge(
            limits: limits,
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
    func usual(_ signal: Signal, of region: RegionID) -> Double? {
        guard let time = self.readAt else { return nil }
        return self.watches[signal]?[region]?.expectation(at: time) ?? self.baseline.value(signal, of: region, at: time)
    }

    func aged(
        _ judgements: SortedMap<RegionID, MetricJudgement>,
        limits: Limits,
        at now: Timestamp
    ) -> SortedMap<RegionID, MetricJudgement> {
        guard let report = self.report else { return judgements }
        return judgements.mapValues { $0.aged(by: now - self.heard, readAt: report.readAt, limits: limits) }
    }
}
