import LeewardModel

/// The business metric of one region, from both of its counts: by the serving region and by the region of entry.
struct BusinessEvidence: Sendable, Equatable {
    enum State: Sendable, Equatable {
        case fine
        /// The newest buckets are bad, at least one.
        case dips
        /// No users are expected: only probes can speak.
        case quiet
        case gap
    }
    var state: State
    /// Bad buckets in a row, newest first.
    var badRun: Int
    /// Good buckets in a row, newest first.
    var goodRun: Int
    /// Nothing is known of what the region serves, and its users are counted to be as well served as ever.
    var entersWell = false
    /// How much it says, -1/3...1/3.
    var weight: Double
    private let region: RegionID
    private let served: MetricJudgement
    private let entry: MetricJudgement
    private let reliefAfter: Int

    /// `entered` counts only where the region itself serves most of who enters: otherwise it judges somebody else.
    init(region: RegionID, served: MetricJudgement, entered: MetricJudgement, servesOwnEntry: Bool, limits: Limits) {
        let entry = servesOwnEntry && served.state != .quiet ? entered : MetricJudgement(state: .quiet)
        (self.region, self.served, self.entry, self.reliefAfter) = (region, served, entry, limits.reliefAfter)
        self.badRun = max(served.badRun, entry.badRun)
        self.goodRun = entry.state == .judged ? min(served.goodRun, entry.goodRun) : served.goodRun
        if entry.badRun > served.badRun {
            self.state = .dips
            self.weight = entry.weight
            return
        }
        switch served.state {
        case .quiet: self.state = .quiet
        case .gap: self.state = .gap
        case .judged: self.state = self.badRun > 0 ? .dips : .fine
        }
        self.weight = served.weight
        self.entersWell = self.state == .gap && entry.state == .judged && entry.goodRun >= limits.reliefAfter
    }

    var text: String {
        let served = self.text("serves", self.served)
        if self.entry.badRun > self.served.badRun {
            let text = self.text("at its entry gives users", self.entry)
            return self.served.state == .judged ? text : "\(text); \(served)"
        }
        var text = served
        if self.entersWell { text += "; \(self.text("at its entry gives users", self.entry))" }
        if case .gap(let reason) = self.entry.state { text += "; \(reason)" }
        return text
    }

    private func text(_ verb: String, _ metric: MetricJudgement) -> String {
        let region = self.region
        switch metric.state {
        case .quiet: return "\(region) expects no users"
        case .gap(let reason): return "\(region): \(reason)"
        case .judged: break
        }
        guard let newest = metric.buckets.first else { return "\(region) has no bucket" }
        let share = Words.percent(newest.value, of: newest.expected)
        let numbers = "\(Words.rate(newest.value)) good starts/s of \(Words.rate(newest.expected)) expected (\(share))"
        let run = metric.badRun
        let proof = metric.proof.map { ": \($0)" } ?? ""
        if run == 0 { return "\(region) \(verb) \(numbers)" }
        return run < self.reliefAfter
            ? "\(region) \(verb) \(numbers), \(run == 1 ? "one" : String(run)) bad bucket of \(self.reliefAfter)\(proof)"
            : "\(region) \(verb) \(numbers), \(Words.count(run, "bucket")) in a row\(proof)"
    }
}
