import LeewardModel

/// One region's proxy and the agent beside it: what is accepted on disk, what is loaded, what was counted.
struct EdgeState: Sendable {
    /// Highest epoch that was ever shown, on disk (S14).
    var epoch = Epoch(0)
    var accepted = SnapshotMark(generation: Generation(0), epoch: Epoch(0), key: "")
    var table: ShareTable
    /// The loaded table as parts of one, by geography times regions plus serving region.
    var parts: [Double]
    /// By geography times regions plus serving region.
    var entered: [RequestCounts]
    /// By service; users only.
    var served: [RequestCounts]
    /// By probed region.
    var probes: [ProbeCounts]
    var sequence: Int64 = 0
    /// When a controller last spoke to the agent, in the world's milliseconds.
    var heardAt: Int64 = 0
    /// Effects that landed, by key (S13).
    var done: [EffectKey: Effect] = [:]

    init(home: ShareTable, names: Names) {
        self.table = home
        self.parts = Self.parts(of: home, names)
        self.entered = Array(repeating: RequestCounts(), count: names.geographies.count * names.regions.count)
        self.served = Array(repeating: RequestCounts(), count: names.services.count)
        self.probes = Array(repeating: ProbeCounts(), count: names.regions.count)
    }

    /// Takes a snapshot or a claim as the real agent does: fence first, the same key once, never a half.
    mutating func apply(_ effect: Effect, _ fence: Fence, _ names: Names, _ checks: Receivers) -> Outcome {
        guard fence.epoch >= self.epoch || !checks.stands(.edgeFence) else {
            return .refused("epoch \(fence.epoch) is fenced: epoch \(self.epoch) has been here (S14)")
        }
        self.epoch = fence.epoch
        if checks.stands(.edgeKeys), let earlier = self.done[fence.key] {
            return earlier == effect ? .done : .refused("key \(fence.key) was already used for another effect")
        }
        switch effect {
        case .claimEdge: self.accepted.epoch = fence.epoch
        case .publishEdge(_, let generation, let shares):
            guard generation > self.accepted.generation || !checks.stands(.edgeGeneration) else {
                return .refused("generation \(generation) is not above \(self.accepted.generation)")
            }
            if let problem = Self.problem(of: shares, names, checks) { return .refused(problem) }
            self.accepted = SnapshotMark(generation: generation, epoch: fence.epoch, key: fence.key)
            self.table = shares
            self.parts = Self.parts(of: shares, names)
        case .claimZone, .updateZone, .claimProvider, .freeze, .unfreeze, .detach, .attach, .start:
            return .refused("an edge agent does not do this")
        }
        self.done[fence.key] = effect
        return .done
    }

    /// What an agent with a timer would do (S17): whom nobody has spoken to for a minute goes back to the shares of before.
    mutating func forget(_ home: ShareTable, at now: Int64, _ names: Names) {
        guard now - self.heardAt > 60_000, self.table != home else { return }
        self.table = home
        self.parts = Self.parts(of: home, names)
    }

    private static func problem(of shares: ShareTable, _ names: Names, _ checks: Receivers) -> String? {
        for (index, geography) in names.geographies.enumerated() {
            guard let vector = shares[geography] else { return "the snapshot says nothing about \(geography)" }
            for region in vector.regions
            where !names.allowed[index].contains(region) && checks.stands(.edgeResidency) {
                return "\(region) may not serve \(geography) (S40)"
            }
        }
        return nil
    }

    private static func parts(of table: ShareTable, _ names: Names) -> [Double] {
        var parts: [Double] = []
        for geography in names.geographies {
            for region in names.regions { parts.append(Double(table[geography]?[region] ?? 0) / 10_000) }
        }
        return parts
    }
}

/// The names of the fleet in order; inside the world everything is an index into them.
struct Names: Sendable {
    let regions: [RegionID]
    let geographies: [GeographyID]
    let services: [ServiceID]
    let hosts: [HostName]
    let addresses: [String]
    /// By geography.
    let homes: [Int]
    let allowed: [[RegionID]]
    /// Name to index, in the order of the names; also the mould of every map that a report needs.
    let regionIndex: SortedMap<RegionID, Int>
    let geographyIndex: SortedMap<GeographyID, Int>
    let serviceIndex: SortedMap<ServiceID, Int>
    let hostIndex: SortedMap<HostName, Int>

    init(_ fleet: Fleet) {
        self.regions = fleet.regions.keys
        self.geographies = fleet.geographies.keys
        self.services = fleet.services.keys
        self.hosts = fleet.geographies.values.map { HostName($0.host) }
        self.addresses = fleet.regions.values.map(\.edge.address)
        self.regionIndex = Self.numbered(fleet.regions)
        self.geographyIndex = Self.numbered(fleet.geographies)
        self.serviceIndex = Self.numbered(fleet.services)
        self.hostIndex = SortedMap(self.hosts.enumerated().map { ($1, $0) })
        let index = self.regionIndex
        self.homes = fleet.geographies.values.map { index[$0.home] ?? 0 }
        self.allowed = fleet.geographies.values.map(\.allowed)
    }

    /// Has the very keys of the fleet's own map, so that whoever walks both compares none of them.
    private static func numbered<Key>(_ map: SortedMap<Key, some Sendable>) -> SortedMap<Key, Int> {
        var next = 0
        return map.mapValues { _ in
            defer { next += 1 }
            return next
        }
    }
}
