public import LeewardModel

/// The whole intended change: who takes whose traffic, how far, in which rungs.
///
/// Its hash binds approvals and effects (S35).
public struct Plan: Hashable, Sendable, Codable {
    /// The region that is emptied.
    public var evacuee: RegionID
    /// Per geography the regions that receive the evacuee's part, with weights in basis points.
    public var saviors: SortedMap<GeographyID, SortedMap<RegionID, Int>>
    /// Shares before the first step; where failback and rollback return to, bit for bit (L06).
    public var baseline: ShareTable
    /// Regions where each geography enters before the first step.
    public var baselineEntries: SortedMap<GeographyID, [RegionID]>
    /// Rungs in basis points of the evacuee's part, rising.
    public var ladder: [Int]
    /// Where the last rung ends: 10,000 for an evacuation, less for a partial shift.
    public var final: Int
    /// False for a shift at the edges alone.
    public var publishes: Bool
    /// Requests per second by geography that the plan was made for.
    public var arrivals: SortedMap<GeographyID, Double>
    /// Geographies that went home again because their saviors fell sick; they move no more (S41).
    public var abandoned: [GeographyID] = []
    /// Basis points that geographies keep while those whose savior was left out climb again; nil while all climb together.
    public var kept: SortedMap<GeographyID, Int>?
    /// The most that each geography moves on a way back which began while they stood apart; nil where all stood alike.
    public var reached: SortedMap<GeographyID, Int>?

    public init(
        evacuee: RegionID,
        saviors: SortedMap<GeographyID, SortedMap<RegionID, Int>>,
        baseline: ShareTable,
        baselineEntries: SortedMap<GeographyID, [RegionID]>,
        ladder: [Int],
        final: Int,
        publishes: Bool,
        arrivals: SortedMap<GeographyID, Double>
    ) {
        self.evacuee = evacuee
        self.saviors = saviors
        self.baseline = baseline
        self.baselineEntries = baselineEntries
        self.ladder = ladder
        self.final = final
        self.publishes = publishes
        self.arrivals = arrivals
    }

    /// Names this plan; any change of what it would do changes the hash.
    public var hash: String {
        var hash = StableHash()
        hash.combine(self.evacuee.text)
        for (geography, weights) in self.saviors {
            hash.combine(geography.text)
            for (region, weight) in weights {
                hash.combine(region.text)
                hash.combine(weight)
            }
        }
        for (geography, vector) in self.baseline {
            hash.combine(geography.text)
            for (region, share) in vector.shares {
                hash.combine(region.text)
                hash.combine(share.basisPoints)
            }
        }
        for geography in self.abandoned { hash.combine("without \(geography)") }
        for (geography, points) in self.kept ?? [:] { hash.combine("\(geography) keeps \(points)") }
        for (geography, points) in self.reached ?? [:] { hash.combine("\(geography) reached \(points)") }
        for rung in self.ladder { hash.combine(rung) }
        hash.combine(self.final)
        hash.combine(self.publishes ? "dns" : "edge only")
        return hash.short
    }

    /// Every region that receives, in order; empty once everything is abandoned.
    public var receivers: [RegionID] {
        var receivers: [RegionID] = []
        for (geography, weights) in self.saviors where !self.abandoned.contains(geography) {
            Self.add(weights, to: &receivers)
        }
        return receivers
    }

    /// Every region that receives users of these geographies, in order.
    public func receivers(of geographies: [GeographyID]) -> [RegionID] {
        var receivers: [RegionID] = []
        for (geography, weights) in self.saviors
        where !self.abandoned.contains(geography) && geographies.contains(geography) {
            Self.add(weights, to: &receivers)
        }
        return receivers
    }

    /// Puts who receives by these weights where it belongs in an ordered list, once.
    private static func add(_ weights: SortedMap<RegionID, Int>, to receivers: inout [RegionID]) {
        for (region, weight) in weights where weight > 0 && !receivers.contains(region) {
            let place = receivers.firstIndex { $0 > region } ?? receivers.endIndex
            receivers.insert(region, at: place)
        }
    }

    /// The shares once `points` basis points of the evacuee's part have moved; 0 is exactly the baseline.
    public func shares(at points: Int) -> ShareTable {
        var table = self.baseline
        for (geography, weights) in self.saviors where !self.abandoned.contains(geography) {
            guard let vector = self.baseline[geography] else { continue }
            table[geography] = vector.moving(self.points(of: geography, at: points), from: self.evacuee, to: weights)
        }
        return table
    }

    /// Where a geography's name should point once it is published: its saviors in place of the evacuee.
    public func entries(of geography: GeographyID) -> [RegionID] {
        let before = self.baselineEntries[geography] ?? []
        guard before.contains(self.evacuee), let weights = self.saviors[geography] else { return before }
        var entries = SortedMap<RegionID, Bool>()
        for region in before where region != self.evacuee { entries[region] = true }
        for (region, weight) in weights where weight > 0 { entries[region] = true }
        return entries.keys
    }

    /// Geographies whose names change when the plan is published, smallest traffic first (S05).
    public var published: [GeographyID] {
        guard self.publishes else { return [] }
        return self.saviors.keys
            .filter { (self.baselineEntries[$0] ?? []).contains(self.evacuee) }
            .sorted { (self.arrivals[$0] ?? 0, $0.text) < (self.arrivals[$1] ?? 0, $1.text) }
    }
}

/// Why there is no plan.
public struct PlanProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public var rule: Rule
    public var description: String
}

/// Makes plans from the fleet file and the present shares.
public enum Planner {
    /// Plans to empty `evacuee`; saviors that are not healthy are left out and their weight goes to the others.
    ///
    /// Fails when a geography would be left without a savior (S03), or nothing is there to move.
    public static func evacuation(
        of evacuee: RegionID,
        fleet: Fleet,
        shares: ShareTable,
        entries: SortedMap<GeographyID, [RegionID]>,
        arrivals: SortedMap<GeographyID, Double>,
        usable: [RegionID],
        ladder: [Int]
    ) throws(PlanProblem) -> Plan {
        guard fleet.regions[evacuee] != nil else {
            throw PlanProblem(
                rule: .s03,
                description: "\(evacuee) is no region of this fleet; it has \(list(fleet.regions.keys))"
            )
        }
        var saviors = SortedMap<GeographyID, SortedMap<RegionID, Int>>()
        for (geography, spec) in fleet.geographies {
            let enters = (entries[geography] ?? []).contains(evacuee)
            guard (shares[geography]?[evacuee] ?? 0) > 0 || enters else { continue }
            saviors[geography] = try weights(geography, spec, evacuee: evacuee, fleet: fleet, usable: usable)
        }
        guard !saviors.isEmpty else {
            throw PlanProblem(rule: .s03, description: "\(evacuee) serves no geography; there is nothing to move")
        }
        return Plan(
            evacuee: evacuee,
            saviors: saviors,
            baseline: shares,
            baselineEntries: entries,
            ladder: ladder,
            final: 10_000,
            publishes: true,
            arrivals: arrivals
        )
    }

    /// Plans to move `points` of one geography's part in `source` to `target`, at the edges alone.
    public static func shift(
        _ geography: GeographyID,
        from source: RegionID,
        to target: RegionID,
        points: Int,
        fleet: Fleet,
        shares: ShareTable,
        entries: SortedMap<GeographyID, [RegionID]>,
        arrivals: SortedMap<GeographyID, Double>
    ) throws(PlanProblem) -> Plan {
        guard let spec = fleet.geographies[geography] else {
            throw PlanProblem(
                rule: .s03,
                description: "\(geography) is no geography of this fleet; it has \(list(fleet.geographies.keys))"
            )
        }
        guard spec.allowed.contains(target) else {
            throw PlanProblem(
                rule: .s40,
                description: "\(geography) may be served by \(list(spec.allowed)), not by \(target)"
            )
        }
        guard source != target, (shares[geography]?[source] ?? 0) > 0, (1...10_000).contains(points) else {
            throw PlanProblem(
                rule: .s05,
                description: "\(source) has \(shares[geography]?[source] ?? 0) basis points of \(geography) to give to "
                    + "\(target)"
            )
        }
        let ladder = fleet.limits.gentleLadder.filter { $0 < points } + [points]
        return Plan(
            evacuee: source,
            saviors: [geography: [target: 10_000]],
            baseline: shares,
            baselineEntries: entries,
            ladder: ladder,
            final: points,
            publishes: false,
            arrivals: arrivals
        )
    }

    /// Who receives one geography's part; fails where nobody can (S03).
    static func weights(
        _ geography: GeographyID,
        _ spec: GeographySpec,
        evacuee: RegionID,
        fleet: Fleet,
        usable: [RegionID]
    ) throws(PlanProblem) -> SortedMap<RegionID, Int> {
        var weights = candidates(spec, evacuee: evacuee, fleet: fleet, usable: usable)
        if weights.isEmpty {
            // The preferred saviors cannot help; any other healthy region that residency allows is better than none.
            for region in spec.allowed where region != evacuee && usable.contains(region) {
                if !sharesGroup(region, evacuee, fleet) { weights[region] = 1 }
            }
        }
        guard !weights.isEmpty else {
            throw PlanProblem(
                rule: .s03,
                description: "\(geography) has no healthy savior: allowed are \(list(spec.allowed)), "
                    + "usable are \(list(usable))"
            )
        }
        return weights
    }

    private static func candidates(
        _ spec: GeographySpec,
        evacuee: RegionID,
        fleet: Fleet,
        usable: [RegionID]
    ) -> SortedMap<RegionID, Int> {
        var weights = SortedMap<RegionID, Int>()
        for (region, weight) in spec.saviors where region != evacuee && weight > 0 {
            guard usable.contains(region), spec.allowed.contains(region) else { continue }
            if !sharesGroup(region, evacuee, fleet) { weights[region] = weight }
        }
        return weights
    }

    private static func sharesGroup(_ left: RegionID, _ right: RegionID, _ fleet: Fleet) -> Bool {
        let groups = fleet.regions[left]?.failureGroups ?? []
        return (fleet.regions[right]?.failureGroups ?? []).contains { groups.contains($0) }
    }

    private static func list(_ regions: [some Identifier]) -> String {
        regions.isEmpty ? "none" : regions.map(\.text).joined(separator: ", ")
    }
}
