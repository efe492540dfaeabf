import LeewardModel

extension Controller {
    /// The claims that a new leader sends BEFORE its first effect; nil where nothing has to be waited for any more (S14).
    ///
    /// Each target that answers is asked once. One that refuses or is silent holds nobody up: it is claimed before the first
    /// effect there, as by a single controller.
    func claimsFirst(_ now: Timestamp) -> [Want]? {
        guard let begunAt = self.seat?.begunAt, self.stands(.claimEvery), self.stands(.claim) else { return nil }
        let isEarly = now - begunAt <= self.fleet.limits.callTimeout * 3
        // What had been silent for long before is not waited for (S23).
        let isExpected = { (seen: Timestamp?) in isEarly && seen.map { begunAt - $0 <= Observations.fresh * 2 } ?? true
        }
        var claims: [Want] = []
        var isWaiting = false
        for region in self.fleet.regions.keys {
            let edgeAt = self.observed.edgeSeenAt(region)
            if let readAt = edgeAt, readAt > begunAt {
                if let accepted = self.observed.accepted(region, at: now), accepted.epoch < self.state.epoch {
                    let key = "claim/\(self.state.epoch)/edge/\(region)"
                    claims.append(.init(key: key, effect: .claimEdge(region), readAt: readAt))
                }
            } else {
                isWaiting = isWaiting || isExpected(edgeAt)
            }
            if let seen = self.observed.marks[region], seen.at > begunAt {
                if now - seen.at <= Observations.fresh, seen.value.epoch < self.state.epoch {
                    claims.append(self.claim(region, seen.at))
                }
            } else {
                isWaiting = isWaiting || isExpected(self.observed.marks[region]?.at)
            }
        }
        if let seen = self.observed.zone, seen.at > begunAt {
            if let behind = seen.value.servers.first(where: { ($0.marker?.epoch ?? Epoch(0)) < self.state.epoch }) {
                let effect = Effect.claimZone(old: behind.marker)
                claims.append(.init(key: "claim/\(self.state.epoch)/zone", effect: effect, readAt: seen.at))
            }
        } else {
            isWaiting = isWaiting || isExpected(self.observed.zone?.at)
        }
        claims = claims.filter { want in
            let key = EffectKey(want.key)
            return self.state.attempts[key] == nil || self.inFlight[want.effect.lane] == key
        }
        return isWaiting || !claims.isEmpty ? claims : nil
    }
}
