import LeewardModel

/// The safeguards outside the engine by name: what receivers of effects check, and what the shell does before it sends.
enum ReceiverGuard: String, CaseIterable, Hashable, Sendable {
    /// An agent refuses a lower epoch.
    case edgeFence = "S14.edgeFence"
    /// A provider refuses a lower epoch.
    case providerFence = "S14.providerFence"
    /// A name server takes an update only on the marker and the records that its writer has seen.
    case compareAndSet = "S15.compareAndSet"
    /// Nobody sends or takes an update that leaves a name without an address.
    case noEmptySet = "S15.noEmptySet"
    /// The cleaner keeps the generation that the zone has, the newest one, and some before them.
    case activeKept = "S15.activeKept"
    /// The cleaner asks who holds a generation, after it was marked and before it goes.
    case holders = "S15.holders"
    /// A zone that is not as its own generation says gets a generation above what it has.
    case selfRepair = "L10.selfRepair"
    /// An agent goes on with the table that it has, however long nobody speaks to it.
    case keepsTable = "S17.keepsTable"
    /// An agent does the same key once.
    case edgeKeys = "S13.edgeKeys"
    /// A provider does the same key once.
    case providerKeys = "S13.providerKeys"
    /// An agent takes no generation below the one that it has.
    case edgeGeneration = "S45.edgeGeneration"
    /// An agent refuses regions that may not serve a geography.
    case edgeResidency = "S40.edge"
    /// Records are durable BEFORE calls leave.
    case sync = "S12.sync"
    /// A torn last record is cut off BEFORE anything follows it.
    case torn = "S43.torn"
    /// The shell measures time by a clock that nobody sets.
    case monotonic = "S26.monotonic"
    /// The coordination store appends only what comes under the term of the lease that it has given.
    case appendOnLease = "S01.appendOnLease"
    /// It appends only what was decided on the whole journal.
    case appendOnSequence = "L05.appendOnSequence"
}

/// Which of them stand, and what the network does with calls.
struct Receivers: Hashable, Sendable {
    var off: [ReceiverGuard] = []
    /// Every call reaches its receiver a second time, so much later; nil: never.
    var repeatsAfter: Span?

    func stands(_ guarded: ReceiverGuard) -> Bool { self.off.isEmpty || !self.off.contains(guarded) }
}
