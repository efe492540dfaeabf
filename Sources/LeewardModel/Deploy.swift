/// A new version of a service went out, as the tool that deployed it says.
public struct Deploy: Hashable, Sendable, Codable {
    public var service: ServiceID
    /// Where it went; at least one.
    public var regions: [RegionID]
    public var version: String
    /// How long it takes until the version before serves again.
    public var rollback: Span

    public init(service: ServiceID, regions: [RegionID], version: String, rollback: Span) {
        self.service = service
        self.regions = regions
        self.version = version
        self.rollback = rollback
    }
}
