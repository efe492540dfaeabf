public import LeewardModel

/// A deploy, and when the controller heard of it.
public struct NotedDeploy: Hashable, Sendable, Codable {
    public var deploy: Deploy
    public var at: Timestamp
    public init(deploy: Deploy, at: Timestamp) {
        self.deploy = deploy
        self.at = at
    }
}

/// What would help sooner, rolling a deploy back or leaving, with both numbers.
///
/// Advice only: relief goes on, since it is given back in seconds; a person decides about the rollback.
public struct Advice: Hashable, Sendable {
    public var deploy: Deploy
    /// Until the version before serves again.
    public var rollback: Span
    /// Until the saviors serve everybody.
    public var evacuation: Span
    public var prefersRollback: Bool
    /// One sentence.
    public var text: String

    /// A dip that begins longer after a deploy has another cause more often than not.
    ///
    /// Most bad pushes show within minutes; a quarter of an hour leaves room for a rolling one.
    public static let explainsFor: Span = .minutes(15)

    /// The newest deploy in the region that explains a sickness with this onset; nil without one.
    ///
    /// - Parameters:
    ///   - onset: When the first bad bucket began.
    ///   - bucket: A deploy may be told one bucket late.
    ///   - saviors: Regions that would receive the users.
    ///   - evacuation: Expected time until they serve everybody.
    public init?(
        region: RegionID,
        onset: Timestamp,
        bucket: Span,
        deploys: [NotedDeploy],
        saviors: [RegionID],
        evacuation: Span
    ) {
        let suspects = deploys.filter {
            $0.deploy.regions.contains(region) && $0.at <= onset + bucket && onset - $0.at <= Self.explainsFor
        }
        guard let last = suspects.max(by: { $0.at < $1.at }) else { return nil }
        let deploy = last.deploy
        let alsoThere = saviors.filter(deploy.regions.contains)
        self.deploy = deploy
        self.rollback = deploy.rollback
        self.evacuation = evacuation
        self.prefersRollback = deploy.rollback <= evacuation || (!saviors.isEmpty && alsoThere == saviors)
        let before = onset > last.at ? "\(onset - last.at) before the dip" : "as the dip began"
        var text = "\(deploy.service) \(deploy.version) reached \(region) \(before): "
        text += "rolling it back takes \(deploy.rollback), leaving \(evacuation); "
        if !alsoThere.isEmpty {
            text += "it also runs in \(Words.list(alsoThere)), where the problem may follow its users; "
        }
        text += self.prefersRollback ? "roll it back" : "let the users leave, and roll it back meanwhile"
        self.text = text
    }
}
