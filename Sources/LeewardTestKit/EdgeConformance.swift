public import LeewardModel
public import LeewardProviders

/// An edge agent with a real proxy (or an honest fake), seen directly and through faults.
public protocol EdgeFixture: Sendable {
    /// The agent without a fault.
    var direct: any EdgePort { get }
    /// The same agent through the relay.
    var relayed: any EdgePort { get }
    var relay: Relay { get }
    /// Two different tables that the fleet allows, neither of them in force.
    var tables: [ShareTable] { get }
    /// What the agent really did, oldest first.
    func log() async throws -> [AppliedEffect]
}

/// What every edge adapter must do, checked against any `EdgeFixture`; each case needs a fresh one.
public enum EdgeConformance {
    /// Runs one case; throws a `ConformanceFailure` that says what was expected and what came.
    public static func run(_ checked: ConformanceCase, on fixture: some EdgeFixture) async throws {
        guard fixture.tables.count == 2, let first = fixture.tables.first, let second = fixture.tables.last else {
            throw ConformanceFailure("the fixture needs two tables of shares, it has \(fixture.tables.count)")
        }
        switch checked {
        case .throttled: try await self.throttled(fixture, first)
        case .partial: try await self.partial(fixture, first)
        case .stale: try await self.stale(fixture)
        case .lostAnswer: try await self.lostAnswer(fixture, first)
        case .emptyList: try await self.emptyList(fixture)
        case .duplicate: try await self.duplicate(fixture, first, second)
        }
    }

    private static func throttled(_ fixture: some EdgeFixture, _ shares: ShareTable) async throws {
        let before = try await fixture.direct.report().accepted
        fixture.relay.set(.throttled)
        let outcome = await fixture.relayed.publish(shares, generation: Generation(1), fence: self.fence("a"))
        guard case .failed = outcome else { throw self.unexpected("a throttled publication", outcome, "failed") }
        do {
            let report = try await fixture.relayed.report()
            throw ConformanceFailure("a throttled report must be an error, not \(report)")
        } catch let error as ProviderError {
            try self.expect(error.retry == .after(.seconds(7)), "the advice to wait 7 s was lost: \(error.retry)")
        }
        try self.expect(
            try await fixture.direct.report().accepted == before,
            "a throttled publication changed the snapshot"
        )
        fixture.relay.set(.none)
        let again = await fixture.relayed.publish(shares, generation: Generation(1), fence: self.fence("a"))
        guard again == .done else { throw self.unexpected("the same publication afterwards", again, "done") }
    }

    private static func partial(_ fixture: some EdgeFixture, _ shares: ShareTable) async throws {
        try await self.untilLoaded(Generation(0), nil, fixture)
        fixture.relay.set(.halfTheList)
        try await self.expectError("a report that leaves a geography out", fixture)
        fixture.relay.set(.none)
        var half = shares
        guard let missing = half.keys.last else { throw ConformanceFailure("the fixture's table is empty") }
        half[missing] = nil
        let outcome = await fixture.relayed.publish(half, generation: Generation(1), fence: self.fence("a"))
        guard case .refused(let reason) = outcome, reason.contains(missing.text) else {
            throw self.unexpected("a snapshot that leaves \(missing) out", outcome, "refused, naming \(missing)")
        }
        let accepted = try await fixture.direct.report().accepted
        try self.expect(accepted.generation == Generation(0), "a refused snapshot was accepted: \(accepted)")
    }

    private static func stale(_ fixture: some EdgeFixture) async throws {
        let first = try await fixture.relayed.report()
        let second = try await fixture.relayed.report()
        try self.expect(second.sequence > first.sequence, "a fresh report must have a higher sequence")
        fixture.relay.set(.oldReports)
        try await self.expectError("an old report", fixture)
        fixture.relay.set(.none)
        let fresh = try await fixture.relayed.report()
        try self.expect(fresh.sequence > second.sequence, "a fresh report after an old one must pass")
    }

    private static func lostAnswer(_ fixture: some EdgeFixture, _ shares: ShareTable) async throws {
        fixture.relay.set(.loseAnswers)
        let outcome = await fixture.relayed.publish(shares, generation: Generation(1), fence: self.fence("a"))
        guard case .unknown = outcome else {
            throw self.unexpected("a publication without an answer", outcome, "unknown")
        }
        fixture.relay.set(.none)
        let accepted = try await fixture.direct.report().accepted
        try self.expect(
            accepted == .init(generation: Generation(1), epoch: Epoch(1), key: "a"),
            "the read-back must show what landed: \(accepted)"
        )
        try await self.untilLoaded(Generation(1), shares, fixture)
        let again = await fixture.relayed.publish(shares, generation: Generation(1), fence: self.fence("a"))
        guard again == .done else { throw self.unexpected("the same publication again", again, "done") }
        try self.expect(try await fixture.log().count == 1, "the same key was carried out twice")
    }

    private static func emptyList(_ fixture: some EdgeFixture) async throws {
        try await self.untilLoaded(Generation(0), nil, fixture)
        fixture.relay.set(.emptyList)
        try await self.expectError("a report of an edge without any shares", fixture)
        fixture.relay.set(.none)
        let outcome = await fixture.relayed.publish([:], generation: Generation(1), fence: self.fence("a"))
        guard case .refused = outcome else { throw self.unexpected("a snapshot of nothing", outcome, "refused") }
        try await self.untilLoaded(Generation(0), nil, fixture)
    }

    private static func duplicate(
        _ fixture: some EdgeFixture,
        _ first: ShareTable,
        _ second: ShareTable
    ) async throws {
        fixture.relay.set(.twice)
        let outcomes = [
            await fixture.relayed.claim(self.fence("a")),
            await fixture.relayed.publish(first, generation: Generation(1), fence: self.fence("b")),
            await fixture.relayed.publish(second, generation: Generation(2), fence: self.fence("c")),
            await fixture.relayed.publish(first, generation: Generation(1), fence: self.fence("b")),
        ]
        try self.expect(outcomes.allSatisfy { $0 == .done }, "each doubled effect must be done: \(outcomes)")
        fixture.relay.set(.none)
        try await self.untilLoaded(Generation(2), second, fixture)
        let keys = try await fixture.log().map(\.fence.key.text)
        try self.expect(keys == ["a", "b", "c"], "each key must be carried out once: \(keys)")
        let reused = await fixture.relayed.publish(first, generation: Generation(3), fence: self.fence("c"))
        guard case .refused = reused else { throw self.unexpected("a key used for another effect", reused, "refused") }
    }

    /// What the proxy has in memory, and not only what the agent was told.
    private static func untilLoaded(
        _ generation: Generation,
        _ shares: ShareTable?,
        _ fixture: some EdgeFixture
    ) async throws {
        var last: LoadedEdge?
        for _ in 0..<100 {
            last = try await fixture.direct.report().loaded
            if let last, last.generation == generation, shares == nil || last.shares == shares { return }
        }
        throw ConformanceFailure("the proxy never loaded generation \(generation); it has \(String(describing: last))")
    }

    private static func expectError(_ what: String, _ fixture: some EdgeFixture) async throws {
        do {
            let report = try await fixture.relayed.report()
            throw ConformanceFailure("\(what) must be an error, not \(report)")
        } catch is ProviderError {}
    }

    private static func fence(_ key: EffectKey) -> Fence { .init(epoch: Epoch(1), key: key) }

    private static func expect(_ holds: Bool, _ sentence: String) throws {
        guard holds else { throw ConformanceFailure(sentence) }
    }

    private static func unexpected(_ what: String, _ came: Outcome, _ expected: String) -> ConformanceFailure {
        .init("\(what): expected \(expected), came \(came)")
    }
}
