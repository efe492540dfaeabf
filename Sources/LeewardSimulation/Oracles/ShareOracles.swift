import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S03: a geography that had a region which works keeps one, whoever asks.
struct LastHealthy: Oracle {
    /// Milliseconds until anybody can know that a region has fallen sick.
    static let knowledge: Int64 = 20_000
    /// Since when each region has been well.
    private var wellSince: [Int64?] = []

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let hurt = scene.world.hurtSince
        if self.wellSince.isEmpty { self.wellSince = Array(repeating: 0, count: hurt.count) }
        for region in hurt.indices {
            self.wellSince[region] = hurt[region] == nil ? self.wellSince[region] ?? scene.now : nil
        }
    }

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .rung(let id, let points, _, let after, _) = record else { return }
        let before = story.shares ?? scene.world.fleet.homeShares
        for geography in scene.world.names.geographies {
            // Who leaves sick saviors goes where fewer requests fail, well or not (S41); one that is known to be well is not left.
            let hadOne =
                before[geography]?.regions.contains {
                    self.isReached($0, by: geography, scene)
                        && (story.abandoned.contains(geography)
                            ? self.isKnownWell($0, scene) : self.works($0, scene, grace: 0))
                } ?? false
            let hasOne = after[geography]?.regions.contains { self.works($0, scene, grace: Self.knowledge) } ?? false
            if hadOne, !hasOne {
                let text = "\(id) rung \(points): \(geography) goes from \(before[geography]?.description ?? "-") to "
                complaints.append(Complaint(rule: .s03, detail: text + "\(after[geography]?.description ?? "-")"))
            }
        }
    }

    /// True where users enter it, or some edge at which they enter has a way to it; a region that nobody reaches serves nobody.
    private func isReached(_ region: RegionID, by geography: GeographyID, _ scene: Scene) -> Bool {
        let world = scene.world
        guard let target = world.names.regionIndex[region], let place = world.names.geographyIndex[geography] else {
            return false
        }
        let regions = world.names.regions.count
        return world.names.regions.indices.contains { entry in
            world.entering[place * regions + entry] > 0 && world.trouble.regions[entry].reaches(target)
        }
    }

    private func isKnownWell(_ region: RegionID, _ scene: Scene) -> Bool {
        guard let index = scene.world.names.regionIndex[region], self.wellSince.indices.contains(index) else {
            return false
        }
        // One that fails a few of ten is not clearly sick, and not known to be well.
        let isGood = scene.world.hurtLast[index].map { scene.now - $0 >= Self.knowledge } ?? true
        return isGood && (self.wellSince[index].map { scene.now - $0 >= Self.knowledge } ?? false)
    }

    private func works(_ region: RegionID, _ scene: Scene, grace: Int64) -> Bool {
        guard let index = scene.world.names.regionIndex[region] else { return false }
        return scene.world.hurtSince[index].map { scene.now - $0 < grace } ?? true
    }
}

/// S04 and S40: what every proxy has loaded names every geography, sums to 10,000 and stays inside residency.
struct WholeShares: Oracle {
    private var checked: [Generation] = []

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        let present = world.edges.map(\.accepted.generation)
        guard present != self.checked else { return }
        self.checked = present
        for (region, edge) in world.edges.enumerated() {
            for (index, geography) in world.names.geographies.enumerated() {
                let vector = edge.table[geography]
                let sum = vector?.shares.reduce(0) { $0 + $1.1.basisPoints } ?? 0
                if sum != 10_000 {
                    let text = "\(world.names.regions[region]) has \(geography) at \(sum) basis points"
                    complaints.append(Complaint(rule: .s04, detail: text))
                }
                for target in vector?.regions ?? [] where !world.names.allowed[index].contains(target) {
                    complaints.append(Complaint(rule: .s40, detail: "\(geography) is served by \(target)"))
                }
            }
        }
    }
}

/// S05 and S07: every change is a rung of the ladder, the first a canary, and the next opens only on proof.
struct Ladder: Oracle {
    static let canary = 100
    private var rungAt: Int64 = 0
    /// Rungs of the present way back.
    private var rungsBack = 0

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        // Who says it again on the way back begins nothing anew.
        case .turned: if !story.isReturning { self.rungsBack = 0 }
        case .proven(let id, let points, _):
            let soaked = scene.now - self.rungAt
            guard soaked < scene.world.fleet.limits.soakMin.milliseconds else { break }
            let text = "\(id) rung \(points) is called proven after \(soaked) ms"
            complaints.append(Complaint(rule: .s07, detail: text))
        case .rung(let id, let points, _, _, _):
            defer { self.rungAt = scene.now }
            guard story.isReturning, let active = story.active else { break }
            defer { self.rungsBack += 1 }
            let isUndone = active.isPlanned && story.ending == .rolledBack && !story.hasPublished
            guard self.rungsBack > 0, !isUndone, story.abandoned.isEmpty, story.proven != story.points else { break }
            let text = "\(id) comes back to \(points); \(story.points) was not proven"
            complaints.append(Complaint(rule: .s25, detail: text))
        default: break
        }
        guard case .rung(let id, let points, _, _, _) = record, let active = story.active else { return }
        let plan = active.plan
        if !story.isReturning, points > story.points, !active.isDNSOnly {
            let known = plan.ladder + [plan.final]
            if !known.contains(points) {
                complaints.append(Complaint(rule: .s05, detail: "\(id) rung \(points) is none of \(known)"))
            }
            if story.points == 0, points > Self.canary {
                complaints.append(Complaint(rule: .s05, detail: "\(id) begins with \(points) basis points"))
            }
            if story.points > 0, story.proven != story.points, !story.hasPublished {
                let text = "\(id) rung \(points) opens; \(story.points) was not proven"
                complaints.append(Complaint(rule: .s07, detail: text))
            }
        }
        if story.isReturning, story.points == plan.final, !active.isPlanned,
            story.points - points > max(Self.canary, plan.final / 100)
        {
            let text = "\(id) comes back with \(story.points - points) basis points at once"
            if story.abandoned.isEmpty { complaints.append(Complaint(rule: .s05, detail: text)) }
        }
    }
}

/// S06: a savior gets more only where its true load would fit into what is truly ready.
struct CapacityGate: Oracle {
    /// The forecast may miss by so much.
    static let tolerance = 1.05

    func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .rung(let id, let points, _, let after, _) = record, let active = story.active,
            points > story.points, !story.isReturning
        else { return }
        let world = scene.world
        let limit = Double(world.fleet.limits.saviorLimit) / 10_000
        for region in active.plan.receivers {
            guard let index = world.names.regionIndex[region] else { continue }
            var load = 0.0
            for (geography, name) in world.names.geographies.enumerated() {
                let rate = scene.countable(geography, name)
                load += rate * Double(after[name]?[region] ?? 0) / 10_000
            }
            for (service, name) in world.names.services.enumerated() {
                let ready = Double(world.providers[index].serving[service]) * world.instanceCapacity[service]
                let own = load * world.mix[service]
                guard own > ready * limit * Self.tolerance else { continue }
                let text =
                    "\(id) rung \(points): \(region)/\(name) will get \(Int(own)) of \(Int(ready)) requests/s ready"
                complaints.append(Complaint(rule: .s06, detail: text))
            }
        }
    }
}

/// S08: a savior that has been bad for two buckets and more does not get more.
struct Retreat: Oracle {
    static let known: Int64 = 15_000
    private var badSince: [Int64?] = []
    /// Since when less than half of its requests are good; what was counted since the rung can not be better.
    private var poorSince: [Int64?] = []
    private var rungAt: Int64 = 0

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let world = scene.world
        if self.badSince.isEmpty {
            self.badSince = Array(repeating: nil, count: world.names.regions.count)
            self.poorSince = self.badSince
        }
        let limit = Double(world.fleet.limits.dipBelow) / 10_000 - 0.03
        for region in self.badSince.indices {
            self.poorSince[region] = world.goodPart[region] < 0.45 ? self.poorSince[region] ?? scene.now : nil
            self.badSince[region] = world.goodPart[region] < limit ? self.badSince[region] ?? scene.now : nil
        }
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        if case .proven(let id, let points, _) = record, !story.isReturning {
            for region in story.receivers {
                guard let index = scene.world.names.regionIndex[region], self.poorSince.indices.contains(index),
                    let since = self.poorSince[index], since <= self.rungAt
                else { continue }
                let text = "\(id) rung \(points) is called proven; \(region) has failed most requests since before it"
                complaints.append(Complaint(rule: .s08, detail: text))
            }
        }
        guard case .rung(let id, let points, _, let after, _) = record else { return }
        self.rungAt = scene.now
        guard !story.isReturning, points > story.points, !self.badSince.isEmpty else { return }
        let before = story.shares ?? scene.world.fleet.homeShares
        for region in story.receivers {
            guard let index = scene.world.names.regionIndex[region], let since = self.badSince[index],
                scene.now - since >= Self.known
            else { continue }
            let grows = after.contains { $0.1[region] > before[$0.0]?[region] ?? 0 }
            if grows {
                let text = "\(id) rung \(points): \(region) gets more, bad for \(scene.now - since) ms"
                complaints.append(Complaint(rule: .s08, detail: text))
            }
        }
    }
}

/// S45: what a proxy has loaded is what the journal says of that generation, bit for bit.
struct PlanPath: Oracle {
    private var checked: [Generation] = []

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let present = scene.world.edges.map(\.accepted.generation)
        guard present != self.checked else { return }
        for (region, before) in self.checked.enumerated() where present[region] < before {
            let text = "\(scene.world.names.regions[region]) falls from generation \(before) to \(present[region])"
            complaints.append(Complaint(rule: .s45, detail: text))
        }
        self.checked = present
        for (region, edge) in scene.world.edges.enumerated() {
            let generation = edge.accepted.generation
            let told = generation.value == 0 ? scene.world.fleet.homeShares : story.tables[generation]
            if told != edge.table {
                let text =
                    "\(scene.world.names.regions[region]) has a generation \(generation) that no record describes"
                complaints.append(Complaint(rule: .s45, detail: text))
            }
        }
    }
}
