/// One compare-and-set on a zone: at each server it lands whole or not at all.
public struct ZoneChange: Hashable, Sendable, Codable {
    /// The marker that must be there now; nil requires that none exists.
    public var oldMarker: SnapshotMark?
    public var newGeneration: Generation
    /// Host -> A records that must be there now and those that replace them; `new` is never empty.
    public var sets: SortedMap<HostName, RecordChange>
    public var ttl: Span
    /// By server what must be there instead of `oldMarker` and the old records of `sets`; nil: all servers have those.
    public var differing: SortedMap<String, ZoneBefore>?
    public init(
        oldMarker: SnapshotMark?,
        newGeneration: Generation,
        sets: SortedMap<HostName, RecordChange>,
        ttl: Span,
        differing: SortedMap<String, ZoneBefore>? = nil
    ) {
        self.oldMarker = oldMarker
        self.newGeneration = newGeneration
        self.sets = sets
        self.ttl = ttl
        self.differing = differing
    }

    /// The change as it is put to one server: with what that server was seen to have.
    public func at(_ server: String) -> ZoneChange {
        var change = self
        change.differing = nil
        guard let before = self.differing?[server] else { return change }
        change.oldMarker = before.marker
        for host in change.sets.keys { change.sets.update(host) { $0.old = before.records[host] ?? [] } }
        return change
    }

    /// Why the server that it is for must not be asked, as a sentence with the numbers; nil: it may be (S14, S15).
    public func refusal(_ fence: Fence) -> String? { self.staleness(fence) ?? self.emptiness }

    /// Why its writer is too late; a generation may only stay the same where that update has landed before.
    public func staleness(_ fence: Fence) -> String? {
        guard let old = self.oldMarker else { return nil }
        if fence.epoch < old.epoch { return fence.refusal(below: old) }
        let isOwn = old.key == fence.key && old.generation == self.newGeneration
        guard self.newGeneration > old.generation || isOwn else {
            return "generation \(self.newGeneration) does not follow generation \(old.generation) (S15)"
        }
        return nil
    }

    /// Says that a host would be left without an address.
    public var emptiness: String? {
        for (host, set) in self.sets where set.new.isEmpty { return "the new record set of \(host) is empty (S15)" }
        return nil
    }
}

extension Fence {
    /// The sentence for a marker whose epoch is above this one (S14).
    public func refusal(below mark: SnapshotMark) -> String {
        "epoch \(self.epoch) is below epoch \(mark.epoch) of the zone's marker (S14)"
    }
}

/// What one server was seen to have of what a change replaces.
public struct ZoneBefore: Hashable, Sendable, Codable {
    /// Nil where no marker existed.
    public var marker: SnapshotMark?
    /// Host -> its A records; a host that is missing here had none.
    public var records: SortedMap<HostName, [String]>
    public init(marker: SnapshotMark?, records: SortedMap<HostName, [String]>) {
        self.marker = marker
        self.records = records
    }
}

/// Old and new addresses of one host.
public struct RecordChange: Hashable, Sendable, Codable {
    public var old: [String]
    public var new: [String]
    public init(old: [String], new: [String]) {
        self.old = old
        self.new = new
    }
}
