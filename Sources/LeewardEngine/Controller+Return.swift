import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// The way back: shares rung by rung, then DNS, then the instances, then scale-down; each observed BEFORE the next.
    mutating func comeBack(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        if evacuation.points > 0 || !self.isSoaked(now) {
            self.comeDown(evacuation, &output, now)
        } else if self.republish(evacuation, &output, now) {
            self.withdraw(evacuation, &output, now)
        }
    }

    /// True once generation and shares of the last rung back are loaded and have soaked; trivially where nothing was moved.
    private mutating func isSoaked(_ now: Timestamp) -> Bool {
        guard self.state.generation.value > 0 else { return true }
        guard self.isLoadedEverywhere(now), let loadedAt = self.soak?.loadedAt else { return false }
        return now - loadedAt >= self.fleet.limits.soakMin
    }

    private mutating func comeDown(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        // Without a savior there is nowhere to send anybody again (S41).
        if self.health(evacuation.evacuee) == .sick, !evacuation.plan.receivers.isEmpty, self.stands(.lastHealthy) {
            self.sendAgain(evacuation, &output, now)
            return
        }
        self.stock(evacuation, &output, now)
        // The first step back needs no soak of the rung it leaves: that one has been proven on the way out.
        let isFirst = evacuation.points == evacuation.plan.final || self.hasJustTurned && evacuation.points > 0
        guard self.isLoadedEverywhere(now) else { return }
        if !isFirst, self.stands(.returnProof) {
            switch self.proof(evacuation, now) {
            case .open(let sentence):
                self.waiting = sentence + " (S25)"
                self.holdIfSoakIsOver(sentence, &output, now)
                return
            case .breach(let rule, let sentence):
                self.page("\(evacuation.id): \(sentence) (\(rule.rawValue)); what came back leaves again", &output, now)
                self.sendAgain(evacuation, &output, now)
                return
            case .positive(let sentence):
                if self.soak?.isProven != true {
                    self.soak?.isProven = true
                    self.record(.proven(evacuation.id, points: evacuation.points, evidence: sentence), &output, now)
                }
            }
        }
        guard evacuation.points > 0 else { return }
        guard self.health(evacuation.evacuee) != .unknown || evacuation.isPlanned else {
            let sentence = "nothing is known of \(evacuation.evacuee) (S18)"
            self.waiting = sentence
            self.holdIfSoakIsOver(sentence, &output, now)
            return
        }
        self.openRung(self.nextRungBack(evacuation, now), evacuation, &output, now)
        if self.state.evacuation?.points != evacuation.points { self.hasJustTurned = false }
    }

    /// A planned move that is undone goes home at once: that region never stopped being well and warm, as far as its probes say.
    ///
    /// Between the canary and home no rung teaches more while users fail where they are, as on the way out (S05).
    private func nextRungBack(_ evacuation: Evacuation, _ now: Timestamp) -> Int {
        if evacuation.isPlanned, evacuation.ending == .rolledBack, !evacuation.hasPublished || self.isUndone,
            !self.isDoubted(evacuation.evacuee, now) || !self.stands(.lastHealthy)
        {
            return 0
        }
        guard self.stands(.returnLadder) else { return 0 }
        let isHarmful = self.poorestSavior(evacuation, now) != nil
        if isHarmful, evacuation.points < evacuation.plan.final, evacuation.isPlanned || !evacuation.hasPublished {
            return 0
        }
        let limits = self.fleet.limits
        let ladder = evacuation.hasPublished && !isHarmful ? limits.gentleLadder : limits.emergencyLadder
        let final = evacuation.plan.final
        for rung in ladder {
            let points = final * (10_000 - rung) / 10_000
            if points < evacuation.points { return points }
        }
        return 0
    }

    /// The region is not well after all: everything moves out again to the last shares that were proven.
    private mutating func sendAgain(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard !evacuation.isPlanned else {
            self.hold("\(evacuation.evacuee) is sick on the way back (S25)", &output, now)
            return
        }
        let phase: Phase = evacuation.hasPublished ? .evacuated : .relieving
        self.enter(phase, because: "\(evacuation.evacuee) is not well yet", &output, now)
        guard let again = self.state.evacuation, again.points != again.plan.final else { return }
        // Where the saviors fail as well, nobody is sent anywhere by a program (S08, S19).
        if again.hasPublished, self.stands(.retreat),
            let savior = again.plan.receivers.first(where: { self.health($0) == .sick || self.isSeenFailing($0, now) })
        {
            self.hold(
                "\(evacuation.evacuee) is not well on the way back, and \(savior) is not either (S08)",
                &output,
                now
            )
            return
        }
        let loads = self.loads(under: again.plan.shares(at: again.plan.final), again.plan.receivers, now)
        if again.hasPublished, loads.allSatisfy(\.isCovered) { self.openRung(again.plan.final, again, &output, now) }
    }

    /// DNS back to the entries of before, one geography at a time.
    ///
    /// True when nothing is left to do.
    private mutating func republish(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) -> Bool {
        guard evacuation.hasPublished else { return true }
        for geography in evacuation.plan.published {
            let before = evacuation.plan.baselineEntries[geography] ?? []
            guard self.state.entries[geography] != before else { continue }
            guard self.isZoneRead(now) else { return false }
            self.intend(before, for: geography, evacuation, &output, now)
            return false
        }
        return self.isZoneRead(now)
    }

    /// True where the evacuee carries its users without what was injected there; what is missing is cold-started BEFORE it goes.
    ///
    /// An autoscaler may have shrunk the region while it was empty (S25, S44).
    private mutating func isWarmWithoutStock(
        _ evacuation: Evacuation,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Bool {
        let injected = evacuation.injected.filter { $0.0.region == evacuation.evacuee && !$0.1.isEmpty }
        guard !injected.isEmpty, self.stands(.withdrawn) else { return true }
        for load in self.loads(under: evacuation.plan.baseline, [evacuation.evacuee], now) {
            guard let chosen = evacuation.injected[load.cluster], load.predicted.isFinite,
                let all = self.observed.instances(of: load.cluster, at: now)
            else { continue }
            let own = all.filter { chosen.contains($0.id) && $0.membership == .live && $0.state != .failed }
            // As many as it had BEFORE carried it; a forecast that asks for more is no reason to keep what is not its own. Where it
            // was short of instances even then, none of its own may be missing for what comes.
            let before = evacuation.floors[evacuation.evacuee]?[load.cluster.service] ?? load.needed
            let least = Int((load.predicted / Double(max(1, load.instanceCapacity))).rounded(.up))
            let target = min(load.needed, max(before, least)) + own.count
            guard !own.isEmpty, load.ready < target else { continue }
            if target > evacuation.startTargets[load.cluster] ?? 0 {
                self.record(.startTarget(evacuation.id, load.cluster, target), &output, now)
            }
            self.waiting =
                "\(load.cluster) has \(load.ready) ready of \(target) needed before its stock goes back (S25)"
            return false
        }
        return true
    }

    /// True where nothing of ours is on its way to a cluster, and its list is newer than the end of the last call there.
    ///
    /// A list from before shows what was detached a moment ago as if it had never left (L06).
    private func isReadSinceCalls(_ cluster: ClusterID, _ epoch: Epoch, _ now: Timestamp) -> Bool {
        let lane = Effect.start(cluster, count: 0).lane
        guard epoch >= self.state.epoch || !self.stands(.claim), self.inFlight[lane] == nil,
            let readAt = self.observed.listed(cluster.region, at: now)?.at
        else { return false }
        return self.laneEnded[lane].map { readAt > $0 } ?? true
    }

    private mutating func withdraw(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) {
        guard evacuation.isWithdrawing else {
            guard self.isWarmWithoutStock(evacuation, &output, now) else { return }
            self.record(.withdrawing(evacuation.id), &output, now)
            return
        }
        for (cluster, chosen) in evacuation.injected where self.stands(.withdrawn) {
            guard let report = self.observed.capacity(cluster.region, at: now) else {
                self.waiting = "the provider of \(cluster.region) does not answer"
                return
            }
            guard self.isReadSinceCalls(cluster, report.epoch, now) else {
                self.waiting = "what was asked of the provider of \(cluster.region) has not been read back"
                return
            }
            let own = report.instances.filter { chosen.contains($0.id) && $0.state != .failed }
            if let late = own.first(where: { self.isListedLate($0, now) }) {
                self.waiting = "the list of \(cluster.region) does not yet show what was done to \(late.id)"
                return
            }
            let out = own.filter { $0.membership != .shadow }
            guard out.isEmpty else {
                self.waiting = "\(out.count) instances of \(cluster) are on their way back to the shadow cluster"
                return
            }
        }
        guard evacuation.isThawing else {
            self.record(.thawing(evacuation.id), &output, now)
            return
        }
        for region in self.fleet.regions.keys {
            // A silent provider keeps nobody here: its freeze is lifted at rest, as soon as it answers (S23).
            guard let report = self.observed.capacity(region, at: now) else { continue }
            guard !report.isFrozen else {
                self.waiting = "scale-down in \(region) is still frozen"
                return
            }
        }
        self.enter(
            evacuation.ending,
            because: "shares, records and instances are as they were before",
            &output,
            now
        )
    }
}
