/// What a person may ask for (S31).
public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    /// Only looks.
    case viewer
    /// Asks, holds, goes on, brings back; a large move or an override waits for an approver.
    case `operator`
    /// May also be the second person.
    case approver
}

/// Who may do what in a fleet, and what needs two of them (S31).
public struct People: Hashable, Sendable, Codable {
    public var roles: SortedMap<Principal, Role>
    /// The largest move of one geography that one person makes alone, in basis points of it, 0...10,000.
    public var aloneUpTo: Int
    /// How long a request waits for its second person, more than nothing.
    public var approvalWithin: Span

    public init(roles: SortedMap<Principal, Role>, aloneUpTo: Int = 100, approvalWithin: Span = .minutes(10)) {
        self.roles = roles
        self.aloneUpTo = aloneUpTo
        self.approvalWithin = approvalWithin
    }
}
