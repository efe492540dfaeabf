import LeewardDNS
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

/// Two primaries that do not copy from each other: each takes every update itself.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SeveralServersTests {
    private static let europe: HostName = "europe.lab.test"

    private func withTwo(_ body: (RunningServer, RunningServer, DNSZone) async throws -> Void) async throws {
        try await RunningServer.with(.knot) { first in
            try await RunningServer.with(.bind) { second in
                let zone = try RunningServer.zone(
                    servers: [first.server.address, second.server.address],
                    hosts: [Self.europe]
                )
                try await body(first, second, zone)
            }
        }
    }

    @Test func anUpdateIsDoneWhenItLandedAtEachServer() async throws {
        try await self.withTwo { first, second, zone in
            let moved = change(Self.europe, from: ["127.0.1.3"], to: ["127.0.1.1"], marker: nil, generation: 1)
            #expect(await zone.update(moved, fence: fence(1, "k")) == .done)
            let report = await zone.report()
            #expect(report.silent.isEmpty)
            #expect(report.servers.map(\.server) == [first.server.address, second.server.address])
            #expect(report.servers.map(\.marker) == [mark(1, 1, "k"), mark(1, 1, "k")])
        }
    }

    @Test func aServerThatWasDownCatchesUpWhenTheSameUpdateIsRetried() async throws {
        try await self.withTwo { first, second, zone in
            let moved = change(Self.europe, from: ["127.0.1.3"], to: ["127.0.1.1"], marker: nil, generation: 1)
            await first.server.kill()
            let outcome = await zone.update(moved, fence: fence(1, "k"))
            guard case .unknown(let text) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(text.contains("failed at \(first.server.address)"))
            #expect(text.contains("landed at \(second.server.address)"))
            #expect(await zone.report().silent == [first.server.address])
            try await first.server.start()
            try await first.waitUntilItAnswers()
            #expect(await zone.update(moved, fence: fence(1, "k")) == .done)
            #expect(await zone.report().servers.map(\.marker) == [mark(1, 1, "k"), mark(1, 1, "k")])
        }
    }

    @Test func aRefusalAtTheFirstServerKeepsTheUpdateFromTheSecond() async throws {
        try await self.withTwo { first, second, zone in
            #expect(await first.zone.claim(old: nil, fence: fence(5, "newer")) == .done)
            let stale = change(Self.europe, from: ["127.0.1.3"], to: ["127.0.1.1"], marker: nil, generation: 1)
            guard case .refused(let text) = await zone.update(stale, fence: fence(1, "k")) else {
                Issue.record("a stale update was not refused")
                return
            }
            #expect(text.contains("key newer"))
            let untouched = try await second.read()
            #expect(untouched.marker == nil)
        }
    }

    /// What an enactor of the simulator expects of a server, a real one does: each compares with what it was seen to have.
    @Test func serversThatDifferAreBroughtTogetherByOneUpdate() async throws {
        try await self.withTwo { first, second, zone in
            #expect(await first.zone.claim(old: nil, fence: fence(2, "claim")) == .done)
            let ahead = change(Self.europe, from: ["127.0.1.3"], to: ["127.0.1.2"], marker: nil, generation: 4)
            #expect(await second.zone.update(ahead, fence: fence(1, "old")) == .done)
            var both = change(
                Self.europe,
                from: ["127.0.1.3"],
                to: ["127.0.1.1"],
                marker: mark(0, 2, "claim"),
                generation: 5
            )
            guard case .unknown = await zone.update(both, fence: fence(2, "k")) else {
                Issue.record("the second server took an update that expects the first one's marker")
                return
            }
            let seen = await zone.report().servers
            both.differing = SortedMap(seen.map { ($0.server, ZoneBefore(marker: $0.marker, records: $0.records)) })
            #expect(await zone.update(both, fence: fence(2, "k")) == .done)
            let report = await zone.report()
            #expect(report.servers.map(\.marker) == [mark(5, 2, "k"), mark(5, 2, "k")])
            #expect(report.servers.allSatisfy { $0.records[Self.europe] == ["127.0.1.1"] })
            let stale = change(
                Self.europe,
                from: ["127.0.1.1"],
                to: ["127.0.1.3"],
                marker: mark(9, 2, "x"),
                generation: 10
            )
            guard case .refused = await zone.update(stale, fence: fence(2, "late")) else {
                Issue.record("a late update was not refused")
                return
            }
        }
    }
}
