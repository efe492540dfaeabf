import LeewardModel

/// Something that happens in a fleet's year, and for how long.
struct YearEvent: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        // Real: users of a region fail there, and elsewhere they would not.
        case outage, hang, blackout, ingress, unprobed, ramp, flap
        // Real, and nothing that leaving would help with.
        case global, twoRegions
        // Users do something else, or fail for minutes as new code comes.
        case deploy, spike, match, clientsLost, calm
        // Wrong numbers in the metrics store.
        case gap, late, freeze, notANumber, sourceLost, doubled, restart
        // Wrong numbers from the agents.
        case agentSilent, proxyRestart, miscount
        case vantageBroken, tunnelClosed, probesBroken
        // One cause, two classes of evidence.
        case hostRestart, managementCut, tunnelAndSource, exporterStuck, alike
    }

    /// Which of the two counts of the business metric a fault of telemetry is in.
    enum Count: Sendable { case served, entered, both }

    var kind: Kind
    /// Places in the fleet's list of regions.
    var regions: [Int]
    /// Seconds since 1970.
    var from: Int
    var to: Int
    /// Part of the users, requests or samples, 0...1; a factor for `spike` and `match`.
    var depth: Double
    /// Seconds until it is complete; as long again at the end of a spike.
    var rise: Int
    var count: Count = .both
    /// Told to the controller, or in the calendar.
    var isAnnounced = false
    /// What else differs from one to the next.
    var variant = 0

    /// True where users of its regions really fail, and more than a blip of them.
    var isReal: Bool { self.isOfOneRegion || self.isOfSeveral }
    /// The same, in one region only.
    var isOfOneRegion: Bool {
        switch self.kind {
        case .outage, .hang, .blackout, .ingress, .unprobed, .ramp, .flap: true
        default: false
        }
    }
    var isOfSeveral: Bool { self.kind == .global || self.kind == .twoRegions }
    /// A step that lasts: how long it takes to find it can be said.
    var isStep: Bool {
        switch self.kind {
        case .outage, .hang, .blackout, .ingress, .unprobed: self.rise == 0
        default: false
        }
    }

    /// How much of it is there at this moment, 0...1.
    func strength(_ region: Int, _ time: Int) -> Double {
        // Everybody's trouble does not begin everywhere in the same second.
        let from = self.isOfSeveral ? self.from + (region * 7 + self.variant) % 16 : self.from
        guard time >= from, time < self.to else { return 0 }
        if self.kind == .flap { return (time - from) / max(1, self.variant) % 2 == 0 ? 1 : 0 }
        guard self.rise > 0 else { return 1 }
        let rising = min(1, Double(time - from) / Double(self.rise))
        let isWave = self.kind == .spike || self.kind == .match
        return isWave ? min(rising, Double(self.to - time) / Double(self.rise)) : rising
    }
}

/// What is true of one region, and what is told of it, at one moment.
struct YearMoment: Sendable {
    /// Users who come, as a part of the usual.
    var want = 1.0
    /// Parts of them that never reach the edge, that fail there, and that hang.
    var unreached = 0.0
    var failing = 0.0
    var hanging = 0.0
    /// Part of the probes that fail from other regions, and from inside.
    var outsideProbes = 0.0
    var insideProbes = 0.0
    /// Part of all probes that this region's agent sends elsewhere that fail.
    var egress = 0.0
    var isSilent = false
    /// Part of the good requests that the edge counts as failed.
    var miscounted = 0.0
    /// What the store makes of the two counts: factor, missing, frozen since, no number, seconds late.
    var served = YearSeries()
    var entered = YearSeries()

    /// Part of what the users want that they get.
    var good: Double { self.want * (1 - self.unreached) * max(0, 1 - self.failing - self.hanging) }
}

/// What is wrong with one series in the store at one moment.
struct YearSeries: Sendable {
    var factor = 1.0
    var isMissing = false
    var isNoNumber = false
    var frozenSince: Int?
    var late = 0
}

extension YearEvent {
    /// Adds what it does to one region at this moment.
    func apply(to moment: inout YearMoment, of region: Int, at time: Int) {
        let strength = self.strength(region, time)
        guard strength > 0, self.regions.contains(region) else { return }
        let depth = self.depth * strength
        switch self.kind {
        case .outage, .ramp, .flap, .global, .twoRegions:
            // Everybody's trouble is not the same everywhere.
            let part = self.isOfSeveral ? depth * (1 - 0.12 * Double(region)) : depth
            Self.add(part, to: &moment.failing)
            self.fail(part, &moment)
        case .hang:
            Self.add(depth, to: &moment.hanging)
            self.fail(depth, &moment)
        case .unprobed: Self.add(depth, to: &moment.failing)
        case .ingress:
            Self.add(depth, to: &moment.unreached)
            Self.add(depth, to: &moment.outsideProbes)
        case .blackout:
            moment.unreached = 1
            moment.isSilent = true
            self.fail(1, &moment)
            moment.served.isMissing = moment.served.isMissing || self.variant % 2 == 0
        case .deploy:
            Self.add(depth, to: &moment.failing)
            if time < self.from + 20 { self.fail(min(0.5, depth * 3), &moment) }
        case .spike, .match: moment.want *= 1 + (self.depth - 1) * strength
        case .clientsLost: moment.want *= 1 - depth
        case .calm: break
        default: self.applyFault(to: &moment, at: time)
        }
    }

    private func applyFault(to moment: inout YearMoment, at time: Int) {
        switch self.kind {
        case .gap: self.inStore(&moment) { $0.isMissing = true }
        case .late: self.inStore(&moment) { $0.late = 4 + self.variant % 90 }
        case .freeze: self.inStore(&moment) { $0.frozenSince = self.from }
        case .notANumber: self.inStore(&moment) { $0.isNoNumber = true }
        case .sourceLost: self.inStore(&moment) { $0.factor *= 1 - self.depth }
        case .doubled: self.inStore(&moment) { $0.factor *= 1 + self.depth }
        case .restart: self.inStore(&moment) { $0.factor *= time < self.from + 10 ? 0 : 2 }
        case .agentSilent: moment.isSilent = true
        case .miscount: Self.add(self.depth, to: &moment.miscounted)
        case .vantageBroken: moment.egress = max(moment.egress, self.depth)
        case .tunnelClosed: moment.outsideProbes = 1
        case .probesBroken: self.fail(1, &moment)
        case .hostRestart: self.inStore(&moment) { $0.factor *= 1 - self.depth }
        case .managementCut:
            moment.served.isMissing = true
            moment.isSilent = true
            moment.outsideProbes = 1
        case .tunnelAndSource:
            self.inStore(&moment) { $0.factor *= 1 - self.depth }
            moment.outsideProbes = 1
        case .exporterStuck:
            self.inStore(&moment) { $0.frozenSince = self.from }
            moment.isSilent = true
        case .alike:
            self.inStore(&moment) { $0.factor *= 1 - self.depth }
            Self.add(self.depth, to: &moment.miscounted)
        default: break
        }
    }

    /// True where the proxy's counters begin anew with it.
    var restartsProxy: Bool { self.kind == .proxyRestart || self.kind == .hostRestart }

    private func fail(_ part: Double, _ moment: inout YearMoment) {
        Self.add(part, to: &moment.outsideProbes)
        Self.add(part, to: &moment.insideProbes)
    }

    private func inStore(_ moment: inout YearMoment, _ change: (inout YearSeries) -> Void) {
        if self.count != .entered { change(&moment.served) }
        if self.count != .served { change(&moment.entered) }
    }

    /// Two causes that have nothing to do with each other.
    private static func add(_ part: Double, to sum: inout Double) { sum = 1 - (1 - sum) * (1 - min(1, max(0, part))) }
}
