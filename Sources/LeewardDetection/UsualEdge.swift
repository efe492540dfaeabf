import LeewardModel

/// What one region's own edge usually counts per second, learnt while the region is well.
///
/// A metric that lost a source and a tunnel that is closed to every other region look like an outage to two classes of
/// evidence. Where as many users as ever arrive at the edge and nearly all of them are served, and the region's own probes
/// are all good, it is none.
struct UsualEdge: Sendable, Equatable {
    /// Seconds within which what was learnt before fades to a half: of the usual, and of what arrives now.
    private static let fades = 300.0
    private static let fadesNow = 10.0
    /// Fewer requests than this in the window contradict nobody.
    private static let enough = 40
    /// Parts of the usual that must arrive: less where chance takes more of a count, never less than `least`.
    private static let arriving = 0.9
    private static let chances = 1.5
    private static let least = 0.75
    /// Part of those who arrive that must be served.
    private static let served = 0.95

    private var usual: Double?
    private var present = 0.0
    private var at: Timestamp?

    /// Takes one look; only a region that is well teaches what is usual.
    mutating func take(_ window: EdgeWindow?, isWell: Bool, at now: Timestamp) {
        guard let window, window.span > .zero else { return }
        let seen = Double(window.entered.started) / window.span.seconds
        let passed = self.at.map { max(0, (now - $0).seconds) } ?? .infinity
        self.at = now
        self.present = passed.isFinite ? self.present + (seen - self.present) * passed / (passed + Self.fadesNow) : seen
        guard isWell else { return }
        self.usual = self.usual.map { $0 + (seen - $0) * passed / (passed + Self.fades) } ?? seen
    }

    /// Why the edge cannot believe what metric and probes say; nil where it does not contradict.
    func doubt(_ evidence: RegionEvidence) -> String? {
        guard let usual = self.usual, let window = evidence.edge, evidence.probes.isGoodInside else { return nil }
        let served = window.served
        let expected = usual * window.span.seconds
        guard served.started >= Self.enough, expected >= Double(Self.enough) else { return nil }
        let part = max(Self.least, Self.arriving - Self.chances / expected.squareRoot())
        guard self.present >= usual * part, Double(served.good) >= Double(served.started) * Self.served else {
            return nil
        }
        let wellPart = Words.percent(min(Double(served.good), Double(served.started)), of: Double(served.started))
        return "metric and probes from outside disagree with its edge, where \(Words.rate(self.present)) requests/s of "
            + "\(Words.rate(usual)) usual ones arrive and \(wellPart) end well, and with its probes from inside (S20)"
    }
}
