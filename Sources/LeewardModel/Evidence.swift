/// The signals that Leeward reads from the metrics store.
public enum Signal: String, Hashable, Sendable, Codable, CaseIterable, Comparable, CodingKeyRepresentable {
    /// Good starts per second, by the region that served them.
    case served
    /// Good starts per second, by the region where the users entered.
    case entered
    /// Requests per second by service and region.
    case load
    /// Good starts per second by region and kind of client; only where the fleet file names it.
    case clients
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Classes of evidence; an automatic start needs two that agree (S20).
public enum EvidenceClass: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case business, server, probe, provider
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One point of a series: a rate over the bucket that ends at `time`.
public struct Sample: Hashable, Sendable, Codable {
    public var signal: Signal
    public var region: RegionID
    /// For `load` the service, for `clients` the kind of client; nil otherwise.
    public var service: ServiceID?
    public var time: WallTime
    /// Per second.
    ///
    /// Readers must expect NaN and infinity: they are no evidence.
    public var value: Double
    public init(signal: Signal, region: RegionID, service: ServiceID? = nil, time: WallTime, value: Double) {
        self.signal = signal
        self.region = region
        self.service = service
        self.time = time
        self.value = value
    }
}

/// One answer of the metrics store: live buckets, and the same times one day and one to four weeks ago.
///
/// A failed query is an answer too: `samples` empty and `problem` set. It is a gap, never a dip.
public struct SignalReport: Hashable, Sendable, Codable {
    /// The store's idea of now, from its own answer or the newest sample; ages are measured against it.
    public var readAt: WallTime
    public var live: [Sample]
    /// Samples around the same time yesterday and one to four weeks ago, at their own times.
    public var baseline: [Sample]
    public var problem: String?
    public init(readAt: WallTime, live: [Sample], baseline: [Sample], problem: String? = nil) {
        self.readAt = readAt
        self.live = live
        self.baseline = baseline
        self.problem = problem
    }
}

/// Requests counted since the proxy started.
///
/// `started` >= `good` + `failed`; the rest is in flight or was given up by the client.
public struct RequestCounts: Hashable, Sendable, Codable {
    public var started: Int
    /// Completed with 2xx.
    public var good: Int
    /// Completed with 5xx, reset or timed out at the proxy.
    public var failed: Int
    /// Being worked on at this moment.
    public var active: Int
    public init(started: Int = 0, good: Int = 0, failed: Int = 0, active: Int = 0) {
        self.started = started
        self.good = good
        self.failed = failed
        self.active = active
    }
    public static func + (left: Self, right: Self) -> Self {
        .init(
            started: left.started + right.started,
            good: left.good + right.good,
            failed: left.failed + right.failed,
            active: left.active + right.active
        )
    }
    /// What happened since `earlier`; `active` is the newer reading.
    ///
    /// Nil when a counter went back (the proxy restarted).
    public func since(_ earlier: Self) -> Self? {
        guard self.started >= earlier.started, self.good >= earlier.good, self.failed >= earlier.failed else {
            return nil
        }
        return .init(
            started: self.started - earlier.started,
            good: self.good - earlier.good,
            failed: self.failed - earlier.failed,
            active: self.active
        )
    }
}

/// A proxy's counters at one moment, cumulative since `proxyStart`.
public struct EdgeCounters: Hashable, Sendable, Codable {
    /// Changes when the proxy process is another one: its counters began again at zero.
    public var proxyStart: Int64
    /// Users who entered here: geography -> serving region (this region itself, or where they were proxied to).
    public var entered: SortedMap<GeographyID, SortedMap<RegionID, RequestCounts>>
    /// Users served by this region's own instances, entered here or proxied in; probes are not in it.
    public var served: SortedMap<ServiceID, RequestCounts>
    public init(
        proxyStart: Int64,
        entered: SortedMap<GeographyID, SortedMap<RegionID, RequestCounts>>,
        served: SortedMap<ServiceID, RequestCounts>
    ) {
        self.proxyStart = proxyStart
        self.entered = entered
        self.served = served
    }
}

/// Full transactions from one region through another region's edge, pinned to its own instances; cumulative since the agent started.
public struct ProbeCounts: Hashable, Sendable, Codable {
    public var attempts: Int
    public var good: Int
    public init(attempts: Int = 0, good: Int = 0) {
        self.attempts = attempts
        self.good = good
    }
}

/// What the agent beside one region's proxy says: what the proxy has really loaded, its counters, and its probes of every region.
public struct EdgeReport: Hashable, Sendable, Codable {
    public var region: RegionID
    /// Changes when the agent process is another one: `probes` began again at zero.
    public var agentStart: Int64
    /// Rises with every reading; the same number again is a frozen report, not a fresh one.
    public var sequence: Int64
    /// Highest that the agent accepted and has on disk.
    public var accepted: SnapshotMark
    /// What the proxy has loaded; nil when the proxy does not answer.
    public var loaded: LoadedEdge?
    /// Snapshots or endpoint files that the proxy rejected since it started.
    public var rejections: Int
    /// Nil when the proxy does not answer.
    public var counters: EdgeCounters?
    /// By probed region, this one (from inside) included.
    public var probes: SortedMap<RegionID, ProbeCounts>
    public init(
        region: RegionID,
        agentStart: Int64,
        sequence: Int64,
        accepted: SnapshotMark,
        loaded: LoadedEdge?,
        rejections: Int,
        counters: EdgeCounters?,
        probes: SortedMap<RegionID, ProbeCounts>
    ) {
        self.region = region
        self.agentStart = agentStart
        self.sequence = sequence
        self.accepted = accepted
        self.loaded = loaded
        self.rejections = rejections
        self.counters = counters
        self.probes = probes
    }
}

/// Which snapshot: its generation, the epoch that published it and the key of the effect.
public struct SnapshotMark: Hashable, Sendable, Codable {
    public var generation: Generation
    public var epoch: Epoch
    public var key: EffectKey
    public init(generation: Generation, epoch: Epoch, key: EffectKey) {
        self.generation = generation
        self.epoch = epoch
        self.key = key
    }
}

/// What a proxy really has in memory, read from the proxy and not from the file it was given.
public struct LoadedEdge: Hashable, Sendable, Codable {
    public var generation: Generation
    public var shares: ShareTable
    /// Instances that are endpoints of this region's live clusters right now.
    public var endpoints: SortedMap<ServiceID, [InstanceID]>
    public init(generation: Generation, shares: ShareTable, endpoints: SortedMap<ServiceID, [InstanceID]>) {
        self.generation = generation
        self.shares = shares
        self.endpoints = endpoints
    }
}

/// Where an instance belongs; at most one at a time (S10).
public enum Membership: String, Hashable, Sendable, Codable {
    case live, shadow, quarantine
    /// Running but in no cluster: between detach and attach, or an orphan after a crash.
    case none
}

/// One instance as the provider lists it.
public struct InstanceReport: Hashable, Sendable, Codable {
    public enum State: String, Hashable, Sendable, Codable { case starting, ready, failed }
    public var id: InstanceID
    public var service: ServiceID
    public var membership: Membership
    public var state: State
    /// "address:port" at which the region's edge reaches it.
    public var address: String
    /// Image and configuration; a dark instance whose digest differs from the live ones counts as nothing (S10).
    public var digest: String
    public init(
        id: InstanceID,
        service: ServiceID,
        membership: Membership,
        state: State,
        address: String,
        digest: String
    ) {
        self.id = id
        self.service = service
        self.membership = membership
        self.state = state
        self.address = address
        self.digest = digest
    }
}

/// What one region's capacity provider says.
public struct CapacityReport: Hashable, Sendable, Codable {
    public var region: RegionID
    public var sequence: Int64
    /// False when the listing was cut short: what is missing from it may exist (an incomplete list is not "none").
    public var isComplete: Bool
    /// Highest epoch that the provider has accepted (S14).
    public var epoch: Epoch
    /// True while scale-down is frozen (S09).
    public var isFrozen: Bool
    /// Live instances below which nobody may shrink a cluster.
    public var floors: SortedMap<ServiceID, Int>
    public var instances: [InstanceReport]
    public init(
        region: RegionID,
        sequence: Int64,
        isComplete: Bool,
        epoch: Epoch,
        isFrozen: Bool,
        floors: SortedMap<ServiceID, Int>,
        instances: [InstanceReport]
    ) {
        self.region = region
        self.sequence = sequence
        self.isComplete = isComplete
        self.epoch = epoch
        self.isFrozen = isFrozen
        self.floors = floors
        self.instances = instances
    }
}

/// What one authoritative server answers.
public struct ZoneServerReport: Hashable, Sendable, Codable {
    public var server: String
    public var serial: UInt32
    /// Nil when the marker record does not exist yet.
    public var marker: SnapshotMark?
    /// Host -> its A records in order; a host that does not exist has an empty list.
    public var records: SortedMap<HostName, [String]>
    public init(
        server: String,
        serial: UInt32,
        marker: SnapshotMark?,
        records: SortedMap<HostName, [String]>
    ) {
        self.server = server
        self.serial = serial
        self.marker = marker
        self.records = records
    }
}

/// What every authoritative server answers; a server that did not is missing from `servers` and counted in `silent`.
public struct ZoneReport: Hashable, Sendable, Codable {
    public var servers: [ZoneServerReport]
    public var silent: [String]
    public init(servers: [ZoneServerReport], silent: [String]) {
        self.servers = servers
        self.silent = silent
    }
}

/// A DNS host name without trailing dot, lower case.
public struct HostName: Identifier {
    public let text: String
    public init(_ text: String) { self.text = text }
}
