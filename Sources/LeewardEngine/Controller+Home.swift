import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// From this part of good requests on a region serves well; a savior below it is worse than a home that does.
    static let wellServed = 0.98

    /// Why the guests would be served better at home, by what both show at this moment; nil where that is not known.
    ///
    /// Home is asked for its own answers to users and to probes, the saviors for what their guests and their own users get:
    /// a path that only the guests take may fail as well (S44).
    func isBetterAtHome(_ evacuation: Evacuation, _ now: Timestamp) -> String? {
        // What a person pinned is moved by a person (S30).
        guard !evacuation.plan.saviors.keys.contains(where: { self.state.pinned.contains($0) }),
            self.servesNow(evacuation.evacuee, now), let poorest = self.poorestSavior(evacuation, now)
        else {
            return nil
        }
        let part = Int((poorest.part * 100).rounded())
        return "\(poorest.region) serves \(part) %, and \(evacuation.evacuee) serves well"
    }

    /// The savior that fails most, with the part that it serves, 0 to below `wellServed`; nil where none is known to be poor.
    func poorestSavior(_ evacuation: Evacuation, _ now: Timestamp) -> (region: RegionID, part: Double)? {
        guard evacuation.points > 0, self.stands(.goHome) else { return nil }
        var poorest: (region: RegionID, part: Double)?
        for region in evacuation.plan.receivers {
            var parts: [Double] = self.carriesNothing(region, now) ? [0] : []
            for span in Self.spans {
                if let (old, new, _) = self.observed.ends(of: region, within: span, at: now),
                    let part = Self.poorPart(Self.served(old, new))
                {
                    parts.append(part)
                }
                if let part = Self.poorPart(self.guests(of: region, evacuation, within: span, now)) {
                    parts.append(part)
                }
            }
            guard let part = parts.min(), part < poorest?.part ?? 1 else { continue }
            poorest = (region, part)
        }
        return poorest
    }

    /// Of many requests two reports in a row tell enough, of few the last seconds.
    private static let spans = [Span.milliseconds(1500), Span.seconds(4)]

    /// The part that ended well; nil where it is not below `wellServed` at 0.1 % error.
    ///
    /// What is under way has not failed, unless most of what begins never ends.
    private static func poorPart(_ counts: RequestCounts) -> Double? {
        if counts.started >= 20, counts.good * 2 < counts.started {
            return Double(counts.good) / Double(counts.started)
        }
        let ended = counts.good + counts.failed
        guard Proof.isBetter(good: counts.failed, of: ended, than: 1 - Self.wellServed) else { return nil }
        return Double(counts.good) / Double(ended)
    }

    /// True while a region shows that it serves: its edge answers, its users get answers, and so do its probes from inside and
    /// from at least one other region.
    func servesNow(_ region: RegionID, _ now: Timestamp) -> Bool {
        guard self.health(region) != .sick, self.observed.loaded(region, at: now) != nil,
            self.goodPart(servedBy: region, now).map({ $0 >= Self.wellServed }) ?? true
        else { return false }
        return self.isSeenWell(region, from: region, now)
            && self.fleet.regions.keys.contains { $0 != region && self.isSeenWell(region, from: $0, now) }
    }

    /// True where most of those that probe a region see some of their probes fail, itself included.
    func isDoubted(_ region: RegionID, _ now: Timestamp) -> Bool {
        var (looking, failing) = (0, 0)
        for vantage in self.fleet.regions.keys {
            guard let seen = self.observed.probes(from: vantage, within: .seconds(4), at: now)[region],
                seen.attempts >= 3
            else { continue }
            looking += 1
            if seen.good < seen.attempts { failing += 1 }
        }
        return failing * 2 > looking
    }

    private func isSeenWell(_ region: RegionID, from vantage: RegionID, _ now: Timestamp) -> Bool {
        guard let seen = self.observed.probes(from: vantage, within: .seconds(4), at: now)[region] else { return false }
        return seen.attempts >= 3 && seen.good == seen.attempts
    }

    /// What became of the requests that this evacuation sends to a savior, counted where they enter.
    private func guests(
        of savior: RegionID,
        _ evacuation: Evacuation,
        within span: Span,
        _ now: Timestamp
    ) -> RequestCounts {
        var all = RequestCounts()
        for region in self.fleet.regions.keys {
            guard let (old, new, _) = self.observed.ends(of: region, within: span, at: now) else { continue }
            for geography in evacuation.plan.saviors.keys {
                guard let counts = new.entered[geography]?[savior] else { continue }
                if let delta = counts.since(old.entered[geography]?[savior] ?? RequestCounts()) { all = all + delta }
            }
        }
        return all
    }

    /// A relief that the controller itself holds returns like any other once its region is well, where its saviors are not.
    ///
    /// Nobody has asked for it to stay, and nothing that takes longer to undo has begun (S24).
    mutating func endHeldRelief(_ output: inout Output, _ now: Timestamp) {
        guard let evacuation = self.state.evacuation, evacuation.phase == .held, self.isHeldByItself,
            evacuation.heldFrom == .relieving, !evacuation.isPlanned,
            let since = self.assessment.probesGoodSince[evacuation.evacuee],
            now - since >= self.fleet.limits.reliefReturnAfter,
            let reason = self.isBetterAtHome(evacuation, now)
        else { return }
        self.page("\(evacuation.id) is held no longer: \(reason); its users go home (S44)", &output, now)
        self.turn(.done, because: reason, &output, now)
    }

    /// Who went home with a sick savior enters at home again, one geography at a time: its edge may be dead (S41).
    mutating func enterAtHome(_ output: inout Output, _ now: Timestamp) {
        guard let evacuation = self.state.evacuation, evacuation.hasPublished, !evacuation.isReturning,
            self.stands(.takeBack), self.observed.loaded(evacuation.evacuee, at: now) != nil
        else { return }
        for geography in evacuation.plan.published where evacuation.plan.abandoned.contains(geography) {
            guard !self.state.pinned.contains(geography) else { continue }
            let before = evacuation.plan.baselineEntries[geography] ?? []
            guard self.state.entries[geography] != before, self.isZoneRead(now) else { continue }
            self.intend(before, for: geography, evacuation, &output, now)
            return
        }
    }

    /// A region of these whose way to a savior of the geography is closed, as a sentence; nil where all are open.
    ///
    /// Users that enter at one savior are sent on to the others by its edge, which must reach them (S07).
    func closedWay(
        from entries: [RegionID],
        to geography: GeographyID,
        _ evacuation: Evacuation,
        _ now: Timestamp
    ) -> String? {
        guard self.stands(.openWay), !evacuation.isDNSOnly else { return nil }
        let serving = evacuation.plan.shares(at: evacuation.points)[geography]?.regions ?? []
        for entry in entries {
            let probes = self.observed.probes(from: entry, within: .seconds(4), at: now)
            for savior in serving where savior != entry {
                guard let seen = probes[savior], seen.attempts >= 3, seen.good == 0 else { continue }
                return "\(entry) does not reach \(savior): 0 of \(seen.attempts) probes are good"
            }
        }
        return nil
    }

    /// True while an edge that was dead is not told to send its users away: its own region serves them, and nobody knows that
    /// its way to the saviors is open (S07), or they are known to serve less (S44).
    func keepsItsUsers(_ region: RegionID, _ now: Timestamp) -> Bool {
        guard let evacuation = self.state.evacuation, evacuation.isDNSOnly, evacuation.evacuee == region,
            !evacuation.isReturning, self.stands(.openWay)
        else { return false }
        // It has answered only once: a second look is a second away.
        guard let (old, new, _) = self.observed.ends(of: region, within: .seconds(4), at: now) else { return true }
        let counts = Self.served(old, new)
        guard counts.started >= 20, Double(counts.good) >= Double(counts.started) * Self.wellServed else {
            return false
        }
        let probes = self.observed.probes(from: region, within: .seconds(4), at: now)
        return evacuation.plan.receivers.contains { (probes[$0]?.good ?? 0) == 0 }
            || self.poorestSavior(evacuation, now) != nil
    }
}
