import LeewardModel
import LeewardPlanning

/// Something that the world does not have yet although the state says that it should.
struct Want {
    var key: String
    var effect: Effect
    /// When the subject was last read; a call leaves only on a reading newer than the last call's end (S12).
    var readAt: Timestamp
}

extension Controller {
    /// Compares what should be with what was read, and sends what is missing: one call per lane, journaled first.
    mutating func reconcile(_ output: inout Output, _ now: Timestamp) {
        guard !self.state.isKilled || !self.stands(.kill), self.mayAct(at: now) else { return }
        let floor = self.seat?.begunAt ?? .init(milliseconds: -1)
        let wants = self.claimsFirst(now) ?? self.wants(now)
        if wants.isEmpty, !self.state.isEvacuating { (self.doneSince, self.placedAt) = ([:], [:]) }
        for want in wants {
            let lane = want.effect.lane
            let key = EffectKey(want.key)
            guard self.inFlight[lane] == nil || !self.stands(.lane),
                want.readAt > self.laneEnded[lane] ?? floor || !self.stands(.readBeforeRetry),
                now >= self.retryAt[key] ?? now || !self.stands(.wait)
            else { continue }
            let isSpent =
                self.state.attempts[key, default: 0] >= self.fleet.limits.maxAttempts && self.stands(.budget)
                && !self.isToBeSeen(key, now)
            guard !isSpent || self.isAskedOn(want.effect) else {
                self.giveUp(want, &output, now)
                continue
            }
            guard self.mayCall(want.effect, now) else { continue }
            if isSpent {
                self.retryAt[key] = now + Self.askAgain
                self.tellOfSpent(key, &output, now)
            }
            let fence = Fence(epoch: self.state.epoch, key: key)
            if self.stands(.intent) { self.record(.intent(fence, want.effect), &output, now) }
            self.inFlight[lane] = key
            let deadline = self.stands(.deadline) ? self.fleet.limits.callTimeout : .seconds(60)
            output.calls.append(Call(fence: fence, effect: want.effect, deadline: deadline))
        }
    }

    mutating func ended(_ key: EffectKey, _ outcome: Outcome, _ output: inout Output, _ now: Timestamp) {
        guard let effect = self.state.open[key] else {
            self.forget(key, now)
            return
        }
        self.record(.outcome(key, outcome), &output, now)
        self.inFlight[effect.lane] = nil
        self.laneEnded[effect.lane] = now
        let attempt = self.state.attempts[key, default: 1]
        if outcome != .done {
            self.tell(.warning, "\(key): \(Self.sentence(outcome))", &output)
        }
        if outcome == .done { self.notePlace(effect, now) }
        if outcome == .done, self.stands(.wait) {
            if self.doneSince[key] == nil { self.doneSince[key] = now }
            self.retryAt[key] = now + min(Self.lookAgain, .seconds(1 << Int64(min(max(attempt, 1), 5) - 1)))
        }
        if outcome != .done {
            // Doubling waits, spread by the key so that many keys do not come back together (S28).
            let base = Int64(100) << Int64(min(attempt, 5))
            var hash = StableHash()
            hash.combine(key.text)
            hash.combine(attempt)
            let soonest = now + .milliseconds(base / 2 + Int64(hash.value % UInt64(base)))
            // Who is asked on after its budget waits longer already.
            self.retryAt[key] = max(soonest, self.retryAt[key] ?? soonest)
        }
    }

    /// Providers' lists are consistent in the end: so long what was answered as done may stay unseen (decision 0020).
    private static let visibleWithin = Span.seconds(300)
    /// The longest time between two tries of what was answered as done and is not seen; the first comes after 1 s.
    private static let lookAgain = Span.seconds(30)

    /// True while what was answered as done may still come to be seen: its tries do not count as failures until then.
    private func isToBeSeen(_ key: EffectKey, _ now: Timestamp) -> Bool {
        self.doneSince[key].map { now - $0 <= Self.visibleWithin } ?? false
    }

    private mutating func notePlace(_ effect: Effect, _ now: Timestamp) {
        switch effect {
        case .detach(_, let ids, _): for id in ids { self.placedAt[id] = (.none, now) }
        case .attach(_, let ids, let membership): for id in ids { self.placedAt[id] = (membership, now) }
        default: return
        }
    }

    /// True where a list may be older than what was done to this instance: it shows it elsewhere (L06, decision 0020).
    func isListedLate(_ instance: InstanceReport, _ now: Timestamp) -> Bool {
        self.placedAt[instance.id].map { $0.to != instance.membership && now - $0.at <= Self.visibleWithin } ?? false
    }

    /// Between two tries at the evacuee once its budget is used up.
    private static let askAgain = Span.seconds(30)

    /// The evacuee is asked on, slowly: it may answer again at any time, and nothing outside it waits for it (S23).
    ///
    /// So is whoever should freeze scale-down while all is held: the freeze stays, and nobody could hold any more (S09).
    private func isAskedOn(_ effect: Effect) -> Bool {
        guard let evacuation = self.state.evacuation else { return false }
        if evacuation.phase == .held, case .freeze = effect { return self.stands(.freezeAgain) }
        guard self.stands(.askedOn) else { return false }
        return effect.region == evacuation.evacuee && !evacuation.isReturning
    }

    /// What is held already cannot be held for a used-up budget: a person is called once (S28).
    private mutating func tellOfSpent(_ key: EffectKey, _ output: inout Output, _ now: Timestamp) {
        guard let evacuation = self.state.evacuation, evacuation.phase == .held,
            self.state.attempts[key] == self.fleet.limits.maxAttempts,
            evacuation.heldBecause?.contains(key.text) != true
        else { return }
        let count = self.fleet.limits.maxAttempts
        self.page("\(key) failed \(count) times (S28); it is tried on every \(Self.askAgain)", &output, now)
    }

    /// At rest nothing is held; a person is called again after this long.
    private static let pageAgainAtRest = Span.hours(1)

    /// An outcome as people read it.
    public static func sentence(_ outcome: Outcome) -> String {
        switch outcome {
        case .done: "done"
        case .refused(let reason): "refused: \(reason)"
        case .failed(let reason): "failed: \(reason)"
        case .unknown(let reason): "no answer: \(reason); it is read back before another try"
        }
    }

    /// A budget that is used up calls a person.
    private mutating func giveUp(_ want: Want, _ output: inout Output, _ now: Timestamp) {
        let reason = "\(want.key) failed \(self.fleet.limits.maxAttempts) times (S28)"
        guard self.state.evacuation != nil else {
            self.retryAt[EffectKey(want.key)] = now + Self.pageAgainAtRest
            self.page(reason, &output, now)
            return
        }
        self.hold(reason, &output, now)
    }

    /// Calls per second and provider stay under the ceiling in every phase (S29).
    private mutating func mayCall(_ effect: Effect, _ now: Timestamp) -> Bool {
        let provider = effect.region?.text ?? "zone"
        let recent = (self.sentAt[provider] ?? []).filter { now - $0 < .seconds(1) }
        guard recent.count < self.fleet.limits.callsPerSecond || !self.stands(.rate) else { return false }
        self.sentAt[provider] = recent + [now]
        return true
    }

    // MARK: - What is missing

    private mutating func wants(_ now: Timestamp) -> [Want] {
        if let evacuation = self.state.evacuation { self.wants(evacuation, now) } else { self.wantsAtRest(now) }
    }

    private mutating func wants(_ evacuation: Evacuation, _ now: Timestamp) -> [Want] {
        var wants: [Want] = []
        for region in self.fleet.regions.keys {
            if let want = self.edgeWant(region, for: evacuation.id.text, now) { wants.append(want) }
            if let want = self.providerWant(region, evacuation, now) { wants.append(want) }
        }
        if evacuation.phase != .held {
            let look = self.look(now, edges: false)
            if look == nil || look != self.settled {
                let missing = self.instanceWants(evacuation, now)
                self.settled = missing.isEmpty ? look : nil
                wants += missing
            }
        }
        if let want = self.zoneWant(evacuation, now) { wants.append(want) }
        return wants
    }

    /// Who was silent when the last evacuation ended still owes its last step: shares that it missed, a freeze to lift.
    private func wantsAtRest(_ now: Timestamp) -> [Want] {
        var wants: [Want] = []
        for region in self.fleet.regions.keys {
            if let want = self.edgeWant(region, for: "rest", now) { wants.append(want) }
            guard self.state.frozen.contains(region), let seen = self.observed.marks[region],
                now - seen.at <= Observations.fresh, seen.value.isFrozen
            else { continue }
            // The count of evacuations tells this rest from the next one, which lifts a freeze of its own.
            let key = "rest/unfreeze/\(region)/\(self.state.epoch).\(self.state.openedCount)"
            wants.append(self.fenced(seen, region, key, .unfreeze(region)))
        }
        return wants
    }

    private func edgeWant(_ region: RegionID, for owner: String, _ now: Timestamp) -> Want? {
        guard self.state.generation.value > 0, let accepted = self.observed.accepted(region, at: now),
            let readAt = self.observed.edgeSeenAt(region), accepted.generation < self.state.generation
        else { return nil }
        if accepted.epoch < self.state.epoch, self.stands(.claim) {
            let key = "claim/\(self.state.epoch)/edge/\(region)"
            return Want(key: key, effect: .claimEdge(region), readAt: readAt)
        }
        guard !self.keepsItsUsers(region, now) else { return nil }
        return Want(
            key: "\(owner)/edge/\(region)/g\(self.state.generation)",
            effect: .publishEdge(region, self.state.generation, self.state.shares),
            readAt: readAt
        )
    }

    private func providerWant(_ region: RegionID, _ evacuation: Evacuation, _ now: Timestamp) -> Want? {
        guard let seen = self.observed.marks[region], now - seen.at <= Observations.fresh else { return nil }
        let report = seen.value
        let floors = evacuation.floors[region] ?? [:]
        let wantsFreeze = !evacuation.isThawing
        let isAsWanted = wantsFreeze ? report.isFrozen && report.floors == floors : !report.isFrozen
        if isAsWanted || wantsFreeze && !self.stands(.freeze) { return nil }
        // Verified again and again: each time that another actor lifted it, putting it back is an effect of its own (S09).
        let turn = "\(region)/\(self.state.epoch).\(self.thaws[region, default: 0])"
        return wantsFreeze
            ? self.fenced(seen, region, "\(evacuation.id)/freeze/\(turn)", .freeze(region, floors: floors))
            : self.fenced(seen, region, "\(evacuation.id)/unfreeze/\(turn)", .unfreeze(region))
    }

    /// The effect at a region's provider, or the claim that must come BEFORE it (S14).
    private func fenced(
        _ seen: Observations.Seen<ProviderMark>,
        _ region: RegionID,
        _ key: String,
        _ effect: Effect
    ) -> Want {
        seen.value.epoch >= self.state.epoch || !self.stands(.claim)
            ? .init(key: key, effect: effect, readAt: seen.at) : self.claim(region, seen.at)
    }

    private func instanceWants(_ evacuation: Evacuation, _ now: Timestamp) -> [Want] {
        var wants: [Want] = []
        let home: Membership = evacuation.isWithdrawing ? .shadow : .live
        let away: Membership = evacuation.isWithdrawing ? .live : .shadow
        for (cluster, chosen) in evacuation.injected {
            guard let seen = self.observed.listed(cluster.region, at: now) else { continue }
            let all = self.observed.instances(of: cluster, at: now) ?? []
            let own = all.filter { chosen.contains($0.id) && $0.state != .failed }
            // What got another image since it was chosen stays dark, or becomes it again (S10).
            let fits = evacuation.isWithdrawing ? own : self.withLiveImage(own, all)
            let misfits = evacuation.isWithdrawing ? [] : own.filter { $0.membership == .none && !fits.contains($0) }
            let inAway = fits.filter { $0.membership == away }.map(\.id).sorted()
            let inNone = fits.filter { $0.membership == .none }.map(\.id).sorted()
            if evacuation.isWithdrawing, self.stands(.withdrawn), seen.value.epoch < self.state.epoch {
                // What an earlier life sent could else land after the end (S14).
                wants.append(self.claim(cluster.region, seen.at))
                continue
            }
            // What is in no cluster finishes its way BEFORE more is taken out (S10).
            if !misfits.isEmpty {
                let ids = misfits.map(\.id).sorted()
                let key = self.key(evacuation, "attach-shadow", cluster, ids)
                wants.append(self.fenced(seen, cluster.region, key, .attach(cluster, ids, to: .shadow)))
            } else if !self.stands(.detachFirst), !inAway.isEmpty {
                let key = self.key(evacuation, "attach-\(home.rawValue)", cluster, inAway)
                wants.append(self.fenced(seen, cluster.region, key, .attach(cluster, inAway, to: home)))
            } else if !inNone.isEmpty {
                let key = self.key(evacuation, "attach-\(home.rawValue)", cluster, inNone)
                wants.append(self.fenced(seen, cluster.region, key, .attach(cluster, inNone, to: home)))
            } else if !inAway.isEmpty {
                let key = self.key(evacuation, "detach-\(away.rawValue)", cluster, inAway)
                wants.append(self.fenced(seen, cluster.region, key, .detach(cluster, inAway, from: away)))
            }
        }
        guard !evacuation.isWithdrawing else { return wants }
        for (cluster, target) in evacuation.startTargets {
            guard let seen = self.observed.listed(cluster.region, at: now) else { continue }
            let all = self.observed.instances(of: cluster, at: now) ?? []
            let own = all.filter { $0.state != .failed }
            let failed = all.count - own.count
            let chosen = evacuation.injected[cluster] ?? []
            // Chosen stock with another image by now never comes: it is replaced (S10).
            let coming = self.withLiveImage(own, all).filter { $0.membership != .live && chosen.contains($0.id) }
            let count = coming.count + own.reduce(0) { $0 + ($1.membership == .live ? 1 : 0) }
            guard count < target else { continue }
            // An instance that failed is replaced under a key of its own.
            let key = "\(evacuation.id)/start/\(cluster)/\(target).\(failed)"
            wants.append(self.fenced(seen, cluster.region, key, .start(cluster, count: target - count)))
        }
        return wants
    }

    func claim(_ region: RegionID, _ readAt: Timestamp) -> Want {
        .init(key: "claim/\(self.state.epoch)/provider/\(region)", effect: .claimProvider(region), readAt: readAt)
    }

    private func key(
        _ evacuation: Evacuation,
        _ verb: String,
        _ cluster: ClusterID,
        _ instances: [InstanceID]
    ) -> String {
        var hash = StableHash()
        for instance in instances { hash.combine(instance.text) }
        return "\(evacuation.id)/\(verb)/\(cluster)/\(hash.short)"
    }
}
