import LeewardModel

/// The load of one live cluster at one moment.
struct ClusterLoad: Hashable, Sendable {
    var ready: Int
    var starting: Int
    /// Requests per second of all ready instances; nil when one of them did not say: a gap is not idleness (S18).
    var requestsPerSecond: Double?
    /// Requests per second that one instance carries.
    var capacity: Int
    /// The cluster is never shrunk below this.
    var floor: Int
    /// The cluster is never grown above this; nil: never grown.
    var maximum: Int?
}

/// The region's own autoscaler: shrinks what is idle and grows what is busy.
///
/// This is what Leeward's freeze has to stop.
struct Autoscaler: Sendable {
    enum Decision: Hashable, Sendable {
        case shrink(ServiceID)
        case grow(ServiceID, by: Int)
    }

    let settings: AutoscalerSettings
    private var idleSince: SortedMap<ServiceID, Timestamp> = [:]
    private var busySince: SortedMap<ServiceID, Timestamp> = [:]
    private var lastShrink: SortedMap<ServiceID, Timestamp> = [:]

    init(_ settings: AutoscalerSettings) { self.settings = settings }

    /// One look at every live cluster; at most one decision for each.
    mutating func decide(_ loads: SortedMap<ServiceID, ClusterLoad>, isFrozen: Bool, at now: Timestamp) -> [Decision] {
        var decisions: [Decision] = []
        for (service, load) in loads {
            guard self.settings.isOn, let rate = load.requestsPerSecond, load.ready > 0 else {
                self.idleSince[service] = nil
                self.busySince[service] = nil
                continue
            }
            let utilisation = rate / Double(load.ready * load.capacity)
            Self.note(utilisation < self.settings.shrinkBelow, for: service, in: &self.idleSince, at: now)
            Self.note(utilisation > self.settings.growAbove, for: service, in: &self.busySince, at: now)
            if let since = self.idleSince[service], now - since >= self.settings.sustained {
                let isRested = self.lastShrink[service].map { now - $0 >= self.settings.shrinkEvery } ?? true
                if !isFrozen, isRested, load.ready > max(self.settings.minimum, load.floor) {
                    self.lastShrink[service] = now
                    decisions.append(.shrink(service))
                }
            }
            if let since = self.busySince[service], now - since >= self.settings.sustained, let limit = load.maximum {
                // Enough to bring it down to halfway between the two thresholds; those that start already count.
                let goal = (self.settings.shrinkBelow + self.settings.growAbove) / 2
                let wanted = min(limit, Int((rate / (goal * Double(load.capacity))).rounded(.up)))
                let missing = wanted - load.ready - load.starting
                if missing > 0 { decisions.append(.grow(service, by: missing)) }
            }
        }
        return decisions
    }

    private static func note(
        _ holds: Bool,
        for service: ServiceID,
        in since: inout SortedMap<ServiceID, Timestamp>,
        at now: Timestamp
    ) {
        since[service] = holds ? since[service] ?? now : nil
    }
}
