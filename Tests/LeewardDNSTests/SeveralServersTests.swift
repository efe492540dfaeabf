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
}
