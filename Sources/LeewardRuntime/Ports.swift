public import LeewardModel
public import LeewardProviders

/// Everything of the world that the daemon reads and changes.
public struct Ports: Sendable {
    public var edges: [RegionID: any EdgePort]
    public var capacity: [RegionID: any CapacityPort]
    public var zone: any ZonePort
    public var signals: any SignalPort
    /// The second channel for pages; nil where the log is the only one.
    public var pages: (any PagePort)?
    public init(
        edges: [RegionID: any EdgePort],
        capacity: [RegionID: any CapacityPort],
        zone: any ZonePort,
        signals: any SignalPort,
        pages: (any PagePort)? = nil
    ) {
        self.edges = edges
        self.capacity = capacity
        self.zone = zone
        self.signals = signals
        self.pages = pages
    }

    /// Hands an effect to the port's verb.
    func perform(_ effect: Effect, _ fence: Fence) async -> Outcome {
        switch effect {
        case .claimEdge(let region): await self.edges[region]?.claim(fence) ?? Self.missing(effect)
        case .publishEdge(let region, let generation, let shares):
            await self.edges[region]?.publish(shares, generation: generation, fence: fence) ?? Self.missing(effect)
        case .claimZone(let old): await self.zone.claim(old: old, fence: fence)
        case .updateZone(let change): await self.zone.update(change, fence: fence)
        case .claimProvider(let region): await self.capacity[region]?.claim(fence) ?? Self.missing(effect)
        case .freeze(let region, let floors):
            await self.capacity[region]?.freeze(floors: floors, fence: fence) ?? Self.missing(effect)
        case .unfreeze(let region): await self.capacity[region]?.unfreeze(fence) ?? Self.missing(effect)
        case .detach(let cluster, let instances, let from):
            await self.capacity[cluster.region]?
                .detach(instances, of: cluster.service, from: from, fence: fence) ?? Self.missing(effect)
        case .attach(let cluster, let instances, let to):
            await self.capacity[cluster.region]?
                .attach(instances, of: cluster.service, to: to, fence: fence) ?? Self.missing(effect)
        case .start(let cluster, let count):
            await self.capacity[cluster.region]?
                .start(count, of: cluster.service, fence: fence) ?? Self.missing(effect)
        }
    }

    private static func missing(_ effect: Effect) -> Outcome {
        .failed("nothing was sent: \(effect.lane) belongs to no region of this daemon's fleet; restart it")
    }
}
