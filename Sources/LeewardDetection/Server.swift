import LeewardModel

/// What one region's own edge counts about its instances.
struct ServerEvidence: Sendable, Equatable {
    enum State: Sendable, Equatable { case fine, sick, unknown }
    var state: State
    /// How much it says, -1/3...1/3; 0 while it is unknown.
    var weight: Double
    private let window: EdgeWindow?

    /// Requests in the window below which a ratio is noise.
    static let enoughStarted = 20
    /// Below this part of what was started a region is sick.
    static let border = 0.7

    /// A region that hangs counts no errors: what was started and did not end well is missing, whatever the reason.
    init(_ window: EdgeWindow?) {
        self.window = window
        guard let counts = window?.served, Self.isEnough(counts) else {
            self.state = .unknown
            self.weight = 0
            return
        }
        self.state = counts.good * 10 < counts.started * 7 ? .sick : .fine
        let ratio = Weighing.ratio(good: counts.good, of: counts.started, border: Self.border)
        self.weight = Weighing.weight(ratio / Weighing.requestsPerFate)
    }

    private static func isEnough(_ counts: RequestCounts) -> Bool {
        counts.started >= self.enoughStarted && counts.good >= 0 && counts.failed >= 0
    }

    var text: String {
        guard let window else { return "its edge does not report" }
        let counts = window.served
        guard Self.isEnough(counts) else {
            return "its edge served \(Words.count(max(counts.started, 0), "user request")) in \(window.span)"
        }
        // Some of the good ones were started before the window.
        let good = min(counts.good, counts.started)
        let text = "its edge counts \(good) good of \(counts.started) started in \(window.span)"
        guard self.state == .sick, counts.failed * 2 < counts.started - counts.good else { return text }
        return text + ", only \(counts.failed) failed and \(counts.active) in flight: it hangs"
    }
}
