import LeewardModel

/// What one region's own edge counts about its instances.
struct ServerEvidence: Sendable, Equatable {
    enum State: Sendable, Equatable { case fine, sick, unknown }
    var state: State
    var text: String

    /// Requests in the window below which a ratio is noise.
    static let enoughStarted = 20

    /// A region that hangs counts no errors: what was started and did not end well is missing, whatever the reason.
    init(_ window: EdgeWindow?) {
        guard let window else {
            self.state = .unknown
            self.text = "its edge does not report"
            return
        }
        let counts = window.served
        guard counts.started >= Self.enoughStarted, counts.good >= 0, counts.failed >= 0 else {
            self.state = .unknown
            self.text = "its edge served \(Words.count(max(counts.started, 0), "user request")) in \(window.span)"
            return
        }
        let missing = counts.started - counts.good
        self.state = counts.good * 10 < counts.started * 7 ? .sick : .fine
        self.text = "its edge counts \(counts.good) good of \(counts.started) started in \(window.span)"
        if self.state == .sick, counts.failed * 2 < missing {
            self.text += ", only \(counts.failed) failed and \(counts.active) in flight: it hangs"
        }
    }
}
