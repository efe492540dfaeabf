import LeewardDetection
import LeewardModel
import LeewardPlanning

extension Controller {
    /// More than one sick region while something moves: stop, extend nothing, call a person (S19).
    ///
    /// A savior among them makes the move itself suspect, and what it got goes back first (S41).
    mutating func holdIfGlobal(_ output: inout Output, _ now: Timestamp) -> Bool {
        guard self.stands(.holdIfGlobal), self.assessment.fleet == .global, let evacuation = self.state.evacuation
        else { return false }
        let reason = self.takeBack(evacuation, &output, now)
        self.hold(
            reason ?? "the problem is in more than one region: \(self.assessment.reason) (S19)",
            &output,
            now
        )
        return true
    }

    /// A drill on its way out gives way to the real thing: another region is sick, and only one evacuation may be active.
    ///
    /// True where it turned back (S24).
    mutating func abortDrill(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) -> Bool {
        let outward: [Phase] = [.proposed, .approved, .preparing, .shifting, .publishing, .settling]
        guard self.stands(.drillGivesWay), evacuation.isPlanned, outward.contains(evacuation.phase),
            case .regional(let sick) = self.assessment.fleet, sick != evacuation.evacuee
        else { return false }
        let reason = "\(sick) is sick, and a drill gives way (S24)"
        self.page("\(evacuation.id) rolls back: \(reason)", &output, now)
        self.turn(.rolledBack, because: reason, &output, now)
        return true
    }

    /// Sends home what sick saviors got, where that leaves more requests good; says so, or nil where nothing was done.
    ///
    /// A problem that follows the traffic looks like this (a request that crashes instances), and so does a savior that was
    /// weaker than its readiness said. Until an evacuation is called evacuated it is taken to be the cause. No third region
    /// is tried. Of the two distributions the one with fewer predicted failures wins (L08).
    ///
    /// `atLeast`: so many times as many good requests as now.
    mutating func takeBack(
        _ evacuation: Evacuation,
        atLeast factor: Double = 1,
        _ output: inout Output,
        _ now: Timestamp
    ) -> String? {
        guard self.stands(.takeBack), !evacuation.isPlanned, !evacuation.isDNSOnly, !evacuation.isReturning,
            evacuation.points > 0
        else {
            return nil
        }
        let returning = evacuation.plan.saviors.filter { geography, weights in
            !evacuation.plan.abandoned.contains(geography)
                && weights.allSatisfy { $0.1 == 0 || self.health($0.0) == .sick }
        }.map(\.0)
        var without = evacuation.plan
        without.abandoned += returning
        let saviors = evacuation.plan.receivers.filter { region in
            returning.contains { (evacuation.plan.saviors[$0]?[region] ?? 0) > 0 }
        }
        // A savior that nobody reaches serves nothing; of one that only says nothing nobody knows, and unknown moves nobody.
        guard !saviors.isEmpty, saviors.allSatisfy({ self.servedPart(by: $0, now) != nil }) else { return nil }
        let present = evacuation.plan.shares(at: evacuation.points)
        let points = without.receivers.isEmpty ? 0 : evacuation.points
        let after = without.shares(at: points)
        let staying = self.expectedGood(present, evacuation, saviors, now)
        // What made them sick leaves them again: their own users are expected to be served as before.
        let stillIn = saviors.filter { without.receivers.contains($0) }
        let leaving = self.expectedGood(after, evacuation, stillIn, now)
        guard leaving > staying * factor else { return nil }
        let reason =
            "\(saviors.map(\.text).joined(separator: " and ")) fell sick after the shift: about "
            + "\(Int(staying.rounded())) requests/s are good, \(Int(leaving.rounded())) without it; "
            + "\(returning.map(\.text).joined(separator: " and ")) went home (S41)"
        self.record(.abandoned(evacuation.id, returning, reason: reason), &output, now)
        guard let left = self.state.evacuation else { return nil }
        self.openRung(points, left, takingBack: true, &output, now)
        return reason
    }

    /// Good requests per second under `shares`, with the evacuee and the `sick` as good as they were seen to be.
    private func expectedGood(
        _ shares: ShareTable,
        _ evacuation: Evacuation,
        _ sick: [RegionID],
        _ now: Timestamp
    ) -> Double {
        let arrivals = self.arrivals(now)
        let isWellAgain =
            self.assessment.probesGoodSince[evacuation.evacuee].map { now - $0 >= self.fleet.limits.stableFor } ?? false
        var sum = 0.0
        for (geography, vector) in shares {
            for (region, share) in vector.shares {
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
