import LeewardModel

/// Turns the regions' verdicts into one for the fleet: normal, one region's problem, everybody's, or unknown.
struct FleetJudge: Sendable {
    /// A region whose unknown health hides less than this part of all expected traffic does not matter (S02).
    static let weightThatMatters = 0.01
    /// Two dips within this many buckets are one event (S19).
    static let windowInBuckets = 2

    var limits: Limits
    /// In order; everything else is by the number of the region.
    var regions: [RegionID]
    var evidence: [RegionEvidence]
    var served: [MetricJudgement]
    var memory: [RegionMemory]
    var now: Timestamp

    func verdict() -> (verdict: Verdict, reason: Sentence, needsPerson: Bool) {
        let (verdict, reason) = self.byEvidence()
        guard case .regional(let region) = verdict,
            let rush = self.regions.firstIndex(of: region).flatMap({ self.memory[$0].attack })
        else {
            return (verdict, reason, false)
        }
        let times = "\(region) is sick, but requests there rose to \(Words.rate(rush)) times the usual before it fell"
        let attack = "\(times): an attack would follow its users into the saviors; \(reason.text)"
        return (.unknown, Sentence(attack), true)
    }

    private func byEvidence() -> (Verdict, Sentence) {
        let bad = self.names { self.memory[$0].health == .sick || self.dippedLately($0) }
        if bad.count >= 2 {
            return (
                .global,
                Sentence { [window] in "\(Words.list(bad)) dip within \(window): leaving one would not help (S19)" }
            )
        }
        if let aggregate = self.aggregateDip() { return (.global, aggregate) }
        let unknown = self.names { self.memory[$0].health == .unknown && self.matters($0) }
        guard let sick = self.regions.indices.first(where: { self.memory[$0].health == .sick }) else {
            guard unknown.isEmpty else {
                return (.unknown, Sentence { "\(Words.list(unknown)): health unknown (S18)" })
            }
            return (.normal, Sentence("every region that matters is healthy"))
        }
        let region = self.regions[sick]
        guard unknown.isEmpty else {
            return (.unknown, Sentence { "\(region) is sick, and nobody knows about \(Words.list(unknown)) (S02)" })
        }
        let suspects = self.names { $0 != sick && self.evidence[$0].isSuspect }
        guard suspects.isEmpty else {
            let next = Sentence {
                "\(region) is sick, and \(Words.list(suspects)) may be next: too early to call it regional"
            }
            return (.unknown, next)
        }
        let own = self.evidence[sick]
        return (.regional(region), Sentence { "only \(region) is sick: \(own.text)" })
    }

    private func names(_ isMeant: (Int) -> Bool) -> [RegionID] {
        self.regions.indices.filter(isMeant).map { self.regions[$0] }
    }

    /// Part of what is expected that another region lacks beyond any doubt of its own noise.
    private static let leastAlike = 0.05
    private static let certain = 4.0
    /// Of a region whose own metric says nothing so much is taken to be missing.
    private static let assumed = 0.3

    /// Other regions that lack a part like the one that the only sick region lacks, though less than the limit.
    ///
    /// A trouble of everybody hits regions unevenly: one is below the limit before the others, or alone for ever (S19).
    func alike(_ region: RegionID) -> [RegionID] {
        let number = self.regions.firstIndex(of: region)
        let mine = max(number.flatMap { Self.missing(self.served[$0]) }?.part ?? 0, Self.assumed)
        return self.names { other in
            guard other != number, let (part, deviation) = Self.missing(self.served[other]) else { return false }
            return part > max(DipArbiter.alike * mine, Self.certain * deviation, Self.leastAlike)
        }
    }

    /// Part of the expectation that the two newest buckets lack, and its deviation; nil where nobody can say.
    private static func missing(_ metric: MetricJudgement) -> (part: Double, deviation: Double)? {
        let newest = metric.buckets.prefix(2)
        let expected = newest.reduce(0) { $0 + $1.expected }
        guard metric.state == .judged, newest.count == 2, expected > 0 else { return nil }
        return (1 - newest.reduce(0) { $0 + $1.value } / expected, metric.spread / 2.0.squareRoot())
    }

    private var window: Span { self.limits.bucket * Self.windowInBuckets }

    private func dippedLately(_ region: Int) -> Bool {
        self.memory[region].lastDip.map { self.now - $0 <= self.window } ?? false
    }

    /// Unknown expectation counts as weight: nobody can say that it is small.
    private func matters(_ region: Int) -> Bool {
        guard let own = self.served[region].expectedNow else { return true }
        let total = self.served.reduce(0) { $0 + ($1.expectedNow ?? 0) }
        return own > total * Self.weightThatMatters
    }

    /// All regions except the weakest, added up bucket by bucket: a dip that no single region shows clearly enough.
    private func aggregateDip() -> Sentence? {
        let judged = self.served.map(\.buckets).filter { !$0.isEmpty }
        guard judged.count >= 3, let longest = judged.max(by: { $0.count < $1.count }) else { return nil }
        var run = 0
        var newest = (value: 0.0, expected: 0.0)
        for reference in longest {
            var buckets: [JudgedBucket] = []
            for series in judged {
                if let bucket = series.first(where: { self.isSameBucket($0.time, reference.time) }) {
                    buckets.append(bucket)
                }
            }
            let weakest = buckets.indices.min {
                buckets[$0].value * buckets[$1].expected < buckets[$1].value * buckets[$0].expected
            }
            guard buckets.count >= 3, let weakest else { break }
            buckets.remove(at: weakest)
            let value = buckets.reduce(0) { $0 + $1.value }
            let expected = buckets.reduce(0) { $0 + $1.expected }
            guard value * 10_000 < expected * Double(self.limits.dipBelow) else { break }
            if run == 0 { newest = (value, expected) }
            run += 1
        }
        guard run >= self.limits.reliefAfter else { return nil }
        let numbers = "\(Words.rate(newest.value)) of \(Words.rate(newest.expected)) expected"
        let share = Words.percent(newest.value, of: newest.expected)
        return Sentence(
            "all regions but the weakest serve \(numbers) (\(share)), \(Words.count(run, "bucket")) in a row (S19)"
        )
    }

    private func isSameBucket(_ left: WallTime, _ right: WallTime) -> Bool {
        abs((left - right).milliseconds) * 2 < self.limits.bucket.milliseconds
    }
}
