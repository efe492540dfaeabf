import LeewardDetection
import LeewardModel

extension Controller {
    /// Longest version that is kept; a tag or a digest is shorter.
    private static let longestVersion = 128

    /// Writes a deploy down, so that a dip that follows it can be explained.
    mutating func note(
        _ deploy: Deploy,
        _ principal: Principal,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Reply {
        var problems: [String] = []
        if self.fleet.services[deploy.service] == nil {
            problems.append("there is no service \(deploy.service); the fleet has \(self.fleet.services.keys)")
        }
        for region in deploy.regions where self.fleet.regions[region] == nil {
            problems.append("there is no region \(region); the fleet has \(self.fleet.regions.keys)")
        }
        if deploy.regions.isEmpty { problems.append("name at least one region that the deploy goes to") }
        if !(1...Self.longestVersion).contains(deploy.version.utf8.count) {
            problems.append("a version has 1 to \(Self.longestVersion) bytes")
        }
        if deploy.rollback <= .zero || deploy.rollback > .hours(24) {
            problems.append("a rollback takes more than nothing and at most a day, not \(deploy.rollback)")
        }
        guard problems.isEmpty else { return .refused(problems) }
        self.record(.deployed(deploy, by: principal), &output, now)
        return .accepted(nil, "noted: \(deploy.service) \(deploy.version) goes to \(deploy.regions.map(\.text))")
    }

    /// Says once whether to roll back or to leave, when a deploy explains the dip of the only sick region.
    mutating func advise(_ output: inout Output, _ now: Timestamp) {
        let advice = self.advice(now)?.text
        defer { self.lastAdvice = advice }
        guard let advice, advice != self.lastAdvice else { return }
        self.record(.advised(advice), &output, now)
        self.tell(.warning, advice, &output)
    }

    /// What would help sooner now; nil while no deploy explains anything.
    func advice(_ now: Timestamp) -> Advice? {
        let sick = self.fleet.regions.keys.filter { self.health($0) == .sick }
        guard sick.count == 1, let region = sick.first, let since = self.assessment.sickSince[region],
            !self.state.deploys.isEmpty
        else { return nil }
        let limits = self.fleet.limits
        let saviors = Self.saviors(of: region, in: self.fleet)
        let isReachable = self.assessment.regions[region]?.isUnreachable != true
        // At the edge a rung takes its soak; without an edge DNS waits for the hard verdict and for the caches.
        let evacuation =
            isReachable
            ? limits.soakMin * limits.emergencyLadder.count + limits.callTimeout
            : limits.hardenAfter + limits.dnsTTL * 2
        return Advice(
            region: region,
            onset: since - limits.bucket * limits.reliefAfter,
            bucket: limits.bucket,
            deploys: self.state.deploys,
            saviors: saviors,
            evacuation: evacuation
        )
    }

    /// Every region that a geography at home in `region` names as a savior, in order.
    static func saviors(of region: RegionID, in fleet: Fleet) -> [RegionID] {
        fleet.regions.keys.filter { savior in
            fleet.geographies.contains { $0.1.home == region && $0.1.saviors[savior] != nil }
        }
    }
}
