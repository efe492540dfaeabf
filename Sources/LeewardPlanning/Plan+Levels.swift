public import LeewardModel

// Geographies of one plan may stand apart: those whose savior was left out begin again, and nobody else goes home for it.
extension Plan {
    /// Basis points of the evacuee's part that a geography has moved while the plan stands at `points`, 0...10,000.
    public func points(of geography: GeographyID, at points: Int) -> Int {
        min(max(points, self.kept?[geography] ?? 0), self.reached?[geography] ?? 10_000)
    }

    /// Geographies that the next rung moves; all of the plan's, the abandoned too, while none is kept.
    public func climbing(at points: Int) -> [GeographyID] {
        guard let kept = self.kept else { return self.saviors.keys }
        return self.saviors.keys.filter { !self.abandoned.contains($0) && kept[$0] ?? 0 <= points }
    }

    /// The same shares as the beginning of a way back: from there on nobody moves further out.
    public func turned(at points: Int) -> (plan: Plan, points: Int) {
        guard self.kept != nil || self.reached != nil else { return (self, points) }
        var plan = self
        let levels = self.levels(at: points)
        plan.kept = nil
        plan.reached = levels.values.min() == levels.values.max() ? nil : levels
        return (plan, levels.values.max() ?? points)
    }

    /// The same shares as the beginning of a way out: the one that has moved least climbs first.
    public func outward(at points: Int) -> (plan: Plan, points: Int) {
        guard self.kept != nil || self.reached != nil else { return (self, points) }
        var plan = self
        let levels = self.levels(at: points)
        let lowest = levels.values.min() ?? points
        let above = SortedMap(levels.filter { $0.1 > lowest })
        plan.kept = above.isEmpty ? nil : above
        plan.reached = nil
        return (plan, lowest)
    }

    private func levels(at points: Int) -> SortedMap<GeographyID, Int> {
        SortedMap(
            self.saviors.keys.filter { !self.abandoned.contains($0) }.map { ($0, self.points(of: $0, at: points)) }
        )
    }
}

extension Planner {
    /// The same plan without `left`: what they served goes to other usable regions, and no one of these gets more by that
    /// than it has, or a canary where it has nothing.
    ///
    /// Fails where a geography has no other savior (S03).
    public static func leavingOut(
        _ left: [RegionID],
        of plan: Plan,
        at points: Int,
        fleet: Fleet,
        usable: [RegionID]
    ) throws(PlanProblem) -> (plan: Plan, points: Int) {
        var next = plan
        var levels = SortedMap<GeographyID, Int>()
        let canary = plan.ladder.first ?? 100
        for (geography, before) in plan.saviors {
            let isGone = plan.abandoned.contains(geography)
            let level = isGone ? 0 : plan.points(of: geography, at: points)
            guard left.contains(where: { before[$0] ?? 0 > 0 }), let spec = fleet.geographies[geography] else {
                if !isGone { levels[geography] = level }
                continue
            }
            let others = usable.filter { !left.contains($0) }
            let weights = try self.weights(geography, spec, evacuee: plan.evacuee, fleet: fleet, usable: others)
            next.saviors[geography] = weights
            next.abandoned.removeAll { $0 == geography }
            let had = { (region: RegionID) in level * (before[region] ?? 0) / max(1, before.values.reduce(0, +)) }
            let sum = weights.values.reduce(0, +)
            let most = weights.filter { $0.1 > 0 }.map { region, weight in had(region) * sum / weight }.min() ?? 0
            levels[geography] = max(most, min(canary, plan.final))
        }
        next.reached = nil
        let lowest = levels.values.min() ?? points
        let above = SortedMap(levels.filter { $0.1 > lowest })
        next.kept = above.isEmpty ? nil : above
        return (next, lowest)
    }
}
