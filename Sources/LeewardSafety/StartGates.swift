public import LeewardModel

/// What the gates before a start look at.
public struct StartContext: Sendable {
    public var evacuee: RegionID
    public var isAutomatic: Bool
    /// Relief counts its own window; an evacuation has the block window.
    public var isRelief: Bool
    public var fleet: Fleet
    public var regions: SortedMap<RegionID, RegionVerdict>
    public var verdict: Verdict
    public var classes: [EvidenceClass]
    /// The one that is already active, if any.
    public var active: EvacuationID?
    public var isKilled: Bool
    public var pinned: [GeographyID]
    /// Geographies that the evacuee serves or lets in.
    public var affected: [GeographyID]
    /// Reliefs of this region within the window.
    public var recentReliefs: Int
    /// Time since the last evacuation ended without being acknowledged; nil when there was none.
    public var sinceLastEnd: Span?
    /// Automatic evacuations within the last 24 hours.
    public var automaticToday: Int

    public init(
        evacuee: RegionID,
        isAutomatic: Bool,
        isRelief: Bool,
        fleet: Fleet,
        regions: SortedMap<RegionID, RegionVerdict>,
        verdict: Verdict,
        classes: [EvidenceClass],
        active: EvacuationID?,
        isKilled: Bool,
        pinned: [GeographyID],
        affected: [GeographyID],
        recentReliefs: Int,
        sinceLastEnd: Span?,
        automaticToday: Int
    ) {
        self.evacuee = evacuee
        self.isAutomatic = isAutomatic
        self.isRelief = isRelief
        self.fleet = fleet
        self.regions = regions
        self.verdict = verdict
        self.classes = classes
        self.active = active
        self.isKilled = isKilled
        self.pinned = pinned
        self.affected = affected
        self.recentReliefs = recentReliefs
        self.sinceLastEnd = sinceLastEnd
        self.automaticToday = automaticToday
    }
}

/// The gates before anything begins; relief and evacuation pass the same ones.
public enum StartGates {
    /// All findings in the order of the rules; the caller acts only if every one permits.
    public static func findings(_ context: StartContext) -> [Finding] {
        var findings = [kill(context), singleActive(context), lastHealthy(context), pins(context)]
        if context.isAutomatic {
            findings += [trigger(context), global(context), corroboration(context), block(context)]
        }
        return findings
    }

    private static func kill(_ context: StartContext) -> Finding {
        Finding(
            .s27,
            context.isKilled ? "the kill switch is on" : "the kill switch is off",
            stoppedBy: "`leeward kill`",
            refusal: context.isKilled ? "the kill switch is on; `leeward kill --off` releases it" : nil
        )
    }

    private static func singleActive(_ context: StartContext) -> Finding {
        Finding(
            .s01,
            context.active.map { "\($0) is active" } ?? "nothing else is active",
            stoppedBy: "another evacuation that has not ended",
            refusal: context.active.map { "\($0) is active; only one may be" }
        )
    }

    /// A savior that works must remain for every geography, for people as well (S03).
    private static func lastHealthy(_ context: StartContext) -> Finding {
        var without: [String] = []
        for geography in context.affected {
            let allowed = context.fleet.geographies[geography]?.allowed ?? []
            let others = allowed.filter { $0 != context.evacuee }
            let healthy = others.contains { context.regions[$0]?.health == .healthy }
            let allUnknown = allowed.allSatisfy { (context.regions[$0]?.health ?? .unknown) == .unknown }
            if !healthy && !(allUnknown && !others.isEmpty) { without.append(geography.text) }
        }
        let others = context.regions.filter { $0.0 != context.evacuee }
            .map { "\($0.0) \($0.1.health.rawValue)" }.joined(separator: ", ")
        return Finding(
            .s03,
            "without \(context.evacuee): \(others.isEmpty ? "no region" : others)",
            stoppedBy: "no healthy region left for a geography",
            refusal: without.isEmpty
                ? nil : "\(without.joined(separator: ", ")) would have no healthy region left: \(others)"
        )
    }

    private static func pins(_ context: StartContext) -> Finding {
        let pinned = context.pinned.filter { context.affected.contains($0) }.map(\.text)
        return Finding(
            .s30,
            pinned.isEmpty ? "no affected geography is pinned" : "pinned: \(pinned.joined(separator: ", "))",
            stoppedBy: "a pin on an affected geography",
            refusal: pinned.isEmpty
                ? nil : "\(pinned.joined(separator: ", ")) is pinned; `leeward pin --off` releases it"
        )
    }

    private static func trigger(_ context: StartContext) -> Finding {
        let healths = context.regions.map { "\($0.0) \($0.1.health.rawValue)" }.joined(separator: ", ")
        let sick = context.regions.filter { $0.1.health == .sick }.map(\.0)
        let unknown = context.regions.filter { $0.1.health == .unknown }.map(\.0)
        let isTriggered = sick == [context.evacuee] && unknown.isEmpty && context.verdict == .regional(context.evacuee)
        return Finding(
            .s02,
            healths,
            stoppedBy: "a second sick region, or one that nothing is known of",
            refusal: isTriggered
                ? nil : "exactly \(context.evacuee) must be sick and no other unknown; it is \(healths)"
        )
    }

    private static func global(_ context: StartContext) -> Finding {
        Finding(
            .s19,
            "the fleet's verdict is \(context.verdict)",
            stoppedBy: "a dip of two regions, or of all but the weakest",
            refusal: context.verdict == .global ? "the problem is everywhere; leaving would not help" : nil
        )
    }

    private static func corroboration(_ context: StartContext) -> Finding {
        let classes = context.classes.map(\.rawValue).joined(separator: " and ")
        return Finding(
            .s20,
            "\(context.classes.count) classes of evidence agree: \(classes.isEmpty ? "none" : classes)",
            stoppedBy: "fewer than two classes of evidence",
            refusal: context.classes.count >= 2
                ? nil : "only \(context.classes.count) of 2 classes of evidence call \(context.evacuee) sick"
        )
    }

    private static func block(_ context: StartContext) -> Finding {
        let limits = context.fleet.limits
        if context.isRelief {
            return Finding(
                .s24,
                "\(context.recentReliefs) of \(limits.maxReliefs) reliefs within \(limits.reliefWindow)",
                stoppedBy: "\(limits.maxReliefs) reliefs of this region within \(limits.reliefWindow)",
                refusal: context.recentReliefs < limits.maxReliefs
                    ? nil
                    : "\(context.evacuee) was relieved \(context.recentReliefs) times within \(limits.reliefWindow); "
                        + "the limit is \(limits.maxReliefs): a person must look"
            )
        }
        var refusal: String?
        if let since = context.sinceLastEnd, since < limits.blockWindow {
            refusal =
                "the last evacuation ended \(since) ago, less than \(limits.blockWindow); `leeward ack` lifts this"
        } else if context.automaticToday >= limits.maxAutomaticPerDay {
            refusal =
                "\(context.automaticToday) automatic evacuations within 24 h; "
                + "the limit is \(limits.maxAutomaticPerDay)"
        }
        return Finding(
            .s24,
            "\(context.automaticToday) of \(limits.maxAutomaticPerDay) automatic evacuations within 24 h; "
                + (context.sinceLastEnd.map { "the last ended \($0) ago" } ?? "none ended before"),
            stoppedBy: "an end within \(limits.blockWindow) that nobody acknowledged",
            refusal: refusal
        )
    }
}
