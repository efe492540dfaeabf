import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S09: scale-down stays frozen wherever an evacuation is under way, and is put back when somebody lifts it.
struct Freeze: Oracle {
    static let grace: Int64 = 20_000
    /// A provider that failed for long is asked again only now and then.
    static let retry: Int64 = 35_000
    private var thawedAt: SortedMap<RegionID, Int64> = [:]
    private var excusedUntil: Int64 = 0
    private var told: [RegionID] = []
    /// It was held while providers failed: their budget may be spent, and a person resumes (S28).
    private var isHeldForThem = false

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        // Who holds what is held already changes nothing about why nobody calls (S28).
        case .held where story.phase == .held: self.isHeldForThem = self.isHeldForThem || scene.now <= self.excusedUntil
        case .held: self.isHeldForThem = scene.now <= self.excusedUntil
        case .opened, .resumed, .turned: self.isHeldForThem = false
        default: break
        }
    }

    mutating func thawed(_ region: RegionID, at now: Int64) { self.thawedAt[region] = now }

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        // Providers that do not do as they are told, and a controller that is down, are not the controller's doing.
        let isExcused =
            !scene.isAlive || story.isKilled
            || world.trouble.regions.contains { !$0.providerCalls.isEmpty || $0.isListedLate }
        if isExcused { self.excusedUntil = scene.now + Self.retry }
        guard scene.now > self.excusedUntil, let active = story.active, story.active?.isDNSOnly == false,
            !story.isThawing, !self.isHeldForThem,
            scene.now - story.phaseSince > Self.grace
        else { return }
        for (index, region) in world.names.regions.enumerated() where !world.providers[index].isFrozen {
            let since = max(self.thawedAt[region] ?? 0, story.phaseSince)
            guard scene.now - since > Self.grace, !self.told.contains(region) else { continue }
            self.told.append(region)
            let text = "\(region) is not frozen in \(active.id) \(story.phase?.rawValue ?? "")"
            complaints.append(Complaint(rule: .s09, detail: text))
        }
    }
}

/// S10: attach only what was seen in no cluster, and into the live cluster only the image that is live.
struct OneCluster: Oracle {
    private var known: [EffectKey: Bool] = [:]

    func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard landing.changed, case .attach(let cluster, let ids, .live) = call.effect,
            let region = scene.world.names.regionIndex[cluster.region],
            let service = scene.world.names.serviceIndex[cluster.service], !Self.isImageNew(cluster.region, scene)
        else { return }
        let provider = scene.world.providers[region]
        for instance in provider.instances where ids.contains(instance.id) {
            guard instance.version != provider.versions[service] else { continue }
            let text = "\(instance.id) goes live with image \(instance.version) of \(provider.versions[service])"
            complaints.append(Complaint(rule: .s10, detail: text))
        }
    }

    /// What changed a moment ago, or is listed late, nobody could have seen in a list.
    private static func isImageNew(_ region: RegionID, _ scene: Scene) -> Bool {
        if let index = scene.world.names.regionIndex[region], scene.world.trouble.regions[index].isListedLate {
            return true
        }
        return scene.scenario.faults.contains { timed in
            let since = scene.now - timed.at.milliseconds
            switch timed.fault {
            case .darkDefects(region, _, _), .deploy(_, region, _): return (0..<5000).contains(since)
            default: return false
            }
        }
    }

    mutating func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        // A retry under the same key may meet what its first try did late, and nothing else (S13).
        let isRetry = self.known.updateValue(true, forKey: call.fence.key) != nil
        guard case .attach(let cluster, let ids, let to) = call.effect,
            let region = scene.world.names.regionIndex[cluster.region]
        else { return }
        for instance in scene.world.providers[region].instances
        where ids.contains(instance.id) && instance.membership != .none && !(isRetry && instance.membership == to) {
            let text = "\(call.fence.key) attaches \(instance.id), which is in \(instance.membership.rawValue)"
            complaints.append(Complaint(rule: .s10, detail: text))
        }
    }
}

/// L06: at its end an evacuation leaves shares and dark instances exactly as they were.
///
/// Where somebody else lifted the freeze, an autoscaler may have ended some at the next moment; S09 holds the controller to
/// putting the freeze back.
struct ExactReturn: Oracle {
    private var homes: [InstanceID: RegionID] = [:]
    private var thawed: [RegionID] = []

    mutating func thawed(_ region: RegionID, at now: Int64) { self.thawed.append(region) }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .opened: (self.homes, self.thawed) = ([:], [])
        case .stock(_, let cluster, let instances): for id in instances { self.homes[id] = cluster.region }
        default: self.ended(record, story, scene, &complaints)
        }
    }

    private func ended(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .phase(let id, let phase, _, _) = record, phase == .done || phase == .rolledBack,
            let active = story.active
        else { return }
        if let shares = story.shares, shares != active.plan.baseline {
            complaints.append(Complaint(rule: .l06, detail: "\(id) ends with other shares than it began with"))
        }
        for provider in scene.world.providers {
            for instance in provider.instances
            where story.injected.contains(instance.id) && instance.membership != .shadow && instance.state != .failed {
                let text = "\(id) ends with \(instance.id) in \(instance.membership.rawValue)"
                complaints.append(Complaint(rule: .l06, detail: text))
            }
        }
        let kept = story.injected.filter { self.homes[$0].map { !self.thawed.contains($0) } ?? true }
        let present = scene.world.providers.reduce(0) { sum, provider in
            sum + provider.instances.reduce(0) { $0 + (kept.contains($1.id) ? 1 : 0) }
        }
        if present != kept.count {
            let text = "\(id) ends with \(present) of \(kept.count) injected instances left"
            complaints.append(Complaint(rule: .l06, detail: text))
        }
    }
}
