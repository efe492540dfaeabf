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
    var text: String

    /// `entered` counts only where the region itself serves most of who enters: otherwise it judges somebody else.
    init(region: RegionID, served: MetricJudgement, entered: MetricJudgement, servesOwnEntry: Bool, limits: Limits) {
        let entry = servesOwnEntry && served.state != .quiet ? entered : MetricJudgement(state: .quiet)
        self.badRun = max(served.badRun, entry.badRun)
        self.goodRun = entry.state == .judged ? min(served.goodRun, entry.goodRun) : served.goodRun
        let servedText = Self.text("serves", region, served, limits)
        if entry.badRun > served.badRun {
            self.state = .dips
            self.weight = entry.weight(limits.bucket)
            self.text = Self.text("at its entry gives users", region, entry, limits)
            if served.state != .judged { self.text += "; \(servedText)" }
            return
        }
        switch served.state {
        case .quiet: self.state = .quiet
        case .gap: self.state = .gap
        case .judged: self.state = self.badRun > 0 ? .dips : .fine
        }
        self.weight = served.weight(limits.bucket)
        self.entersWell = self.state == .gap && entry.state == .judged && entry.goodRun >= limits.reliefAfter
        self.text = servedText
        if self.entersWell { self.text += "; \(Self.text("at its entry gives users", region, entry, limits))" }
        if case .gap(let reason) = entry.state { self.text += "; \(reason)" }
    }

    private static func text(_ verb: String, _ region: RegionID, _ metric: MetricJudgement, _ limits: Limits) -> String
    {
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
        return run < limits.reliefAfter
            ? "\(region) \(verb) \(numbers), \(run == 1 ? "one" : String(run)) bad bucket of \(limits.reliefAfter)\(proof)"
            : "\(region) \(verb) \(numbers), \(Words.count(run, "bucket")) in a row\(proof)"
    }
}
