import LeewardModel

/// What the probes of one region say.
struct ProbeEvidence: Sendable, Equatable {
    /// Vantages of other regions, in order, whose control probes pass and that see fewer than half succeed.
    var failing: [RegionID] = []
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
    /// A second class of evidence beside a dip of the metric, whatever it says alone.
    var agreesWithADip: Bool { self.fails || self.failsForTheOther }

    /// How much they say, -1/3...1/3: few vantages that fail do not outvote the others, so they never speak for "sick".
    var weight: Double {
        if self.agreesWithADip {
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
    private var traffic: [Double?] = []
    /// By number of the region; empty before the first look.
    private(set) var evidence: [ProbeEvidence] = []

    /// - Parameter traffic: As for `ProbeJudge`.
    mutating func take(_ windows: [ProbeWindow], regions: [RegionID], traffic: [Double?]) {
        guard windows != self.windows || traffic != self.traffic else { return }
        (self.windows, self.traffic) = (windows, traffic)
        let judge = ProbeJudge(windows, regions: regions, traffic: traffic)
        self.evidence = regions.indices.map(judge.evidence)
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

    /// One window, of a vantage and a target that are known.
    private struct Seen: Sendable {
        var attempts: Int
        var good: Int
    }

    private let regions: [RegionID]
    private let weights: [Double?]
    /// By numbers of the regions: the row of each target, with what each vantage saw of it.
    private var seen: [Seen?]

    /// - Parameter traffic: What each region's users make; vantages weigh by it where it is known of all of them.
    init(_ windows: [ProbeWindow], regions: [RegionID], traffic: [Double?]) {
        self.regions = regions
        self.weights = traffic
        self.seen = Array(repeating: nil, count: regions.count * regions.count)
        for window in windows where window.attempts > 0 && (0...window.attempts).contains(window.good) {
            guard let vantage = regions.firstIndex(of: window.vantage),
                let target = regions.firstIndex(of: window.target)
            else { continue }
            self.seen[target * regions.count + vantage] = Seen(attempts: window.attempts, good: window.good)
        }
    }

    /// What `vantage` saw of `target`; nil without a window.
    private func window(_ target: Int, from vantage: Int) -> Seen? { self.seen[target * self.regions.count + vantage] }

    /// What is known about a region, by its number.
    func evidence(about target: Int) -> ProbeEvidence {
        var result = ProbeEvidence()
        var reporting: [Int] = []
        var failing: [Int] = []
        var dead: [Int] = []
        reporting.reserveCapacity(self.regions.count)
        var outside = 0
        var isSpotless = true
        for vantage in self.regions.indices {
            guard let window = self.window(target, from: vantage) else { continue }
            result.hasAny = true
            isSpotless = isSpotless && window.good == window.attempts
            guard vantage != target else {
                result.isGoodInside = window.attempts >= Self.enoughAttempts && window.good == window.attempts
                continue
            }
            outside += 1
            guard self.controlsPass(vantage, besides: target) else { continue }
            reporting.append(vantage)
            result.allAttempts += window.attempts
            result.allGood += window.good
            guard window.attempts >= Self.enoughAttempts, window.good * 2 < window.attempts else { continue }
            failing.append(vantage)
            if window.good == 0 { dead.append(vantage) }
            result.attempts += window.attempts
            result.good += window.good
        }
        result.reporting = reporting.map { self.regions[$0] }
        result.failing = failing.map { self.regions[$0] }
        result.fails = self.isMost(failing, of: reporting)
        result.isDead = self.isMost(dead, of: reporting)
        result.failsForTheOther = self.regions.count == 2 && !failing.isEmpty
        result.isDeadForTheOther = self.regions.count == 2 && !dead.isEmpty
        let witnesses = self.regions.indices.count { $0 != target && !self.isGone($0) }
        result.isAllGood =
            isSpotless && self.window(target, from: target) != nil && outside >= max(1, min(2, witnesses))
        return result
    }

    /// A region that says nothing and in which nobody gets anything is no witness that could be waited for.
    private func isGone(_ region: Int) -> Bool {
        if self.regions.indices.contains(where: { self.window($0, from: region) != nil }) { return false }
        let seen = self.regions.indices.lazy.compactMap { self.window(region, from: $0) }
        return !seen.isEmpty && seen.allSatisfy { $0.attempts >= Self.enoughAttempts && $0.good == 0 }
    }

    private func isMost(_ some: [Int], of all: [Int]) -> Bool {
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
    private func controlsPass(_ vantage: Int, besides target: Int) -> Bool {
        let isAlone = self.regions.count <= 2
        return self.regions.indices.contains { other in
            guard isAlone ? other == vantage : other != target && other != vantage,
                let window = self.window(other, from: vantage)
            else { return false }
            return window.good * 10 >= window.attempts * 8
        }
    }
}
