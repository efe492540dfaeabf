public import LeewardForecast
public import LeewardModel
import LeewardPlanning

/// The evacuations that a fleet file plans: each region's into each of its saviors, with the part of its users that goes there.
///
/// They are those that `plan` would make while every geography is at home and every other region is healthy.
public struct EvacuationCases: Hashable, Sendable {
    /// In order of savior, then evacuee.
    public private(set) var all: [EvacuationCase] = []
    /// What was assumed and what is left out, in sentences.
    public private(set) var notes: [String] = []

    /// A region's geographies weigh as much as arrives from each, and alike where that is not known of all of them.
    public init(fleet: Fleet, arrivals: SortedMap<GeographyID, Double>) {
        for evacuee in fleet.regions.keys {
            do throws(PlanProblem) {
                let plan = try Planner.evacuation(
                    of: evacuee,
                    fleet: fleet,
                    shares: fleet.homeShares,
                    entries: fleet.geographies.mapValues { [$0.home] },
                    arrivals: arrivals,
                    usable: fleet.regions.keys.filter { $0 != evacuee },
                    ladder: fleet.limits.emergencyLadder
                )
                self.add(plan)
            } catch {
                self.notes.append("\(evacuee) is left out: \(error.description)")
            }
        }
        self.all.sort()
    }

    private mutating func add(_ plan: Plan) {
        let known = plan.saviors.keys.compactMap { plan.arrivals[$0] }
        let isKnown = known.count == plan.saviors.count
        if !isKnown, plan.saviors.count > 1 {
            self.notes.append(
                "\(plan.saviors.keys.map(\.text).joined(separator: ", ")) count alike in \(plan.evacuee): what arrives from each is not known; "
                    + "give it with --arrivals"
            )
        }
        let all = isKnown ? known.reduce(0, +) : Double(plan.saviors.count)
        var shares = SortedMap<RegionID, Double>()
        for (geography, weights) in plan.saviors {
            let part = (isKnown ? plan.arrivals[geography] ?? 0 : 1) / all
            let sum = Double(weights.values.reduce(0, +))
            for (savior, weight) in weights where weight > 0 {
                shares[savior, default: 0] += part * Double(weight) / sum
            }
        }
        for (savior, share) in shares {
            self.all.append(EvacuationCase(savior: savior, evacuee: plan.evacuee, share: share))
        }
    }
}
