public import LeewardModel

/// What completed since a rung was loaded everywhere.
public struct RungEvidence: Hashable, Sendable {
    /// Requests that this rung's plan moved, by receiver.
    public var moved: SortedMap<RegionID, RequestCounts>
    /// All user requests that each receiver's own instances served.
    public var served: SortedMap<RegionID, RequestCounts>
    /// Part of user requests that the evacuee itself still serves well, 0...1.
    public var evacueeGood: Double
    public init(
        moved: SortedMap<RegionID, RequestCounts>,
        served: SortedMap<RegionID, RequestCounts>,
        evacueeGood: Double
    ) {
        self.moved = moved
        self.served = served
        self.evacueeGood = evacueeGood
    }
}

/// The sequential tests that end a soak (S07): counts, not percentages; too few requests is no verdict.
public enum Proof: Hashable, Sendable {
    case positive(String)
    case open(String)
    case breach(Rule, String)

    /// Chance that luck alone gives a wrong "yes".
    public static let error = 0.001
    /// A planned rung must prove at most this part failing, over at least `plannedRequests` (S07).
    public static let plannedFailing = 0.01
    public static let plannedRequests = 300
    /// Fewer requests prove no receiver bad.
    public static let enough = 20

    /// Each receiver must be better than the evacuee at 0.1 % error, judged on the requests that moved to it.
    ///
    /// - Parameter isKnown: True where somebody has read that it is proven: a positive answer is then not put into words.
    public static func emergency(_ evidence: RungEvidence, isKnown: Bool = false) -> Proof {
        let failing = self.failing(evidence)
        for (region, counts) in evidence.moved {
            let completed = counts.good + counts.failed
            if self.hangs(region, evidence), let all = evidence.served[region] {
                return .breach(
                    .s08,
                    "\(region) has answered \(all.good) of \(all.started) requests, and leaves users waiting"
                )
            }
            if failing.contains(region) {
                return .breach(.s08, self.moved(region, counts) + ", no better than the evacuee")
            }
            // Another one that is not proven yet is no reason to wait with what is.
            guard failing.isEmpty else { continue }
            // Better than next to nothing is not good enough: who fails more than every other request proves nothing, and who
            // leaves them hanging neither.
            guard counts.good * 2 >= max(completed, counts.started),
                isBetter(good: counts.good, of: completed, than: evidence.evacueeGood)
            else {
                let needed = self.successesNeeded(evidence.evacueeGood)
                return .open(self.moved(region, counts) + "; \(needed) in a row prove it better")
            }
        }
        guard !evidence.moved.isEmpty else { return .open("nothing has moved yet") }
        if isKnown { return .positive("") }
        let sentences = evidence.moved.map { self.moved($0, $1) }.joined(separator: ", ")
        return .positive(sentences + ", better than the \(percent(evidence.evacueeGood)) of the evacuee")
    }

    private static func moved(_ region: RegionID, _ counts: RequestCounts) -> String {
        "\(region) served \(counts.good) of \(counts.good + counts.failed) moved requests"
    }

    /// Receivers that are proven to serve what moved to them no better than the evacuee, or less than half of it, or that hang.
    public static func failing(_ evidence: RungEvidence) -> [RegionID] {
        evidence.moved.keys.filter { region in
            let counts = evidence.moved[region] ?? RequestCounts()
            let completed = counts.good + counts.failed
            let isWorse = Double(counts.good) < Double(completed) * max(0.5, evidence.evacueeGood)
            return completed >= self.enough && isWorse || self.hangs(region, evidence)
        }
    }

    /// Of what a region that works was sent, most is answered before the soak is over; one that hangs counts no failure.
    private static func hangs(_ region: RegionID, _ evidence: RungEvidence) -> Bool {
        guard let all = evidence.served[region] else { return false }
        return all.started >= self.enough && all.good * 4 < all.started
    }

    /// Receivers that have served less than half of what was sent to them, be it that the rest fails or never ends.
    public static func wanting(_ evidence: RungEvidence) -> [RegionID] {
        evidence.moved.keys.filter { region in
            let counts = evidence.moved[region] ?? RequestCounts()
            let sent = max(counts.started, counts.good + counts.failed)
            return sent >= self.enough && counts.good * 2 < sent
        }
    }

    /// Each receiver must show at most 1 % failing over 300 completed requests, and none to speak of among those that moved.
    ///
    /// The 300 are all that the receiver's own instances completed since the rung opened: a canary of 1 % would need
    /// minutes for 300 of its own. The moved ones are judged beside them, so that a path which fails only for them is seen.
    public static func planned(_ evidence: RungEvidence) -> Proof {
        var sentences: [String] = []
        for (region, counts) in evidence.served {
            let completed = counts.good + counts.failed
            let moved = evidence.moved[region] ?? RequestCounts()
            let movedCompleted = moved.good + moved.failed
            let sentence =
                "\(region) completed \(completed) requests, \(counts.failed) failed; "
                + "\(movedCompleted) of them moved, \(moved.failed) failed"
            if Double(counts.failed) > max(3, Double(completed) * plannedFailing)
                || Double(moved.failed) > max(1, Double(movedCompleted) * plannedFailing)
            {
                return .breach(.s08, sentence)
            }
            guard completed >= plannedRequests else { return .open(sentence + "; \(plannedRequests) are needed") }
            guard moved.good > 0 else { return .open(sentence + "; none that moved has completed") }
            sentences.append(sentence)
        }
        guard !sentences.isEmpty else { return .open("nothing has completed yet") }
        return .positive(sentences.joined(separator: ", "))
    }

    /// A planned rung on the way home from saviors that serve only `part` (0...1): better than that at 0.1 % error is enough.
    public static func homeward(_ evidence: RungEvidence, than part: Double) -> Proof {
        let proof = Self.planned(evidence)
        guard case .open = proof, !evidence.served.isEmpty else { return proof }
        var sentences: [String] = []
        for (region, counts) in evidence.served {
            let completed = counts.good + counts.failed
            guard evidence.moved[region].map({ $0.good > 0 }) ?? false,
                isBetter(good: counts.good, of: completed, than: part)
            else { return proof }
            sentences.append("\(region) served \(counts.good) of \(completed) requests")
        }
        return .positive(sentences.joined(separator: ", ") + ", better than the \(percent(part)) where users are")
    }

    /// True when `good` of `completed` would be luck with a chance below 0.1 % if the true rate were `rate`.
    ///
    /// Exact binomial tail up to 200 requests; above that the normal approximation at 3.09 standard deviations.
    public static func isBetter(good: Int, of completed: Int, than rate: Double) -> Bool {
        guard completed > 0, good > 0 else { return false }
        let p = min(max(rate, 0), 0.999)
        if p <= 0 { return true }
        if completed > 200 {
            let n = Double(completed)
            return Double(good) / n > p + 3.09 * (p * (1 - p) / n).squareRoot()
        }
        // Walks down from "all good": each term follows from the one before it.
        var term = 1.0
        for _ in 0..<completed { term *= p }
        var tail = 0.0
        var successes = completed
        while successes >= good {
            tail += term
            term *= Double(successes) / Double(completed - successes + 1) * (1 - p) / p
            successes -= 1
        }
        return tail <= error
    }

    /// Successes in a row that prove better than `rate`: 8 against 40 %, 31 against 80 %.
    public static func successesNeeded(_ rate: Double) -> Int {
        let p = min(max(rate, 0), 0.999)
        var count = 1
        var chance = p
        while chance > error {
            chance *= p
            count += 1
        }
        return count
    }

    private static func percent(_ part: Double) -> String { "\(Int((part * 100).rounded())) %" }
}
