import Foundation
import LeewardHTTP
import LeewardModel
import LeewardTestKit
import Testing

@testable import LeewardAgent

/// Two regions with real proxies: what users get, what is read back, and what deaths and damage change.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: Programs.isExpected("envoy")))
struct ProxyTests {
    @Test func sharesTakeEffectAndAreReadBack() async throws {
        try await withRegions { home, savior in
            let saviors = Set(savior.live.map(\.id.text))
            for (index, basisPoints) in [0, 1, 5000, 9999, 10_000, 0].enumerated() {
                let generation = Int64(index + 1)
                #expect(await home.publish(try moved(basisPoints), generation) == .done)
                try await home.untilLoaded(generation)
                #expect(try await home.port.report().loaded?.shares == moved(basisPoints))
                let servers = await home.servers(60)
                let away = servers.filter { saviors.contains($0.key) }.values.reduce(0, +)
                #expect(servers["none"] == nil)
                switch basisPoints {
                case 0: #expect(away == 0)
                case 5000: #expect((10...50).contains(away))
                case 10_000: #expect(away == 60)
                default: break
                }
            }
            let entered = try #require(try await home.port.report().counters?.entered["us-east"])
            let all = entered["us-east-1"].map { $0.good } ?? 0
            #expect(all + (entered["eu-west-1"]?.good ?? 0) == 360)
            #expect(entered["eu-west-1"]?.failed == 0)
        }
    }

    @Test func aTunnelledRequestNeverLeavesAgain() async throws {
        try await withRegions { home, savior in
            // Each sends everything to the other: a second hop would go round for ever.
            #expect(await home.publish(try moved(10_000), 1) == .done)
            let back: ShareTable = ["us-east": ShareVector(all: "us-east-1"), "europe": ShareVector(all: "us-east-1")]
            #expect(await savior.publish(back, 1) == .done)
            try await home.untilLoaded(1)
            try await savior.untilLoaded(1)
            let servers = await home.servers(10)
            #expect(Set(servers.keys).isSubset(of: Set(savior.live.map(\.id.text))))
            let marks = savior.live.flatMap(\.requests).filter { $0.header("x-leeward-probe") == nil }
            #expect(marks.count == 10)
            #expect(marks.allSatisfy { $0.header("x-leeward-from") == "us-east-1" })
            #expect(home.live.flatMap(\.requests).allSatisfy { $0.header("x-leeward-probe") != nil })
        }
    }

    @Test func nobodyOutsideMayClaimToBeInside() async throws {
        try await withRegions { home, _ in
            let answer = await home.user(headers: [("x-leeward-probe", "1"), ("X-Leeward-From", "me")])
            #expect(answer?.status == 200)
            #expect(await home.user("/player")?.status == 404)
            let users = home.live.flatMap(\.requests).filter { $0.header("x-leeward-probe") == nil }
            #expect(users.count == 1)
            #expect(users.first?.header("x-leeward-from") == nil)
            try await eventually("the user is counted, the probes are not") {
                try await home.port.report().counters?.served["play"]?.good == 1
            }
            try await eventually("probes of both regions, none of them a user") {
                let report = try await home.port.report()
                return report.counters?.served["play"]?.good == 1
                    && report.probes.values.allSatisfy { $0.good >= 4 } && report.probes.count == 2
            }
        }
    }

    @Test func liveInstancesAreEndpointsAndDarkOnesNever() async throws {
        try await withRegions { home, _ in
            #expect(try await home.port.report().loaded?.endpoints["play"] == home.live.map(\.id).sorted())
            // Injection: the dark one becomes live, a live one becomes dark.
            let injected = [
                instance(home.dark.id, of: "play", at: home.dark.address),
                instance(home.live[0].id, of: "play", at: home.live[0].address),
                instance(home.live[1].id, of: "play", .shadow, at: home.live[1].address),
                instance(home.browse.id, of: "browse", at: home.browse.address),
            ]
            await home.provider.list(injected)
            let expected = [home.dark.id, home.live[0].id].sorted()
            try await eventually("the injected instance is an endpoint") {
                try await home.port.report().loaded?.endpoints["play"] == expected
            }
            let before = home.live[1].requests.count
            let servers = await home.servers(20)
            #expect(Set(servers.keys) == Set(expected.map(\.text)))
            #expect(home.live[1].requests.count == before)
            for useless in [[], Array(injected.prefix(1))] {
                await home.provider.list(useless, isComplete: useless.isEmpty)
                try await self.askedAgain(home)
                #expect(try await home.port.report().loaded?.endpoints["play"] == expected)
            }
            await home.provider.fallSilent()
            try await self.askedAgain(home)
            #expect(try await home.port.report().loaded?.endpoints["play"] == expected)
            #expect(await home.servers(5)["none"] == nil)
        }
    }

    private func askedAgain(_ region: Region) async throws {
        let before = await region.provider.readings
        try await eventually("the provider is asked again") { await region.provider.readings >= before + 2 }
    }

    @Test func aRejectedFileIsSeenAndTheOldOneStays() async throws {
        try await withRegions { home, _ in
            #expect(await home.publish(try moved(2500), 1) == .done)
            try await home.untilLoaded(1)
            let before = try await home.port.report().rejections
            let good = try String(contentsOfFile: home.settings.routesFile, encoding: .utf8)
            let bad = good.replacingOccurrences(of: "to/us-east/eu-west-1", with: "to/nowhere")
            try DurableFile(home.settings.routesFile).replace(with: Array(bad.utf8))
            try await eventually("the rejection is reported") { try await home.port.report().rejections > before }
            let report = try await home.port.report()
            #expect(report.loaded?.generation == Generation(1))
            #expect(report.loaded?.shares == (try moved(2500)))
            #expect(await home.servers(5)["none"] == nil)
            try await eventually("the agent puts its own file back") {
                try String(contentsOfFile: home.settings.routesFile, encoding: .utf8) == good
            }
        }
    }

    @Test func trafficGoesOnWithoutTheAgentAndTheNextOneKnowsEverything() async throws {
        try await withRegions { home, savior in
            #expect(await home.publish(try moved(10_000), 1) == .done)
            try await home.untilLoaded(1)
            let before = try await home.port.report()
            await home.stopAgent()
            let servers = await home.servers(20)
            #expect(Set(servers.keys).isSubset(of: Set(savior.live.map(\.id.text))))
            home.startAgent()
            try await home.untilLoaded(1)
            let after = try await home.port.report()
            #expect(after.accepted == before.accepted)
            #expect(after.agentStart != before.agentStart)
            #expect(after.loaded?.shares == before.loaded?.shares)
            #expect(after.counters?.proxyStart == before.counters?.proxyStart)
            #expect(after.counters?.entered["us-east"]?["eu-west-1"]?.good == 20)
        }
    }

    @Test func aRestartedProxyHasTheLastGoodSnapshotWithNobodyElseAlive() async throws {
        try await withRegions { home, savior in
            #expect(await home.publish(try moved(10_000), 1) == .done)
            try await home.untilLoaded(1)
            let before = try #require(try await home.port.report().counters)
            await home.killProxy()
            let silent = try await home.port.report()
            #expect(silent.loaded == nil)
            #expect(silent.counters == nil)
            #expect(silent.accepted.generation == Generation(1))
            await home.stopAgent()
            try home.startProxy()
            try await eventually("the proxy serves again") { await home.user()?.status == 200 }
            #expect(Set(await home.servers(10).keys).isSubset(of: Set(savior.live.map(\.id.text))))
            home.startAgent()
            try await home.untilLoaded(1)
            #expect(try #require(try await home.port.report().counters).proxyStart > before.proxyStart)
        }
    }

    @Test func aBackendThatHangsShowsAsUsersWhoLeftAndNotAsErrors() async throws {
        try await withRegions { home, _ in
            for backend in home.live { backend.be(.hanging) }
            for _ in 0..<4 { #expect(await home.user(within: .milliseconds(200)) == nil) }
            try await eventually("the users are counted") {
                let play = try await home.port.report().counters?.served["play"]
                return play == RequestCounts(started: 4, good: 0, failed: 0, active: 0)
            }
            let here = try await home.port.report().counters?.entered["us-east"]?["us-east-1"]
            #expect(here == RequestCounts(started: 4, good: 0, failed: 0, active: 0))
            for backend in home.live { backend.be(.good) }
        }
    }

    @Test func noRequestLeavesTheRegionBecauseItsInstancesDie() async throws {
        try await withRegions { home, savior in
            for backend in home.live { await backend.stop() }
            let servers = await home.servers(10)
            #expect(servers == ["none": 10])
            #expect(savior.live.flatMap(\.requests).allSatisfy { $0.header("x-leeward-probe") != nil })
            try await eventually("all ten are counted as failed") {
                try await home.port.report().counters?.served["play"] == RequestCounts(started: 10, failed: 10)
            }
            for backend in home.live { try await backend.start() }
        }
    }

    @Test func noUserIsLostWhileSharesAndEndpointsChange() async throws {
        try await withRegions { home, _ in
            let isOver = Flag()
            let injected =
                [instance(home.dark.id, of: "play", at: home.dark.address)]
                + home.listing.filter { $0.membership == .live }
            let lost = try await withThrowingTaskGroup(of: [String: Int].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var served: [String: Int] = [:]
                        while !isOver.isSet { served.merge(await home.servers(5), uniquingKeysWith: +) }
                        return served
                    }
                }
                for generation in 1...20 {
                    #expect(await home.publish(try moved(generation % 5 * 2500), Int64(generation)) == .done)
                    await home.provider.list(generation % 2 == 0 ? home.listing : injected)
                    try await home.untilLoaded(Int64(generation))
                }
                isOver.set()
                return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            }
            #expect(lost["none"] == nil)
            #expect(lost.values.reduce(0, +) > 200)
        }
    }

    @Test func onlyUsersWithATokenAreLetIn() async throws {
        // RFC 7515, appendix A.1: the key and a token signed with it, without its expiry.
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        let jwks = #"{"keys":[{"kty":"oct","alg":"HS256","k":"\#(key)"}]}"#
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.\(Self.signature)"
        try await withRegions(jwks: jwks) { home, _ in
            #expect(await home.user()?.status == 401)
            #expect(await home.user(headers: [("authorization", "Bearer \(token)")])?.status == 200)
            #expect(await home.user(headers: [("authorization", "Bearer \(token)x")])?.status == 401)
            try await eventually("probes need no token") {
                try await home.port.report().probes.values.allSatisfy { $0.good > 0 }
            }
        }
    }

    /// HMAC-SHA256 of "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0" with the key above.
    private static let signature = "tdBBu9jOMmVOgUuwE4Lm1m2BEvUe23Dizz6uSwCd6pY"

    @Test func theAdminSocketIsPrivateAndAnswersLittle() async throws {
        try await withRegions { home, _ in
            let path = home.settings.adminSocket
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            for (method, target) in [("POST", "/quitquitquit"), ("POST", "/runtime_modify?a=1"), ("GET", "/certs")] {
                let answer = try await HTTPClient().send(
                    HTTPRequest(method, target),
                    to: .unix(path: path),
                    within: .seconds(5)
                )
                #expect(answer.status == 403, "\(target)")
            }
        }
    }
}
