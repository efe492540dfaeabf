public import LeewardModel

/// The agent beside one region's edge proxy.
///
/// Every verb is idempotent by the fence's key: the same key again answers `.done` and changes nothing (S13).
/// The receiver compares the epoch in the same atomic operation as the write (S14).
public protocol EdgePort: Sendable {
    var region: RegionID { get }
    /// What the proxy has loaded, its counters and the agent's probes, freshly read.
    func report() async throws(ProviderError) -> EdgeReport
    /// Raises the highest epoch seen; the snapshot stays.
    func claim(_ fence: Fence) async -> Outcome
    /// Hands over a whole snapshot; `.done` means durable at the agent, not yet loaded by the proxy.
    func publish(_ shares: ShareTable, generation: Generation, fence: Fence) async -> Outcome
}

/// The authoritative servers of the zone.
public protocol ZonePort: Sendable {
    /// Marker, serial and the geographies' records from each authoritative server; never throws, silence is an answer.
    func report() async -> ZoneReport
    /// Raises the marker's epoch by compare-and-set on its old value.
    func claim(old: SnapshotMark?, fence: Fence) async -> Outcome
    /// Lands whole or not at all; prerequisites name the old marker and the old value of each changed set (S15).
    func update(_ change: ZoneChange, fence: Fence) async -> Outcome
}

/// The capacity provider of one region.
public protocol CapacityPort: Sendable {
    var region: RegionID { get }
    /// Every instance that the provider knows, with membership; orphans are those in `.none`.
    func report() async throws(ProviderError) -> CapacityReport
    func claim(_ fence: Fence) async -> Outcome
    func freeze(floors: SortedMap<ServiceID, Int>, fence: Fence) async -> Outcome
    func unfreeze(_ fence: Fence) async -> Outcome
    func detach(_ instances: [InstanceID], of service: ServiceID, from: Membership, fence: Fence) async -> Outcome
    func attach(_ instances: [InstanceID], of service: ServiceID, to: Membership, fence: Fence) async -> Outcome
    func start(_ count: Int, of service: ServiceID, fence: Fence) async -> Outcome
}

/// The metrics store.
public protocol SignalPort: Sendable {
    /// The newest buckets and their baselines; a store that does not answer gives a report with `problem` set.
    func report() async -> SignalReport
    /// Traffic (`served`) and `load` over the last four weeks, for the forecast.
    func history() async throws(ProviderError) -> [Sample]
}

/// A channel over which people are called (L09).
public protocol PagePort: Sendable {
    /// Says which pages are open and which have just been closed.
    ///
    /// Called again and again with the same pages; nobody is called twice for that.
    func tell(open: [OpenPage], closed: [OpenPage]) async throws(ProviderError)
}

/// A page that nobody has acknowledged yet.
public struct OpenPage: Hashable, Sendable {
    public var text: String
    /// When it was first told.
    public var since: WallTime
    public init(text: String, since: WallTime) {
        self.text = text
        self.since = since
    }
}

/// Why a provider gave no answer that can be used.
public struct ProviderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What may be done about it.
    public enum Retry: Hashable, Sendable {
        case never
        case after(Span)
    }
    /// Whose answer it was: "edge us-east-1", "zone lab.test at 127.0.0.1:53".
    public var subject: String
    public var reason: String
    public var retry: Retry
    public init(subject: String, reason: String, retry: Retry = .after(.seconds(1))) {
        self.subject = subject
        self.reason = reason
        self.retry = retry
    }
    public var description: String { "\(self.subject): \(self.reason)" }
}
