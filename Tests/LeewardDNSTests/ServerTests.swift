import Foundation
import LeewardDNS
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

/// Knot, BIND and PowerDNS, each started for the test on loopback: what the adapter promises must hold at all three.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ServerTests {
    typealias Kind = ZoneConformanceServer.Kind
    private static let europe: HostName = "europe.lab.test"

    @Test(arguments: Kind.allCases, ConformanceCase.allCases)
    func conforms(_ kind: Kind, _ checked: ConformanceCase) async throws {
        try await RunningServer.with(kind) { try await ZoneConformance.run(checked, on: $0) }
    }

    @Test(arguments: Kind.allCases)
    func anUpdateMovesRecordsMarkerAndSerialTogether(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            let before = try await server.read()
            #expect(before.records[Self.europe] == ["127.0.1.3"])
            #expect(before.server == server.server.address)
            var both = change(
                Self.europe,
                from: ["127.0.1.3"],
                to: ["127.0.1.2", "127.0.1.1"],
                marker: nil,
                generation: 1
            )
            both.sets["nobody.lab.test"] = .init(old: [], new: ["127.0.1.2"])
            #expect(await server.zone.update(both, fence: fence(1, "one")) == .done)
            let after = try await server.read()
            #expect(after.marker == mark(1, 1, "one"))
            #expect(after.records[Self.europe] == ["127.0.1.1", "127.0.1.2"])
            #expect(after.records["nobody.lab.test"] == ["127.0.1.2"])
            #expect(after.records["us-east.lab.test"] == ["127.0.1.1"])
            #expect(after.serial > before.serial)
            let back = change(
                Self.europe,
                from: ["127.0.1.1", "127.0.1.2"],
                to: ["127.0.1.3"],
                marker: mark(1, 1, "one"),
                generation: 2
            )
            #expect(await server.zone.update(back, fence: fence(1, "two")) == .done)
            #expect(try await server.read().records[Self.europe] == ["127.0.1.3"])
        }
    }

    @Test(arguments: Kind.allCases)
    func ofTwoWritersOneWins(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            #expect(await server.zone.claim(old: nil, fence: fence(1, "c")) == .done)
            let zone = server.zone
            let outcomes = await withTaskGroup(of: (EffectKey, Outcome).self) { group in
                for number in 1...4 {
                    group.addTask {
                        let key = EffectKey("writer-\(number)")
                        let wanted = change(
                            Self.europe,
                            from: ["127.0.1.3"],
                            to: ["127.0.2.\(number)"],
                            marker: mark(0, 1, "c"),
                            generation: 1
                        )
                        return (key, await zone.update(wanted, fence: fence(1, key)))
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let winners = outcomes.filter { $0.1 == .done }.map(\.0)
            let refused = outcomes.filter { if case .refused = $0.1 { true } else { false } }
            #expect(winners.count == 1, "\(outcomes)")
            #expect(refused.count == 3, "\(outcomes)")
            let after = try await server.read()
            #expect(after.marker?.key == winners.first)
        }
    }

    @Test(arguments: Kind.allCases)
    func theFirstWriteRequiresThatNoMarkerExists(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            #expect(await server.zone.claim(old: nil, fence: fence(3, "first")) == .done)
            guard case .refused(let text) = await server.zone.claim(old: nil, fence: fence(4, "second")) else {
                Issue.record("a second first write was not refused")
                return
            }
            #expect(text.contains("key first"))
            #expect(await server.zone.claim(old: mark(0, 3, "first"), fence: fence(4, "second")) == .done)
            let after = try await server.read()
            #expect(after.marker == mark(0, 4, "second"))
        }
    }

    @Test(arguments: Kind.allCases)
    func anUpdateThatExpectsOtherRecordsChangesNothing(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            #expect(await server.zone.claim(old: nil, fence: fence(1, "c")) == .done)
            let before = try await server.read()
            let old = mark(0, 1, "c")
            for wrong in [[], ["127.0.1.9"], ["127.0.1.3", "127.0.1.9"]] {
                let outcome = await server.zone.update(
                    change(Self.europe, from: wrong, to: ["127.0.1.1"], marker: old, generation: 1),
                    fence: fence(1, "k")
                )
                guard case .refused = outcome else {
                    Issue.record("expecting \(wrong) ended as \(outcome)")
                    return
                }
            }
            let absent = change("nobody.lab.test", from: ["127.0.1.1"], to: ["127.0.1.1"], marker: old, generation: 1)
            guard case .refused = await server.zone.update(absent, fence: fence(1, "k")) else {
                Issue.record("expecting a record that does not exist was not refused")
                return
            }
            #expect(try await server.read() == before)
        }
    }

    @Test(arguments: Kind.allCases)
    func aWrongKeyIsRefusedWithTheRemedy(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            let before = try await server.read()
            let other = "T3RoZXIga2V5IG9mIHRoZSBzYW1lIGxlbmd0aC4uLiE="
            for key in [try testKey(other), try testKey(other, name: "stranger")] {
                let zone = try RunningServer.zone(servers: [server.server.address], hosts: [], key: key)
                let outcome = await zone.claim(old: nil, fence: fence(1, "k"))
                // PowerDNS answers REFUSED, which may be throttling: trying again is safe but will not help.
                let text: String
                switch outcome {
                case .refused(let reason): text = reason
                case .failed(let reason) where kind == .powerDNS: text = reason
                default:
                    Issue.record("\(key) ended as \(outcome)")
                    return
                }
                #expect(text.contains("key"))
                #expect(!text.contains(other))
            }
            #expect(try await server.read() == before)
        }
    }

    @Test(arguments: Kind.allCases, [Int64(-4000), 4000])
    func aWrongClockIsRefusedOrProvesNothing(_ kind: Kind, _ seconds: Int64) async throws {
        try await RunningServer.with(kind) { server in
            let zone = try RunningServer.zone(
                servers: [server.server.address],
                hosts: [],
                time: { UInt64(Int64(Date().timeIntervalSince1970) + seconds) }
            )
            let outcome = await zone.claim(old: nil, fence: fence(1, "k"))
            #expect(outcome != .done)
            #expect("\(outcome)".contains("clock"), "\(outcome)")
            #expect(try await server.read().marker == nil)
        }
    }

    @Test(arguments: Kind.allCases)
    func anAnswerThatDoesNotFitADatagramIsFetchedOverTCP(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            let relay = try server.relay(.pass)
            let zone = try RunningServer.zone(servers: [relay.address], hosts: [RunningServer.manyHost])
            let records = try #require(await zone.report().servers.first).records[RunningServer.manyHost]
            #expect(records == RunningServer.many.map(\.address).sorted())
            #expect(relay.forwardedStreams == 1)
        }
    }

    @Test(arguments: Kind.allCases)
    func anUpdateLongerThanADatagramLands(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            let new = (1...80).map { "127.0.4.\($0)" }
            let wide = change(
                RunningServer.manyHost,
                from: RunningServer.many.map(\.address),
                to: new,
                marker: nil,
                generation: 1
            )
            #expect(await server.zone.update(wide, fence: fence(1, "wide")) == .done)
            let zone = try RunningServer.zone(servers: [server.server.address], hosts: [RunningServer.manyHost])
            let records = try #require(await zone.report().servers.first).records[RunningServer.manyHost]
            #expect(records == new.sorted())
        }
    }

    @Test(arguments: Kind.allCases)
    func anAcknowledgedUpdateSurvivesAKill(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            let moved = change(Self.europe, from: ["127.0.1.3"], to: ["127.0.1.1"], marker: nil, generation: 1)
            #expect(await server.zone.update(moved, fence: fence(1, "k")) == .done)
            await server.server.kill()
            #expect(await server.zone.report().servers.isEmpty)
            try await server.server.start()
            try await server.waitUntilItAnswers()
            let after = try await server.read()
            #expect(after.marker == mark(1, 1, "k"))
            #expect(after.records[Self.europe] == ["127.0.1.1"])
            #expect(await server.zone.update(moved, fence: fence(1, "k")) == .done)
            #expect(try await server.read() == after)
        }
    }

    @Test(arguments: Kind.allCases)
    func aZoneThatTheServerDoesNotServeIsSilent(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            let spec = ZoneSpec(name: "other.test", servers: [server.server.address], keyName: "leeward", keyFile: "")
            let zone = try DNSZone(spec, key: testKey(), hosts: ["a.other.test"])
            #expect(await zone.report() == ZoneReport(servers: [], silent: [server.server.address]))
            let outcome = await zone.claim(old: nil, fence: fence(1, "k"))
            switch outcome {
            case .refused, .failed: break
            default: Issue.record("\(outcome)")
            }
        }
    }

    /// Fifty updates in a row, each reader in between sees one of the two sets and never none (S15d).
    @Test(arguments: Kind.allCases)
    func noReaderEverSeesAnEmptySet(_ kind: Kind) async throws {
        try await RunningServer.with(kind) { server in
            let zone = server.zone
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var old: SnapshotMark?
                    var address = "127.0.1.3"
                    for generation in Int64(1)...50 {
                        let next = generation % 2 == 0 ? "127.0.1.3" : "127.0.1.1"
                        let key = EffectKey("k\(generation)")
                        let step = change(Self.europe, from: [address], to: [next], marker: old, generation: generation)
                        let outcome = await zone.update(step, fence: fence(1, key))
                        guard outcome == .done else { throw Unexpected(description: "\(outcome)") }
                        (old, address) = (mark(generation, 1, key), next)
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<40 {
                            for report in await zone.report().servers {
                                let generation = report.marker?.generation.value ?? 0
                                let expected = generation % 2 == 0 ? "127.0.1.3" : "127.0.1.1"
                                guard report.records[Self.europe] == [expected] else {
                                    throw Unexpected(description: "a torn report: \(report)")
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
