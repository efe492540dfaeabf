public import LeewardModel

/// What breaks in the world.
///
/// A fault that lasts is undone at its end; where several overlap, the worst of each kind counts.
public enum Fault: Hashable, Sendable {
    /// The region's instances answer only this part of their requests well, in basis points.
    case successRate(RegionID, Int)
    /// The same in every region: a shared dependency.
    case successRateEverywhere(Int)
    /// One service answers only this part well, in basis points, in one region or, nil, in every one.
    case serviceRate(ServiceID, RegionID?, Int)
    /// Requests begin and never end.
    case hang(RegionID)
    /// Instances carry only this part of what they should, in basis points.
    case capacity(RegionID, Int)
    /// The edge answers nobody: no users, no tunnel, no agent.
    case edgeDown(RegionID)
    /// The agent says nothing; the proxy goes on.
    case agentSilent(RegionID)
    /// Nothing passes between the controllers and a region's agent and provider; users and proxies do not notice.
    case network(RegionID)
    /// Users of a geography come this many times as often, in basis points.
    case surge(GeographyID, Int)
    case telemetry(TelemetryFault, RegionID?)
    case calls(CallTarget, CallFault)
    /// Cold starts of the region fail with this chance, in basis points.
    case coldStartsFail(RegionID, Int)
    /// Nothing of the first region reaches the second: neither proxied users nor probes.
    case path(from: RegionID, to: RegionID)
    /// Batch jobs take this part of the region's instances, in basis points, and keep them busy.
    case batch(RegionID, Int)
    /// What the provider lists is not what it has.
    case listing(RegionID, ListingFault)
    /// The parent zone has forgotten the fleet's: who asks for an address now hears that there is none.
    case delegationGone
    /// The journal's disk takes no write: full, or broken.
    case journalRefuses
    /// An authoritative server answers nobody.
    case nameServerSilent(Int)
    /// An authoritative server answers what it has and takes no update.
    case nameServerStale(Int)
    /// Between one controller, counted from 0, or all of them and the coordination store.
    case coordination(StoreFault, Int?)
    /// A controller's clock, counted from 0, runs at this many hundredths of the true rate, 1...10,000.
    case controllerClock(Int, Int)
    /// The clock on a controller's wall is so many milliseconds ahead of the true time, or behind it where below zero.
    ///
    /// Counted from 0; nil: of every controller. Several of them add up. No monotonic clock notices.
    case controllerWall(Int?, Int64)

    // These happen in one moment and are never undone.

    /// Dark instances fail, or have another image than the live ones, each with this chance in basis points.
    case darkDefects(RegionID, failed: Int, wrongImage: Int)
    /// Another actor lifts the scale-down freeze.
    case freezeReverted(RegionID)
    /// A new version of a service goes out; the dark instances follow `darkAfter` later.
    case deploy(ServiceID, RegionID, darkAfter: Span)
    /// The controller's process dies and starts again; `newBoot`: on a machine that was restarted too.
    case controllerKilled(restartAfter: Span, newBoot: Bool)
    /// A controller's process stands still for so long, and then goes on; nil: the one that has the lease.
    case controllerPaused(Int?, PauseMoment, Span)
    /// The coordination store ends the lease early.
    case leaseLost

    /// What an end of the fault would undo.
    public var lasts: Bool {
        switch self {
        case .darkDefects, .freezeReverted, .deploy, .controllerKilled, .controllerPaused, .leaseLost: false
        default: true
        }
    }

    /// True where users themselves notice it, with or without a controller.
    public var touchesUsers: Bool {
        switch self {
        case .successRate, .successRateEverywhere, .serviceRate, .hang, .capacity, .edgeDown, .surge, .path, .batch,
            .delegationGone:
            true
        default: false
        }
    }

    /// True where it makes this region's own instances or edge fail users.
    func isIn(_ region: RegionID) -> Bool {
        switch self {
        case .successRate(region, _), .successRateEverywhere, .hang(region), .capacity(region, _), .edgeDown(region),
            .batch(region, _):
            true
        default: false
        }
    }
}

/// What can go wrong with the metrics, of one region or of all.
public enum TelemetryFault: Hashable, Sendable {
    /// No new bucket arrives.
    case vanish
    /// Each new bucket holds the last value again.
    case freeze
    /// Buckets arrive this much later.
    case lag(Span)
    case notANumber
    /// A source is missing: buckets hold only this part, in basis points.
    case part(Int)
    /// The store's clock is wrong by so many milliseconds, ahead where above zero; always for all regions.
    case clock(Int64)
    /// The store itself does not answer; always for all regions.
    case storeDown
}

/// What can be wrong with a provider's list of instances.
public enum ListingFault: Hashable, Sendable {
    /// It shows what was there so long ago, or when this began.
    case late(Span)
    /// It is empty, and says that it is whole.
    case empty
    /// It breaks off in the middle, and says so.
    case cutShort
    /// Every page comes twice.
    case twice
}

/// Whose calls go wrong.
public enum CallTarget: Hashable, Sendable {
    case provider(RegionID)
    case edge(RegionID)
    case zone
}

/// What goes wrong with a call.
public enum CallFault: Hashable, Sendable {
    /// It is not reached; a provider is not heard either.
    case outage
    /// It says no with this chance, in basis points.
    case throttle(Int)
    /// It says done and does nothing.
    case lyingSuccess
    /// It does it and says that it failed.
    case doneButFailed
    /// It does it and the answer is lost.
    case lostAnswer
    /// It never arrives, and no answer comes; a provider is not heard either.
    case swallowed
    /// It does half of what can be halved and gives no answer.
    case partial
    /// It answers so much later.
    case slow(Span)
}

/// A fault at its time.
public struct TimedFault: Hashable, Sendable {
    public var fault: Fault
    /// After the start of the run.
    public var at: Span
    /// Nil: to the end of the run.
    public var lasts: Span?
    public init(_ fault: Fault, at: Span, lasts: Span? = nil) {
        self.fault = fault
        self.at = at
        self.lasts = lasts
    }

    /// When it is over; nil where it stays.
    public var end: Span? { self.fault.lasts ? self.lasts.map { self.at + $0 } : self.at }
}
