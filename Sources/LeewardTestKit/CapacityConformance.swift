public import LeewardModel
public import LeewardProviders

/// A capacity provider on a real host (or an honest fake), seen directly and through faults.
///
/// `service` has at least two ready instances in its live cluster and two in its shadow cluster.
public protocol CapacityFixture: Sendable {
    /// The provider without a fault.
    var direct: any CapacityPort { get }
    /// The same provider through the relay.
    var relayed: any CapacityPort { get }
    var relay: Relay { get }
    var service: ServiceID { get }
    /// What the provider really did, oldest first.
    func log() async throws -> [AppliedEffect]
}

/// What every capacity adapter must do, checked against any `CapacityFixture`; each case needs a fresh one.
public enum CapacityConformance {
    /// Runs one case; throws a `ConformanceFailure` that says what was expected and what came.
    public static func run(_ checked: ConformanceCase, on fixture: some CapacityFixture) async throws {
        switch checked {
        case .throttled: try await self.throttled(fixture)
        case .partial: try await self.partial(fixture)
        case .stale: try await self.stale(fixture)
        case .lostAnswer: try await self.lostAnswer(fixture)
        case .emptyList: try await self.emptyList(fixture)
        case .duplicate: try await self.duplicate(fixture)
        }
    }

    private static func throttled(_ fixture: some CapacityFixture) async throws {
        let dark = try await self.members(of: .shadow, fixture)
        fixture.relay.set(.throttled)
        let outcome = await fixture.relayed.detach(dark, of: fixture.service, from: .shadow, fence: self.fence("a"))
        guard case .failed = outcome else { throw self.unexpected("a throttled detach", outcome, "failed") }
        do {
            let report = try await fixture.relayed.report()
            throw ConformanceFailure("a throttled report must be an error, not \(report)")
        } catch let error as ProviderError {
            try self.expect(error.retry == .after(.seconds(7)), "the advice to wait 7 s was lost: \(error.retry)")
        }
        try self.expect(try await self.members(of: .shadow, fixture) == dark, "a throttled detach moved instances")
        fixture.relay.set(.none)
        let again = await fixture.relayed.detach(dark, of: fixture.service, from: .shadow, fence: self.fence("a"))
        guard again == .done else { throw self.unexpected("the same detach afterwards", again, "done") }
    }

    private static func partial(_ fixture: some CapacityFixture) async throws {
        let whole = try await fixture.direct.report()
        fixture.relay.set(.halfTheList)
        let half = try await fixture.relayed.report()
        try self.expect(
            !half.isComplete && half.instances.count < whole.instances.count,
            "a listing that was cut short must say so"
        )
        fixture.relay.set(.none)
        // One good name and one that does not exist: neither moves, and the answer names the missing one.
        let dark = try await self.members(of: .shadow, fixture)
        let asked = dark.prefix(1) + ["nobody"]
        let outcome = await fixture.relayed.detach(
            Array(asked),
            of: fixture.service,
            from: .shadow,
            fence: self.fence("a")
        )
        guard case .refused(let reason) = outcome, reason.contains("nobody") else {
            throw self.unexpected("a detach that can land only in part", outcome, "refused, naming nobody")
        }
        try self.expect(try await self.members(of: .shadow, fixture) == dark, "a refused detach moved instances")
    }

    private static func stale(_ fixture: some CapacityFixture) async throws {
        let first = try await fixture.relayed.report()
        let second = try await fixture.relayed.report()
        try self.expect(second.sequence > first.sequence, "a fresh report must have a higher sequence")
        fixture.relay.set(.oldReports)
        do {
            let report = try await fixture.relayed.report()
            throw ConformanceFailure("an old report must not pass for a fresh one: \(report.sequence)")
        } catch is ProviderError {}
        fixture.relay.set(.none)
        let fresh = try await fixture.relayed.report()
        try self.expect(fresh.sequence > second.sequence, "a fresh report after an old one must pass")
    }

    private static func lostAnswer(_ fixture: some CapacityFixture) async throws {
        let dark = try await self.members(of: .shadow, fixture)
        fixture.relay.set(.loseAnswers)
        let outcome = await fixture.relayed.detach(dark, of: fixture.service, from: .shadow, fence: self.fence("a"))
        guard case .unknown = outcome else { throw self.unexpected("a detach without an answer", outcome, "unknown") }
        fixture.relay.set(.none)
        let orphans = try await self.members(of: .none, fixture)
        try self.expect(orphans == dark, "the read-back must show what landed: \(orphans)")
        let again = await fixture.relayed.detach(dark, of: fixture.service, from: .shadow, fence: self.fence("a"))
        guard again == .done else { throw self.unexpected("the same detach again", again, "done") }
        try self.expect(try await fixture.log().count == 1, "the same key was carried out twice")
    }

    private static func emptyList(_ fixture: some CapacityFixture) async throws {
        fixture.relay.set(.emptyList)
        let report = try await fixture.relayed.report()
        try self.expect(!report.isComplete, "an empty list must not pass for a complete one")
        let outcome = await fixture.relayed.detach([], of: fixture.service, from: .shadow, fence: self.fence("a"))
        guard case .refused = outcome else { throw self.unexpected("a detach of nothing", outcome, "refused") }
    }

    private static func duplicate(_ fixture: some CapacityFixture) async throws {
        let before = try await fixture.direct.report()
        fixture.relay.set(.twice)
        let outcomes = [
            await fixture.relayed.claim(self.fence("a")),
            await fixture.relayed.freeze(floors: [fixture.service: 1], fence: self.fence("b")),
            await fixture.relayed.start(1, of: fixture.service, fence: self.fence("c")),
        ]
        try self.expect(outcomes == [.done, .done, .done], "each doubled effect must be done: \(outcomes)")
        let dark = try await self.members(of: .shadow, fixture)
        let moved = [
            await fixture.relayed.detach(dark, of: fixture.service, from: .shadow, fence: self.fence("d")),
            await fixture.relayed.attach(dark, of: fixture.service, to: .live, fence: self.fence("e")),
            await fixture.relayed.detach(dark, of: fixture.service, from: .live, fence: self.fence("f")),
            await fixture.relayed.attach(dark, of: fixture.service, to: .shadow, fence: self.fence("g")),
            await fixture.relayed.unfreeze(self.fence("h")),
        ]
        try self.expect(moved.allSatisfy { $0 == .done }, "each doubled effect must be done: \(moved)")
        let after = try await fixture.direct.report()
        try self.expect(after.instances.count == before.instances.count + 1, "a doubled start must start one instance")
        try self.expect(
            try await self.members(of: .shadow, fixture) == dark,
            "the way out and back must end where it began"
        )
        let keys = try await fixture.log().map(\.fence.key.text)
        try self.expect(keys == ["a", "b", "c", "d", "e", "f", "g", "h"], "each key must be carried out once: \(keys)")
    }

    private static func members(
        of membership: Membership,
        _ fixture: some CapacityFixture
    ) async throws -> [InstanceID] {
        try await fixture.direct.report().instances
            .filter { $0.service == fixture.service && $0.membership == membership }.map(\.id)
    }

    private static func fence(_ key: EffectKey) -> Fence { .init(epoch: Epoch(1), key: key) }

    private static func expect(_ holds: Bool, _ sentence: String) throws {
        guard holds else { throw ConformanceFailure(sentence) }
    }

    private static func unexpected(_ what: String, _ came: Outcome, _ expected: String) -> ConformanceFailure {
        .init("\(what): expected \(expected), came \(came)")
    }
}
