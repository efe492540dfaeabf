import LeewardModel

/// What the probes of one region say.
struct ProbeEvidence: Sendable, Equatable {
    /// Vantages of other regions, in order, whose control probes pass and that see fewer than half succeed.
    var failing: [RegionID] = []
    /// Those of them that see nothing succeed at all.
    var dead: [RegionID] = []
    /// Other regions with fresh probes of this one and passing control probes.
    var reporting: [RegionID] = []
    /// Attempts and successes from the failing vantages.
    var attempts = 0
    var good = 0
    /// The same from every vantage outside whose control probes pass.
    var allAttempts = 0
    var allGood = 0
    /// Every vantage that reports, inside included, saw every single probe succeed.
    var isAllGood = false
    /// The region's own agent, which no link between regions stands between, saw every single probe of it succeed.
    var isGoodInside = false
    /// Some vantage, inside included, said something.
    var hasAny = false

    /// Two other regions or more, and most of those that look, by their traffic (S20): one link is nobody's outage.
    var fails = false
    /// The same, with nothing succeeding at all.
    var isDead = false
    /// The only other region that the fleet has sees fewer than half succeed: one link, which says nothing alone (S20).
    var failsForTheOther = false
    /// The same, with nothing succeeding at all.
    var isDeadForTheOther = false

    /// How much they say, -1/3...1/3: few vantages that fail do not outvote the others, so they never speak for "sick".
    var weight: Double {
        if self.fails || self.failsForTheOther {
            return Weighing.weight(Weighing.ratio(good: self.good, of: self.attempts, border: ProbeJudge.border))
        }
        let all = Weighing.ratio(good: self.allGood, of: self.allAttempts, border: ProbeJudge.border)
        return min(0, Weighing.weight(all))
    }

    var text: String {
        if !self.failing.isEmpty {
            return "probes from \(Words.list(self.failing)) fail: \(self.good) of \(self.attempts) good"
        }
        if self.isAllGood { return "probes from \(Words.list(self.reporting)) and from inside are all good" }
        return self.hasAny ? "probes are neither all good nor failing" : "there are no fresh probes"
    }
}

/// What the last probe windows said; where all is well the next ones are mostly the same, and need not be read again.
struct ProbeMemory: Sendable, Equatable {
    private var windows: [ProbeWindow]?
    private var traffic: SortedMap<RegionID, Double> = [:]
    private(set) var evidence: SortedMap<RegionID, ProbeEvidence> = [:]

    /// - Parameter traffic: As for `ProbeJudge`.
    mutating func take(_ windows: [ProbeWindow], regions: [RegionID], traffic: SortedMap<RegionID, Double>) {
        guard windows != self.windows || traffic != self.traffic else { return }
        (self.windows, self.traffic) = (windows, traffic)
        let judge = ProbeJudge(windows, regions: regions, traffic: traffic)
        self.evidence = SortedMap(regions.map { ($0, judge.evidence(about: $0)) })
    }
}

/// Reads the probe windows of the whole fleet.
struct ProbeJudge: Sendable {
    /// A vantage with fewer attempts in its window says nothing bad yet.
    static let enoughAttempts = 3
    /// A vantage fails that sees less than this part succeed.
    static let border = 0.5

    /// Of three vantages or more, none weighs more than this part of all, however large its region is.
    static let mostWeight = 1.0 / 3

    private let regions: [RegionID]
    private let weights: SortedMap<RegionID, Double>
    /// Target -> vantage -> window.
    private var windows: SortedMap<RegionID, SortedMap<RegionID, ProbeWindow>> = [:]

    /// - Parameter traffic: What each region's users make; vantages weigh by it where it is known of all of them.
    init(_ windows: [ProbeWindow], regions: [RegionID], traffic: SortedMap<RegionID, Double> = [:]) {
        self.regions = regions
        self.weights = traffic
        for window in windows
        where window.attempts > 0 && (0...window.attempts).contains(window.good)
            && regions.contains(window.vantage) && regions.contains(window.target)
        { self.windows[window.target, default: [:]][window.vantage] = window }
    }

    func evidence(about target: RegionID) -> ProbeEvidence {
        var result = ProbeEvidence()
        let seen = self.windows[target] ?? [:]
        result.hasAny = !seen.isEmpty
        var outside = 0
        var spotless = true
        for (vantage, window) in seen {
            spotless = spotless && window.good == window.attempts
            guard vantage != target else {
                result.isGoodInside = window.attempts >= Self.enoughAttempts && window.good == window.attempts
                continue
            }
            outside += 1
            guard self.controlsPass(vantage, besides: target) else { continue }
            result.reporting.append(vantage)
            result.allAttempts += window.attempts
            result.allGood += window.good
            guard window.attempts >= Self.enoughAttempts, window.good * 2 < window.attempts else { continue }
            result.failing.append(vantage)
            if window.good == 0 { result.dead.append(vantage) }
            result.attempts += window.attempts
            result.good += window.good
        }
        result.fails = self.isMost(result.failing, of: result.reporting)
        result.isDead = self.isMost(result.dead, of: result.reporting)
        result.failsForTheOther = self.regions.count == 2 && !result.failing.isEmpty
        result.isDeadForTheOther = self.regions.count == 2 && !result.dead.isEmpty
        let witnesses = self.regions.count { $0 != target && !self.isGone($0) }
        result.isAllGood = spotless && seen[target] != nil && outside >= max(1, min(2, witnesses))
        return result
    }

    /// A region that says nothing and in which nobody gets anything is no witness that could be waited for.
    private func isGone(_ region: RegionID) -> Bool {
        if self.windows.values.contains(where: { $0[region] != nil }) { return false }
        let seen = self.windows[region] ?? [:]
        return !seen.isEmpty && seen.values.allSatisfy { $0.attempts >= Self.enoughAttempts && $0.good == 0 }
    }

    private func isMost(_ some: [RegionID], of all: [RegionID]) -> Bool {
        guard some.count >= 2 else { return false }
        let isKnown = all.allSatisfy { (self.weights[$0] ?? 0) > 0 }
        let plain = all.map { isKnown ? self.weights[$0] ?? 0 : 1 }
        let most = all.count >= 3 ? plain.reduce(0, +) * Self.mostWeight : .infinity
        var (part, total) = (0.0, 0.0)
        for (region, weight) in zip(all, plain) {
            let counted = min(weight, most)
            total += counted
            if some.contains(region) { part += counted }
        }
        return part * 2 > total
    }

    /// A vantage that cannot reach anybody else says something about itself.
    ///
    /// Where nobody else exists, it asks itself.
    private func controlsPass(_ vantage: RegionID, besides target: RegionID) -> Bool {
        let others = self.regions.filter { $0 != target && $0 != vantage }
        for other in others.isEmpty ? [vantage] : others {
            if let window = self.windows[other]?[vantage], window.good * 10 >= window.attempts * 8 { return true }
        }
        return false
    }
}
