/// Where the journal is damaged and how.
public struct JournalDamage: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The first entry that cannot be trusted; nothing from here on is read.
    public var sequence: Int64
    /// One sentence: what was expected and what was found.
    public var what: String
    public init(sequence: Int64, what: String) {
        self.sequence = sequence
        self.what = what
    }
    public var description: String { "damaged at entry \(self.sequence): \(self.what)" }
}

/// What a walk over the whole journal found.
public struct JournalVerification: Hashable, Sendable, Codable {
    /// Entries whose chain is intact, counted from the first.
    public var intact: Int64
    /// Hash of the last intact entry in hexadecimal; names the whole history before it.
    public var head: String
    public var damage: JournalDamage?
    /// Torn last entries that were set aside at some start.
    public var quarantined: Int
    public var isIntact: Bool { self.damage == nil }
    public init(intact: Int64, head: String, damage: JournalDamage?, quarantined: Int) {
        self.intact = intact
        self.head = head
        self.damage = damage
        self.quarantined = quarantined
    }
}
