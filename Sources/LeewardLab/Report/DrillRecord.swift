import LeewardModel

/// Basis points by geography and region, as somebody really observed them.
package typealias ObservedShares = SortedMap<GeographyID, SortedMap<RegionID, Int>>

/// Everything that one drill observed; the report is computed from it and from nothing else.
package struct DrillRecord: Hashable, Sendable, Codable {
    /// The moments that the clocks are read from; nil when it did not happen.
    package struct Moments: Hashable, Sendable, Codable {
        package var begun: WallTime
        /// The region was broken; for a planned drill, the operator's command was given.
        package var outage: WallTime?
        /// First verdict that names the region sick.
        package var verdict: WallTime?
        /// First durable intent.
        package var intent: WallTime?
        /// DNS was read back from every authoritative server.
        package var committed: WallTime?
        package var evacuated: WallTime?
        package var healed: WallTime?
        package var failback: WallTime?
        /// Every share is back and every injected instance at home.
        package var done: WallTime?
        package var ended: WallTime
        package init(begun: WallTime, ended: WallTime) {
            self.begun = begun
            self.ended = ended
        }
    }

    /// Instances moved, counted at the providers; orphans counted in the process table.
    package struct Ledger: Hashable, Sendable, Codable {
        package var injected: Int
        package var withdrawn: Int
        package var orphans: Int
        package init(injected: Int = 0, withdrawn: Int = 0, orphans: Int = 0) {
            self.injected = injected
            self.withdrawn = withdrawn
            self.orphans = orphans
        }
    }

    /// "backends-down", "brownout", "hang", "edge-down", or "planned".
    package var kind: String
    package var region: RegionID
    package var isPlanned: Bool { self.kind == "planned" }
    /// False for the comparison run without a controller.
    package var hasDaemon: Bool
    /// False for the comparison run with cold starts only.
    package var hasShadow: Bool
    /// The region healed by itself after so many seconds; nil when it stayed broken until the evacuation was done.
    package var blipSeconds: Double?
    package var moments: Moments
    package var evacuation: EvacuationID?
    /// The phase in which the evacuation ended.
    package var phase: String
    package var timeline: [ClientSecond]
    package var samples: [DrillSample]
    package var decisions: [DrillDecision]
    /// As the proxies had them loaded.
    package var before: ObservedShares
    package var during: ObservedShares
    package var after: ObservedShares
    package var ledger: Ledger
    package var checks: [DrillCheck]

    package init(kind: String, region: RegionID, hasDaemon: Bool, hasShadow: Bool, moments: Moments) {
        self.kind = kind
        self.region = region
        self.hasDaemon = hasDaemon
        self.hasShadow = hasShadow
        self.moments = moments
        self.phase = ""
        self.timeline = []
        self.samples = []
        self.decisions = []
        self.before = [:]
        self.during = [:]
        self.after = [:]
        self.ledger = .init()
        self.checks = []
    }
}

/// What the drill saw at one moment.
package struct DrillSample: Hashable, Sendable, Codable {
    package var time: WallTime
    /// Phase of the evacuation; empty when there is none.
    package var phase: String
    package var verdict: String
    package var reason: String
    /// As the proxies have them loaded.
    package var shares: ObservedShares
    /// Instances that are live now and were dark before.
    package var injected: Int
    package init(
        time: WallTime,
        phase: String,
        verdict: String,
        reason: String,
        shares: ObservedShares,
        injected: Int
    ) {
        self.time = time
        self.phase = phase
        self.verdict = verdict
        self.reason = reason
        self.shares = shares
        self.injected = injected
    }
}

/// Something that was decided, by whom and why.
package struct DrillDecision: Hashable, Sendable, Codable {
    package var time: WallTime
    package var what: String
    package var reason: String
    package init(time: WallTime, what: String, reason: String) {
        self.time = time
        self.what = what
        self.reason = reason
    }
}

/// One thing that must hold for the drill to have passed.
package struct DrillCheck: Hashable, Sendable, Codable {
    package var name: String
    package var isMet: Bool
    /// What was found, with numbers.
    package var found: String
    package init(_ name: String, isMet: Bool, found: String) {
        self.name = name
        self.isMet = isMet
        self.found = found
    }
}
