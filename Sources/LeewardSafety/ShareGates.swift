public import LeewardModel

/// What the gates before a share change look at.
public struct ShareContext: Sendable {
    public var before: ShareTable
    public var after: ShareTable
    public var fleet: Fleet
    public var health: SortedMap<RegionID, Health>
    public var arrivals: SortedMap<GeographyID, Double>
    /// Predicted and carried load of every cluster that gets more, as one sentence each, with whether it is covered.
    public var capacity: [CapacityLine]
    /// Regions that their own edge, or most probes, show to fail at this moment, whatever their health is called.
    public var failing: [RegionID]
    /// True on a step towards the plan's first shares.
    public var isReturn: Bool

    /// One cluster's numbers.
    public struct CapacityLine: Hashable, Sendable {
        public var cluster: ClusterID
        public var predicted: Double
        public var ready: Int
        public var needed: Int
        public init(cluster: ClusterID, predicted: Double, ready: Int, needed: Int) {
            self.cluster = cluster
            self.predicted = predicted
            self.ready = ready
            self.needed = needed
        }
    }

    public init(
        before: ShareTable,
        after: ShareTable,
        fleet: Fleet,
        health: SortedMap<RegionID, Health>,
        arrivals: SortedMap<GeographyID, Double>,
        capacity: [CapacityLine],
        failing: [RegionID] = [],
        isReturn: Bool = false
    ) {
        self.before = before
        self.after = after
        self.fleet = fleet
        self.health = health
        self.arrivals = arrivals
        self.capacity = capacity
        self.failing = failing
        self.isReturn = isReturn
    }
}

/// The physical rules of a share change: they hold for automation, for people and for break-glass alike.
public enum ShareGates {
    /// All findings in the order of the rules.
    public static func findings(_ context: ShareContext) -> [Finding] {
        [lastHealthy(context), complete(context), capacity(context), regionShare(context), residency(context)]
    }

    private static func lastHealthy(_ context: ShareContext) -> Finding {
        var lost: [String] = []
        for (geography, after) in context.after {
            let allowed = context.fleet.geographies[geography]?.allowed ?? []
            // One that is sick, or called healthy and seen failing, makes the unknown ones no worse.
            let isBlind = allowed.allSatisfy {
                (context.health[$0] ?? .unknown) != .healthy || context.failing.contains($0)
            }
            let serves: (ShareVector) -> Bool = { vector in
                vector.regions.contains { region in
                    let health = context.health[region] ?? .unknown
                    let isWell = health == .healthy || isBlind && health == .unknown
                    return allowed.contains(region) && isWell && !context.failing.contains(region)
                }
            }
            guard let before = context.before[geography] else { continue }
            if serves(before) && !serves(after) { lost.append("\(geography) (\(after))") }
        }
        return Finding(
            .s03,
            "every geography keeps a healthy region",
            stoppedBy: "a geography whose every share is in sick or unknown regions",
            refusal: lost.isEmpty ? nil : "\(lost.joined(separator: "; ")) would be left without a healthy region"
        )
    }

    private static func complete(_ context: ShareContext) -> Finding {
        let missing = context.fleet.geographies.keys.filter { context.after[$0] == nil }.map(\.text)
        return Finding(
            .s04,
            "\(context.after.count) geographies, each summing to 10000",
            stoppedBy: "a geography without shares, or shares that do not sum to 10000",
            refusal: missing.isEmpty ? nil : "\(missing.joined(separator: ", ")) has no shares in this table"
        )
    }

    private static func capacity(_ context: ShareContext) -> Finding {
        let short = context.capacity.filter { $0.ready < $0.needed }
        let sentence: (ShareContext.CapacityLine) -> String = { line in
            guard line.predicted.isFinite, abs(line.predicted) < 1e15 else {
                return "\(line.cluster) has \(line.ready) ready, and what it will need is not known"
            }
            let load = Int(line.predicted.rounded())
            return "\(line.cluster) has \(line.ready) ready of \(line.needed) needed for \(load) requests/s"
        }
        let tightest = context.capacity.min { ($0.ready - $0.needed, $0.cluster) < ($1.ready - $1.needed, $1.cluster) }
        return Finding(
            .s06,
            tightest.map(sentence) ?? "no cluster gets more",
            stoppedBy: "a cluster with fewer ready instances than the forecast needs at "
                + "\(context.fleet.limits.saviorLimit / 100) % load",
            refusal: short.isEmpty ? nil : short.map(sentence).joined(separator: "; ")
        )
    }

    /// Basis points that come of adding in another order.
    private static let nothing = 1e-6

    private static func regionShare(_ context: ShareContext) -> Finding {
        let total = context.arrivals.values.reduce(0, +)
        var over: [String] = []
        var largest = 0
        for region in context.fleet.regions.keys {
            let part = { (table: ShareTable) -> Double in
                var sum = 0.0
                for (geography, vector) in table {
                    sum += (context.arrivals[geography] ?? 0) * Double(vector[region]) / 10_000
                }
                return total > 0 ? sum / total * 10_000 : 0
            }
            let exact = part(context.after)
            let after = Int(exact.rounded())
            largest = max(largest, after)
            // A canary of a small region is less than a basis point of everything, and the rungs above it would be refused.
            if after > context.fleet.limits.maxRegionShare, exact > part(context.before) + Self.nothing,
                !context.isReturn
            {
                over.append("\(region) would carry \(after) of 10000 of all traffic")
            }
        }
        return Finding(
            .s38,
            "the largest region carries \(largest) of 10000 of all traffic",
            stoppedBy: "more than \(context.fleet.limits.maxRegionShare) in one region",
            refusal: over.isEmpty
                ? nil : over.joined(separator: "; ") + "; the limit is \(context.fleet.limits.maxRegionShare)"
        )
    }

    private static func residency(_ context: ShareContext) -> Finding {
        var wrong: [String] = []
        for (geography, vector) in context.after {
            let allowed = context.fleet.geographies[geography]?.allowed ?? []
            for region in vector.regions where !allowed.contains(region) {
                wrong.append("\(geography) may not be served by \(region)")
            }
        }
        return Finding(
            .s40,
            "every share is in an allowed region",
            stoppedBy: "a share outside a geography's allowed regions",
            refusal: wrong.isEmpty ? nil : wrong.joined(separator: "; ")
        )
    }
}
