import LeewardDNS
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

/// What must never be asked of a server: with nobody listening, a request that left would end as `failed`.
@Suite struct RefusalTests {
    private func zone() throws -> DNSZone {
        let spec = ZoneSpec(
            name: "lab.test",
            servers: ["127.0.0.1:\(try FreePorts.pickOne())"],
            keyName: "leeward",
            keyFile: ""
        )
        return try DNSZone(spec, key: testKey(), hosts: ["eu.lab.test"])
    }

    @Test func aGoodChangeReachesForTheServer() async throws {
        let good = change("eu.lab.test", from: ["127.0.1.3"], to: ["127.0.1.1"], marker: nil, generation: 1)
        let outcome = try await self.zone().update(good, fence: fence(1, "k"))
        guard case .failed(let reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("refused"))
    }

    @Test(arguments: [
        (change("eu.lab.test", from: ["127.0.1.3"], to: [], marker: nil, generation: 1), "S15"),
        (change("eu.lab.test", from: [], to: ["127.0.1.300"], marker: nil, generation: 1), "127.0.1.300"),
        (change("eu.lab.test", from: ["x"], to: ["127.0.1.3"], marker: nil, generation: 1), "x for eu"),
        (change("eu.other.test", from: [], to: ["127.0.1.3"], marker: nil, generation: 1), "eu.other.test"),
        (change("_leeward.lab.test", from: [], to: ["127.0.1.3"], marker: nil, generation: 1), "_leeward"),
        (change("eu.lab.test", from: [], to: ["127.0.1.3"], marker: mark(4, 2, "o"), generation: 4), "generation 4"),
        (change("eu.lab.test", from: [], to: ["127.0.1.3"], marker: mark(4, 2, "o"), generation: 3), "generation 3"),
        (change("eu.lab.test", from: [], to: ["127.0.1.3"], marker: mark(4, 9, "o"), generation: 5), "S14"),
    ])
    func aWrongChangeNeverLeaves(_ wrong: ZoneChange, _ reason: String) async throws {
        let outcome = try await self.zone().update(wrong, fence: fence(8, "k"))
        guard case .refused(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.contains(reason))
    }

    @Test func aTTLThatDNSCannotCarryNeverLeaves() async throws {
        for ttl in [Span.milliseconds(1500), .milliseconds(-1000), .seconds(1 << 31)] {
            var wrong = change("eu.lab.test", from: [], to: ["127.0.1.3"], marker: nil, generation: 1)
            wrong.ttl = ttl
            guard case .refused = try await self.zone().update(wrong, fence: fence(1, "k")) else {
                Issue.record("a TTL of \(ttl) was sent")
                return
            }
        }
    }

    @Test func aClaimBelowTheMarkersEpochNeverLeaves() async throws {
        guard case .refused(let text) = try await self.zone().claim(old: mark(4, 9, "o"), fence: fence(8, "k")) else {
            Issue.record("it was sent")
            return
        }
        #expect(text.contains("S14"))
    }

    @Test func aKeyThatNoRecordCanCarryNeverLeaves() async throws {
        guard case .refused = try await self.zone().claim(old: nil, fence: fence(1, "two words")) else {
            Issue.record("it was sent")
            return
        }
    }

    @Test func aServerThatNobodyRunsIsSilent() async throws {
        let zone = try self.zone()
        let report = await zone.report()
        #expect(report == ZoneReport(servers: [], silent: zone.spec.servers))
        let problems = await zone.problems()
        #expect(problems.count == 1)
        #expect(problems.first?.contains(zone.spec.servers[0]) == true)
    }

    @Test(arguments: [
        ZoneSpec(name: "lab..test", servers: ["127.0.0.1:53"], keyName: "k", keyFile: ""),
        ZoneSpec(name: "lab.test", servers: [], keyName: "k", keyFile: ""),
        ZoneSpec(name: "lab.test", servers: ["ns.lab.test:53"], keyName: "k", keyFile: ""),
        ZoneSpec(name: "lab.test", servers: ["127.0.0.1:53", "127.0.0.1:53"], keyName: "k", keyFile: ""),
        ZoneSpec(name: "other.test", servers: ["127.0.0.1:53"], keyName: "k", keyFile: ""),
    ])
    func aSpecThatCannotWorkIsAnErrorAtOnce(_ spec: ZoneSpec) throws {
        #expect(throws: ProviderError.self) { try DNSZone(spec, key: testKey(), hosts: ["eu.lab.test"]) }
    }
}
