public import LeewardModel

/// What a zone should answer, and the one next thing that brings it there from whatever it answers now (S15, L10).
public struct ZoneGoal: Hashable, Sendable {
    public var epoch: Epoch
    /// The generation under which these records were intended.
    public var generation: Generation
    /// Key of the update that carries them.
    public var key: EffectKey
    /// Host -> its addresses; hosts that are missing here are nobody's business.
    public var sets: SortedMap<HostName, [String]>
    /// All names of the zone that Leeward keeps, 1 or more.
    public var names: Int
    /// Names that one change may touch, in basis points of `names`.
    public var maxChange: Int
    public var ttl: Span
    public init(
        epoch: Epoch,
        generation: Generation,
        key: EffectKey,
        sets: SortedMap<HostName, [String]>,
        names: Int,
        maxChange: Int,
        ttl: Span
    ) {
        self.epoch = epoch
        self.generation = generation
        self.key = key
        self.sets = sets.mapValues { $0.sorted() }
        self.names = names
        self.maxChange = maxChange
        self.ttl = ttl
    }

    /// True when a server answers with these records, whatever its marker says.
    public func isReached(at server: ZoneServerReport) -> Bool {
        self.sets.allSatisfy { host, addresses in (server.records[host] ?? []).sorted() == addresses }
    }

    /// What the servers that answered still need; of several things the one that must come BEFORE the others.
    public func need(_ report: ZoneReport) -> ZoneNeed {
        let servers = report.servers
        let behind = servers.filter { !self.isReached(at: $0) }
        guard let first = behind.first else { return .nothing }
        let markers = servers.compactMap(\.marker)
        // One claimed server is enough: the update compares each server with what that server was seen to have.
        if let oldest = markers.first, markers.count == servers.count, markers.allSatisfy({ $0.epoch < self.epoch }) {
            return .claim(oldest)
        }
        if let blocking = servers.compactMap({ self.blocking($0) }).max() { return .newer(than: blocking) }
        let most = self.maxChange * max(1, self.names) / 10_000
        guard most > 0 else {
            return .refused(
                "one name is \(10_000 / max(1, self.names)) of 10000 of all names; one change may touch \(self.maxChange) (S15)"
            )
        }
        let hosts = self.sets.keys.filter { host in
            behind.contains { ($0.records[host] ?? []).sorted() != self.sets[host] }
        }
        // A zone that is damaged beyond what one change may touch is mended in several, each under a generation of its own.
        return .update(self.change(Array(hosts.prefix(most)), servers.first { $0.marker == nil } ?? first, servers))
    }

    /// The generation that a server would not let this one follow; nil where it may be put.
    private func blocking(_ server: ZoneServerReport) -> Generation? {
        guard let marker = server.marker, marker.generation >= self.generation else { return nil }
        let isOwn = marker.generation == self.generation && marker.key == self.key
        return isOwn && self.isReached(at: server) ? nil : marker.generation
    }

    private func change(_ hosts: [HostName], _ base: ZoneServerReport, _ servers: [ZoneServerReport]) -> ZoneChange {
        var sets = SortedMap<HostName, RecordChange>()
        for host in hosts {
            sets[host] = RecordChange(old: (base.records[host] ?? []).sorted(), new: self.sets[host] ?? [])
        }
        var differing = SortedMap<String, ZoneBefore>()
        for server in servers {
            let records = SortedMap(hosts.map { ($0, (server.records[$0] ?? []).sorted()) })
            let isSame = hosts.allSatisfy { records[$0] == sets[$0]?.old }
            guard server.marker != base.marker || !isSame else { continue }
            differing[server.server] = ZoneBefore(marker: server.marker, records: records)
        }
        return ZoneChange(
            oldMarker: base.marker,
            newGeneration: self.generation,
            sets: sets,
            ttl: self.ttl,
            differing: differing.isEmpty ? nil : differing
        )
    }

    /// Why these addresses must not be intended for a name, as a sentence with the numbers; nil: they may be (S15).
    ///
    /// `expected` is how many addresses there should be, 0 is never right; `changed` of `names` names change at once.
    public static func refusal(
        of addresses: Int,
        expected: Int,
        for subject: String,
        changed: Int,
        of names: Int,
        maxChange: Int
    ) -> String? {
        guard addresses > 0, addresses == expected else { return "\(subject) would have no address" }
        let part = changed * 10_000 / max(1, names)
        guard part > maxChange else { return nil }
        return "one change would move \(part) of 10000 of all names; the limit is \(maxChange)"
    }
}

/// The next thing that a zone needs.
public enum ZoneNeed: Hashable, Sendable {
    /// Every server that answered has the records.
    case nothing
    /// The epoch must be raised first, in the marker that the first server has.
    case claim(SnapshotMark)
    case update(ZoneChange)
    /// A server has this generation with other records: the same records must be intended under a higher one.
    case newer(than: Generation)
    /// No change is small enough; a person must say what is meant.
    case refused(String)
}
