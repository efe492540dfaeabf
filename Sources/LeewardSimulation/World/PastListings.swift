import LeewardModel

/// What one region's provider listed in the last minutes, for a list that is consistent only in the end.
struct PastListings: Sendable {
    /// No list is older than this: what real providers promise, and a little more.
    private static let memory = Span.seconds(600)

    /// When the present fault of the list began: nothing older than that is shown.
    var since: Int64 = 0
    /// Oldest first; milliseconds of the world.
    private var kept: [(at: Int64, report: CapacityReport)] = []

    mutating func keep(_ report: CapacityReport, at now: Int64) {
        self.kept.append((now, report))
        if let first = self.kept.first, now - first.at > 2 * Self.memory.milliseconds {
            self.kept.removeAll { now - $0.at > Self.memory.milliseconds }
        }
    }

    /// The list as it was, under the number that an answer has now: who asks cannot tell that it is old.
    func report(now: Int64, lateBy span: Span) -> CapacityReport? {
        let shown = max(self.since, now - span.milliseconds)
        guard let sequence = self.kept.last?.report.sequence,
            var old = self.kept.last(where: { $0.at <= shown })?.report
        else { return nil }
        old.sequence = sequence
        return old
    }
}
