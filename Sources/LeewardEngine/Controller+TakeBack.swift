import LeewardDetection
import LeewardModel
import LeewardPlanning

extension Controller {
    /// Sends home what sick saviors got, where that leaves more requests good; says so, or nil where nothing was done.
    ///
    /// A problem that follows the traffic looks like this (a request that crashes instances), and so does a savior that was
    /// weaker than its readiness said. Until an evacuation is called evacuated it is taken to be the cause. Whether a
    /// third region is tried afterwards is another question (`leaveOut`). Of the two distributions the one with fewer
    /// predicted failures wins (L08).
    ///
    /// - Parameters:
    ///   - factor: So many times as many good requests as now.
    ///   - isProven: What moved has been counted and fails: a savior that nobody reaches is then not waited for.
    mutating func takeBack(
        _ evacuation: Evacuation,
        atLeast factor: Double = 1,
        isProven: Bool = false,
        _ output: inout Output,
        _ now: Timestamp
    ) -> String? {
        guard self.stands(.takeBack), !evacuation.isPlanned, !evacuation.isDNSOnly, !evacuation.isReturning,
            evacuation.points > 0
        else {
            return nil
        }
        // Loops, not closures: one over the controller would copy all of it at every look.
        var returning: [GeographyID] = []
        for (geography, weights) in evacuation.plan.saviors where !evacuation.plan.abandoned.contains(geography) {
            if self.areDown(weights, isProven: isProven, now) { returning.append(geography) }
        }
        let saviors =
            returning.isEmpty
            ? []
            : evacuation.plan.receivers.filter { region in
                returning.contains { (evacuation.plan.saviors[$0]?[region] ?? 0) > 0 }
            }
        guard !saviors.isEmpty else {
            return self.stepBack(evacuation, atLeast: factor, isProven: isProven, &output, now)
        }
        var without = evacuation.plan
        without.abandoned += returning
        // A savior that nobody reaches serves nothing; of one that only says nothing nobody knows, and unknown moves nobody.
        guard saviors.allSatisfy({ self.servedPart(by: $0, now) != nil }) else { return nil }
        let present = evacuation.plan.shares(at: evacuation.points)
        let points = without.receivers.isEmpty ? 0 : evacuation.points
        let after = without.shares(at: points)
        // Who neither moves nor shares a sick savior is no reason to stay or to leave, however many they are.
        let concerned = present.filter { geography, vector in
            returning.contains(geography) || saviors.contains { vector[$0] > 0 }
        }.map(\.0)
        let staying = self.expectedGood(present, of: concerned, evacuation, saviors, now)
        // What made them sick leaves them again: their own users are expected to be served as before. A dead edge stays dead.
        let stillIn = saviors.filter { without.receivers.contains($0) || self.carriesNothing($0, now) }
        let leaving = self.expectedGood(after, of: concerned, evacuation, stillIn, now)
        // Who is at home in both is no measure of what moving would change.
        let home = evacuation.evacuee
        let unmoved = self.expectedGood(present, of: concerned, in: [home], evacuation, [], now)
        guard leaving - unmoved > (staying - unmoved) * factor else { return nil }
        let others = present.keys.filter { !concerned.contains($0) }
        let rest = self.expectedGood(present, of: others, evacuation, [], now)
        let reason =
            "\(saviors.map(\.text).joined(separator: " and ")) fell sick after the shift: about "
            + "\(Int((staying + rest).rounded())) requests/s are good, \(Int((leaving + rest).rounded())) without it; "
            + "\(returning.map(\.text).joined(separator: " and ")) went home (S41)"
        self.record(.abandoned(evacuation.id, returning, reason: reason), &output, now)
        guard let left = self.state.evacuation else { return nil }
        self.openRung(left.plan.receivers.isEmpty ? 0 : left.points, left, takingBack: true, &output, now)
        if evacuation.phase != .held { self.failedSaviors = saviors }
        return reason
    }

    /// One savior of several is sick: fewer go where a part of them fails, as far back as leaves most requests good.
    ///
    /// The lowest rung stays, and with it the saviors that work (S03, S08).
    private mutating func stepBack(
        _ evacuation: Evacuation,
        atLeast factor: Double,
        isProven: Bool,
        _ output: inout Output,
        _ now: Timestamp
    ) -> String? {
        let plan = evacuation.plan
        var sick: [RegionID] = []
        for region in plan.receivers where self.isDown(region, isProven: isProven, now) { sick.append(region) }
        guard !sick.isEmpty, sick.allSatisfy({ self.servedPart(by: $0, now) != nil }) else { return nil }
        let concerned = plan.saviors.keys.filter { !plan.abandoned.contains($0) }
        let staying = self.expectedGood(plan.shares(at: evacuation.points), of: concerned, evacuation, sick, now)
        var best: (points: Int, good: Double)?
        for points in plan.ladder where points < evacuation.points {
            let expected = self.expectedGood(plan.shares(at: points), of: concerned, evacuation, sick, now)
            if expected > best?.good ?? staying * factor { best = (points, expected) }
        }
        guard let best else { return nil }
        let generation = self.state.generation
        self.openRung(best.points, evacuation, &output, now)
        guard self.state.generation != generation else { return nil }
        if evacuation.phase != .held { self.failedSaviors = sick }
        return "\(sick.map(\.text).joined(separator: " and ")) fell sick after the shift: about "
            + "\(Int(staying.rounded())) requests/s are good, \(Int(best.good.rounded())) at \(best.points) bp (S08)"
    }

    /// What went back while names were published is climbed again, rung by rung, BEFORE more names follow (S07).
    ///
    /// True where it does; DNS alone has no rungs.
    mutating func climbsAgain(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) -> Bool {
        guard evacuation.points < evacuation.plan.final, !evacuation.isDNSOnly else { return false }
        let present = "\(evacuation.points) of \(evacuation.plan.final) bp"
        self.enter(.shifting, because: "only \(present) are away since saviors failed", &output, now)
        return true
    }

    private func areDown(_ saviors: SortedMap<RegionID, Int>, isProven: Bool, _ now: Timestamp) -> Bool {
        for (region, weight) in saviors where weight != 0 && !self.isDown(region, isProven: isProven, now) {
            return false
        }
        return true
    }

    private func isDown(_ region: RegionID, isProven: Bool, _ now: Timestamp) -> Bool {
        self.health(region) == .sick || self.isLost(region, isProven: isProven, now)
            || isProven && (self.servedPart(by: region, now) ?? 1) < Self.hardlyServed
    }

    /// What has been counted below this part is down before any bucket says so.
    private static let hardlyServed = 0.25

    /// True for a savior that serves nothing because nobody reaches it, known by two kinds of evidence.
    ///
    /// That is its edge's silence and dead probes for as long as a dip would take, or these and what moved and failed. Without
    /// buckets, as after a restart, nobody calls it sick for long.
    private func isLost(_ region: RegionID, isProven: Bool, _ now: Timestamp) -> Bool {
        guard let since = self.lostSince[region] else { return isProven && self.carriesNothing(region, now) }
        return isProven || now - since >= self.fleet.limits.bucket * self.fleet.limits.reliefAfter
    }

    /// Notes since when nobody reaches a savior.
    mutating func noteLost(_ now: Timestamp) {
        for region in self.state.evacuation?.plan.receivers ?? [] where self.carriesNothing(region, now) {
            self.lostSince[region] = self.lostSince[region] ?? now
        }
        for region in self.lostSince.keys where !self.carriesNothing(region, now) { self.lostSince[region] = nil }
    }

    /// Good requests per second of these geographies under `shares`.
    ///
    /// The evacuee and the `sick` count as good as they were seen to be.
    private func expectedGood(
        _ shares: ShareTable,
        of geographies: [GeographyID],
        in regions: [RegionID]? = nil,
        _ evacuation: Evacuation,
        _ sick: [RegionID],
        _ now: Timestamp
    ) -> Double {
        let arrivals = self.arrivals(now)
        let isWellAgain =
            self.assessment.probesGoodSince[evacuation.evacuee].map { now - $0 >= self.fleet.limits.stableFor } ?? false
        var sum = 0.0
        for (geography, vector) in shares where geographies.contains(geography) {
            for (region, share) in vector.shares where regions?.contains(region) ?? true {
                let rate = (arrivals[geography] ?? 0) * Double(share.basisPoints) / 10_000
                let seen = self.servedPart(by: region, now)
                let part: Double =
                    region == evacuation.evacuee
                    ? isWellAgain ? 1 : min(seen ?? 1, evacuation.evacueeGood) : sick.contains(region) ? seen ?? 0 : 1
                sum += rate * part
            }
        }
        return sum
    }
}
