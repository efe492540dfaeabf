/// The fencing token that proves the right to act: it only ever rises (S14).
public struct Epoch: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var value: Int64
    public init(_ value: Int64) { self.value = value }
    public init(from decoder: any Decoder) throws {
        self.value = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.value)
    }
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    public var next: Epoch { .init(self.value + 1) }
    public var description: String { String(self.value) }
}

/// The version of published shares, or of a zone's content.
public struct Generation: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var value: Int64
    public init(_ value: Int64) { self.value = value }
    public init(from decoder: any Decoder) throws {
        self.value = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.value)
    }
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    public var next: Generation { .init(self.value + 1) }
    public var description: String { String(self.value) }
}

/// Travels with every effect; the receiver refuses it when its epoch is below the highest that it has seen.
public struct Fence: Hashable, Sendable, Codable {
    public var epoch: Epoch
    public var key: EffectKey
    public init(epoch: Epoch, key: EffectKey) {
        self.epoch = epoch
        self.key = key
    }
}

/// One thing that Leeward does to the world.
public enum Effect: Hashable, Sendable, Codable {
    /// Raises the epoch of one region's agent without changing its snapshot; precedes the first effect of a new epoch.
    case claimEdge(RegionID)
    /// Gives the agent a whole snapshot: the shares of every geography.
    case publishEdge(RegionID, Generation, ShareTable)
    /// Raises the epoch in the zone's marker by compare-and-set.
    case claimZone(old: SnapshotMark?)
    /// Replaces A record sets and the marker in one update whose prerequisites name the old values.
    case updateZone(ZoneChange)
    /// Raises the epoch at one region's capacity provider.
    case claimProvider(RegionID)
    /// Stops every scale-down in the region and sets floors.
    case freeze(RegionID, floors: SortedMap<ServiceID, Int>)
    /// Gives scale-down back to the region's own autoscaler.
    case unfreeze(RegionID)
    /// Takes instances out of the cluster they are in; they keep running, in no cluster.
    case detach(ClusterID, [InstanceID], from: Membership)
    /// Puts instances that are in no cluster into one.
    case attach(ClusterID, [InstanceID], to: Membership)
    /// Cold-starts so many instances into the live cluster.
    case start(ClusterID, count: Int)

    /// The region whose machinery receives it; nil for DNS.
    public var region: RegionID? {
        switch self {
        case .claimEdge(let region), .publishEdge(let region, _, _), .claimProvider(let region),
            .freeze(let region, _), .unfreeze(let region):
            region
        case .detach(let cluster, _, _), .attach(let cluster, _, _), .start(let cluster, _): cluster.region
        case .claimZone, .updateZone: nil
        }
    }

    /// At most one call is in flight per lane (S42).
    public var lane: String {
        switch self {
        case .claimEdge(let region), .publishEdge(let region, _, _): "edge/\(region)"
        case .claimZone, .updateZone: "zone"
        case .claimProvider(let region), .freeze(let region, _), .unfreeze(let region): "provider/\(region)"
        case .detach(let cluster, _, _), .attach(let cluster, _, _), .start(let cluster, _): "cluster/\(cluster)"
        }
    }
}

/// How a call ended, as far as the caller can know.
public enum Outcome: Hashable, Sendable, Codable {
    /// The receiver says that it has it; only the read-back makes it true (S16).
    case done
    /// The receiver said no and nothing changed: a fence, a failed prerequisite, a bad request.
    case refused(String)
    /// It did not reach the receiver, or the receiver says that nothing changed; trying again is safe.
    case failed(String)
    /// No answer: it may have landed. Read before retry (S12).
    case unknown(String)
}
