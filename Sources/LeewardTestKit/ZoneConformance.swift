import LeewardModel
public import LeewardProviders

/// What can go wrong between the controller and a zone's servers.
public enum ZoneFault: CaseIterable, Sendable {
    /// Every request is answered "too many".
    case throttled
    /// Requests reach the server, their answers do not come back.
    case answersLost
    /// The first update and the first report get through; afterwards the same old answers come again.
    case answersReplayed
    /// The real server and a second one that nobody runs.
    case oneServerDown
}

/// A zone on a real server (or an honest fake), seen directly and through faults.
///
/// The zone holds `hosts` with one A record each, `absent` does not exist, and no marker has been written.
public protocol ZoneFixture: Sendable {
    /// The zone without a fault; its report covers `hosts` and `absent`.
    var zone: any ZonePort { get }
    /// The same zone through a fault.
    func zone(through fault: ZoneFault) throws -> any ZonePort
    /// Host -> its address in the beginning.
    var hosts: SortedMap<HostName, String> { get }
    /// A host name inside the zone without any record.
    var absent: HostName { get }
}

/// A promise that a zone adapter broke.
public struct ConformanceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// What every zone adapter must do, checked against any `ZoneFixture`; each case needs a fresh one.
public enum ZoneConformance {
    /// Runs one case; throws a `ConformanceFailure` that says what was expected and what came.
    public static func run(_ checked: ConformanceCase, on fixture: some ZoneFixture) async throws {
        switch checked {
        case .throttled: try await self.throttled(fixture)
        case .partial: try await self.partial(fixture)
        case .stale: try await self.stale(fixture)
        case .lostAnswer: try await self.lostAnswer(fixture)
        case .emptyList: try await self.emptyList(fixture)
        case .duplicate: try await self.duplicate(fixture)
        }
    }

    private static func throttled(_ fixture: some ZoneFixture) async throws {
        let before = try await self.read(fixture)
        let zone = try fixture.zone(through: .throttled)
        let outcome = await zone.update(
            try self.move(fixture, to: "127.0.2.1", from: nil, generation: 1),
            fence: .test(1, "a")
        )
        guard case .failed = outcome else { throw Self.unexpected("a throttled update", outcome, "failed") }
        let report = await zone.report()
        try Self.expect(
            report.servers.isEmpty && report.silent.count == 1,
            "a throttled report must be silent: \(report)"
        )
        try Self.expect(try await self.read(fixture) == before, "a throttled update changed the zone")
    }

    private static func partial(_ fixture: some ZoneFixture) async throws {
        let zone = try fixture.zone(through: .oneServerDown)
        let first = await zone.report()
        try Self.expect(
            first.servers.count == 1 && first.silent.count == 1,
            "one of two servers must be silent: \(first)"
        )
        let outcome = await zone.update(
            try self.move(fixture, to: "127.0.2.1", from: nil, generation: 1),
            fence: .test(1, "a")
        )
        guard case .unknown(let text) = outcome, text.contains(first.silent[0]) else {
            throw Self.unexpected("an update that landed at one of two servers", outcome, "unknown, naming the other")
        }
        let after = try await self.read(fixture)
        try Self.expect(after.marker == .test(1, 1, "a"), "the server that answers did not take the update: \(after)")
    }

    private static func stale(_ fixture: some ZoneFixture) async throws {
        let zone = try fixture.zone(through: .answersReplayed)
        _ = await zone.report()
        let first = try self.move(fixture, to: "127.0.2.1", from: nil, generation: 1)
        try Self.expect(await zone.update(first, fence: .test(1, "a")), .done, "the first update")
        let second = try self.move(fixture, to: "127.0.2.2", from: .test(1, 1, "a"), old: "127.0.2.1", generation: 2)
        let replayed = await zone.update(second, fence: .test(1, "b"))
        guard case .unknown = replayed else { throw Self.unexpected("a replayed success", replayed, "unknown") }
        let report = await zone.report()
        try Self.expect(report.servers.isEmpty, "a replayed report was taken for a fresh one: \(report)")
        // A writer that still believes in the zone as it was before generation 1.
        let late = await fixture.zone.update(first, fence: .test(1, "late"))
        guard case .refused(let text) = late, text.contains("generation 1") else {
            throw Self.unexpected("an update with a stale marker", late, "refused, naming generation 1")
        }
        let after = try await self.read(fixture)
        try Self.expect(after.marker == .test(1, 1, "a"), "a stale writer changed the marker: \(after)")
    }

    private static func lostAnswer(_ fixture: some ZoneFixture) async throws {
        let change = try self.move(fixture, to: "127.0.2.1", from: nil, generation: 1)
        let lost = try await fixture.zone(through: .answersLost).update(change, fence: .test(1, "a"))
        guard case .unknown = lost else { throw Self.unexpected("an update whose answer got lost", lost, "unknown") }
        let landed = try await self.read(fixture)
        try Self.expect(landed.marker == .test(1, 1, "a"), "the read-back does not show the update: \(landed)")
        try Self.expect(await fixture.zone.update(change, fence: .test(1, "a")), .done, "the same key again")
        try Self.expect(try await self.read(fixture) == landed, "the retry landed a second time")
    }

    private static func emptyList(_ fixture: some ZoneFixture) async throws {
        let before = try await self.read(fixture)
        try Self.expect(before.records[fixture.absent] == [], "an absent host is not an empty list: \(before)")
        try Self.expect(before.marker == nil, "a zone without a marker has one: \(before)")
        var change = try self.move(fixture, to: "127.0.2.1", from: nil, generation: 1)
        for (host, address) in fixture.hosts { change.sets[host] = RecordChange(old: [address], new: []) }
        let outcome = await fixture.zone.update(change, fence: .test(1, "a"))
        guard case .refused(let text) = outcome, text.contains("S15") else {
            throw Self.unexpected("an empty record set", outcome, "refused by S15")
        }
        try Self.expect(try await self.read(fixture) == before, "a refused update changed the zone")
    }

    private static func duplicate(_ fixture: some ZoneFixture) async throws {
        try Self.expect(await fixture.zone.claim(old: nil, fence: .test(1, "c")), .done, "the claim")
        try Self.expect(await fixture.zone.claim(old: nil, fence: .test(1, "c")), .done, "the same claim again")
        let change = try self.move(fixture, to: "127.0.2.1", from: .test(0, 1, "c"), generation: 1)
        try Self.expect(await fixture.zone.update(change, fence: .test(1, "a")), .done, "the update")
        let once = try await self.read(fixture)
        try Self.expect(await fixture.zone.update(change, fence: .test(1, "a")), .done, "the same update again")
        let twice = try await self.read(fixture)
        try Self.expect(once == twice, "the same update landed twice: \(once), then \(twice)")
    }

    // MARK: - Helpers

    /// Moves the first host from its old address to another one.
    private static func move(
        _ fixture: some ZoneFixture,
        to address: String,
        from marker: SnapshotMark?,
        old: String? = nil,
        generation: Int64
    ) throws -> ZoneChange {
        guard let host = fixture.hosts.keys.first, let first = fixture.hosts.values.first else {
            throw ConformanceFailure("the fixture has no host")
        }
        return ZoneChange(
            oldMarker: marker,
            newGeneration: Generation(generation),
            sets: [host: RecordChange(old: [old ?? first], new: [address])],
            ttl: .seconds(5)
        )
    }

    private static func read(_ fixture: some ZoneFixture) async throws -> ZoneServerReport {
        let report = await fixture.zone.report()
        guard let server = report.servers.first, report.servers.count == 1 else {
            throw ConformanceFailure("the server itself does not answer: \(report)")
        }
        return server
    }

    private static func expect(_ condition: Bool, _ sentence: String) throws {
        guard condition else { throw ConformanceFailure(sentence) }
    }

    private static func expect(_ outcome: Outcome, _ wanted: Outcome, _ what: String) throws {
        guard outcome == wanted else { throw Self.unexpected(what, outcome, "\(wanted)") }
    }

    private static func unexpected(_ what: String, _ outcome: Outcome, _ wanted: String) -> ConformanceFailure {
        ConformanceFailure("\(what) ended as \(outcome), expected \(wanted)")
    }
}

extension Fence {
    fileprivate static func test(_ epoch: Int64, _ key: EffectKey) -> Fence { .init(epoch: Epoch(epoch), key: key) }
}

extension SnapshotMark {
    fileprivate static func test(_ generation: Int64, _ epoch: Int64, _ key: EffectKey) -> SnapshotMark {
        .init(generation: Generation(generation), epoch: Epoch(epoch), key: key)
    }
}
