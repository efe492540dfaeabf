/// Ways in which a region breaks.
package enum LabFault: String, Hashable, Sendable, Codable, CaseIterable {
    /// Every instance of the region refuses connections.
    case backendsDown = "backends-down"
    /// Six requests in ten get an error.
    case brownout
    /// Requests are accepted and never answered.
    case hang
    /// The region's proxy and its agent are gone: only DNS can help.
    case edgeDown = "edge-down"

    package static var names: String { Self.allCases.map(\.rawValue).joined(separator: ", ") }
}
