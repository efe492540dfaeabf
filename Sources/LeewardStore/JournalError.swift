/// Why the journal cannot be used; `description` is one sentence with the place, followed by the remedy.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble; callers choose an exit code by it.
    public enum Kind: String, Hashable, Sendable {
        /// Another process holds the lock.
        case inUse
        /// The file or its folder cannot be opened, created or read.
        case unreadable
        /// The file was written by a later version.
        case tooNew
        /// The journal is damaged, so nothing may be appended (S43).
        case damaged
        /// A write or its sync failed; the handle is dead and the process must end (S43).
        case writeFailed
    }
    public var kind: Kind
    public var path: String
    public var reason: String
    public var remedy: String
    public init(_ kind: Kind, path: String, reason: String, remedy: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }
    public var description: String { "journal \(self.path): \(self.reason); \(self.remedy)" }
}
