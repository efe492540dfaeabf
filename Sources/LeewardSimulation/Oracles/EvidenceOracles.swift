import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S18 and S20: nothing starts by itself on a gap or on one class of evidence, and nobody is sent where nothing is known.
struct NoFalseAlarm: Oracle {
    static let memory: Int64 = 60_000
    /// Twice the time until a gap is known: `staleAfter`, and as long again for the buckets that follow.
    static let known: Int64 = 30_000
    private var gapSince: [Int64?] = []

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let trouble = scene.world.trouble
        if self.gapSince.isEmpty { self.gapSince = Array(repeating: nil, count: trouble.regions.count) }
        for region in trouble.regions.indices {
            self.gapSince[region] = Self.saysNothing(region, trouble) ? self.gapSince[region] ?? scene.now : nil
        }
    }

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .opened(let evacuation, _): self.opened(evacuation, scene, &complaints)
        case .rung(let id, let points, _, _, _):
            guard let active = story.active, active.origin.isAutomatic, points > story.points, !story.isReturning,
                !scene.isByHand
            else {
                return
            }
            for region in active.plan.receivers {
                guard let index = scene.world.names.regionIndex[region], self.isGap(index, scene) else { continue }
                let text = "\(id) rung \(points): \(region) gets more, and its metrics have said nothing for long"
                complaints.append(Complaint(rule: .s18, detail: text))
            }
        default: break
        }
    }

    private func opened(_ evacuation: Evacuation, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard evacuation.origin.isAutomatic, let region = scene.world.names.regionIndex[evacuation.evacuee] else {
            return
        }
        let isWell = scene.world.hurtLast[region].map { scene.now - $0 > Self.memory } ?? true
        guard isWell else { return }
        // Whose metrics are wrong was alarmed by them; whose are right, by one class where a second would have said no.
        let lies = scene.world.trouble.isStoreLying || scene.world.trouble.regions[region].telemetry != nil
        let text = "\(evacuation.id) opens for \(evacuation.evacuee), which hurts nobody"
        complaints.append(Complaint(rule: lies ? .s18 : .s20, detail: text))
    }

    private static func saysNothing(_ region: Int, _ trouble: Trouble) -> Bool {
        let own = trouble.regions[region].telemetry
        return trouble.isStoreDown || own == .vanish || own == .notANumber
    }

    private func isGap(_ region: Int, _ scene: Scene) -> Bool {
        // A region without users of its own has no metric that anybody waits for.
        guard Self.saysNothing(region, scene.world.trouble), scene.world.names.homes.contains(region),
            self.gapSince.indices.contains(region),
            let since = self.gapSince[region]
        else { return false }
        return scene.now - since > Self.known
    }
}

/// S25: nobody returns to a region that has hurt its users, or would, within the time that it must have been well.
struct Stable: Oracle {
    /// Probes and buckets blur the moment of recovery.
    static let blur: Int64 = 5000

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .turned(let id, .done, _) = record, story.workingPhase == .evacuated, let active = story.active,
            !active.isPlanned, let region = scene.world.names.regionIndex[active.evacuee],
            let last = scene.world.hurtLast[region]
        else { return }
        let calm = scene.now - last
        guard calm < scene.world.fleet.limits.stableFor.milliseconds - Self.blur else { return }
        let text = "\(id) fails back to \(active.evacuee), \(calm) ms after it last hurt users"
        complaints.append(Complaint(rule: .s25, detail: text))
    }
}

/// S35: a person who named a plan gets that plan.
struct NamedPlan: Oracle {
    private var named: String?

    mutating func asked(_ command: Command) {
        switch command {
        case .evacuate(_, let hash), .override(_, _, let hash), .approve(_, let hash): self.named = hash
        default: self.named = nil
        }
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .opened(let evacuation, _) = record, !evacuation.origin.isAutomatic, let named = self.named else {
            return
        }
        self.named = nil
        if evacuation.plan.hash != named {
            let text = "\(evacuation.id) opens with plan \(evacuation.plan.hash); \(named) was asked for"
            complaints.append(Complaint(rule: .s35, detail: text))
        }
    }
}

/// S38: no rung outwards brings a region above its ceiling of all traffic, or further above it.
///
/// A region whose own users are more than that is none that anybody filled.
struct RegionCeiling: Oracle {
    /// The forecast and the minute blur the parts.
    static let tolerance = 300

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .rung(let id, let points, _, let after, _) = record, points > story.points, !story.isReturning,
            // Two people agreed to pass over it (S31).
            story.active?.overrides?.contains(.s38) != true
        else { return }
        let world = scene.world
        let names = world.names.geographies
        let rates = names.indices.map { world.arriving($0) }
        let known = names.indices.map { scene.countable($0, names[$0]) }
        let before = story.shares ?? world.fleet.homeShares
        for region in world.names.regions {
            let shares = names.map { after[$0]?[region] ?? 0 }
            guard Self.part(of: rates, shares) > Self.part(of: rates, names.map { before[$0]?[region] ?? 0 }) else {
                continue
            }
            // Users whom nobody could count yet may make it look better or worse than it is.
            let part = min(Self.part(of: rates, shares), Self.part(of: known, shares))
            guard part > world.fleet.limits.maxRegionShare + Self.tolerance else { continue }
            let text = "\(id) rung \(points): \(region) gets \(part) of 10000 of all traffic"
            complaints.append(Complaint(rule: .s38, detail: text))
        }
    }

    private static func part(of rates: [Double], _ shares: [Int]) -> Int {
        let total = rates.reduce(0, +)
        guard total > 0 else { return 0 }
        return Int(zip(rates, shares).reduce(0) { $0 + $1.0 * Double($1.1) } / total)
    }
}
