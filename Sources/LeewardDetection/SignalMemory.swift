import LeewardModel

/// The newest answer of the metrics store and what was judged from it; judged once, aged at every look.
struct SignalMemory: Sendable, Equatable {
    private var report: SignalReport?
    /// When the report's `readAt` was first heard: a store whose clock stands still ages like one that is silent.
    private var heard = Timestamp(milliseconds: 0)
    private var isFirst = true
    var served: SortedMap<RegionID, MetricJudgement> = [:]
    var entered: SortedMap<RegionID, MetricJudgement> = [:]

    /// True when there is something new to judge.
    mutating func take(_ input: DetectionInput, at now: Timestamp) -> Bool {
        defer { self.isFirst = false }
        guard input.signals != self.report else { return self.isFirst }
        if input.signals?.readAt != self.report?.readAt { self.heard = now - max(input.signalsAge, .zero) }
        self.report = input.signals
        return true
    }

    func judge(limits: Limits) -> BucketJudge {
        BucketJudge(
            limits: limits,
            live: SeriesTable(self.report?.live ?? []),
            baseline: Baseline(self.report?.baseline ?? []),
            readAt: self.report?.readAt ?? WallTime(milliseconds: 0),
            heard: self.heard,
            problem: self.report == nil ? "the metrics store has not answered yet" : self.report?.problem
        )
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
