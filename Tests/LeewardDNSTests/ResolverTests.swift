import LeewardDNS
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct ResolverTests {
    @Test func addressesAndTTLComeThroughUnbound() async throws {
        guard Programs.isExpected("unbound") else {
            print("SKIPPED: unbound is not installed; `make setup` brings it")
            try Test.cancel("unbound is not installed")
        }
        try await RunningServer.with(.knot) { server in
            let resolver = try ZoneConformanceResolver(authority: server.server.port)
            try await resolver.start()
            do {
                try await self.ask(resolver.address)
            } catch {
                await resolver.stop()
                throw error
            }
            await resolver.stop()
        }
    }

    private func ask(_ resolver: String) async throws {
        var found = try? await DNSResolver.resolve("europe.lab.test", server: resolver)
        let deadline = ContinuousClock.now + .seconds(20)
        while found == nil, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
            found = try? await DNSResolver.resolve("europe.lab.test", server: resolver)
        }
        let answer = try #require(found)
        #expect(answer.addresses == ["127.0.1.3"])
        #expect((Span.zero...Span.seconds(5)).contains(answer.ttl))
        let many = try await DNSResolver.resolve(RunningServer.manyHost, server: resolver)
        #expect(many.addresses.sorted() == RunningServer.many.map(\.address).sorted())
        let error = await #expect(throws: ProviderError.self) {
            try await DNSResolver.resolve("nobody.lab.test", server: resolver)
        }
        #expect(error?.description.contains("NXDOMAIN for nobody.lab.test") == true)
    }

    @Test func aResolverThatNobodyRunsIsAnErrorThatNamesIt() async throws {
        let nobody = "127.0.0.1:\(try FreePorts.pickOne())"
        let error = await #expect(throws: ProviderError.self) {
            try await DNSResolver.resolve("europe.lab.test", server: nobody)
        }
        #expect(error?.description.contains(nobody) == true)
    }

    @Test func aliasesAreFollowedAndTheSmallestTTLCounts() throws {
        let found = DNSResolver.addresses(
            of: try name("a.test"),
            in: [
                DNSRecord(try name("b.test"), .a, ttl: 60, .address(try address("127.0.1.2"))),
                DNSRecord(try name("a.test"), .cname, ttl: 7, .name(try name("b.test"))),
                DNSRecord(try name("c.test"), .a, ttl: 1, .address(try address("127.0.1.9"))),
            ]
        )
        #expect(found?.addresses == ["127.0.1.2"])
        #expect(found?.ttl == .seconds(7))
    }

    @Test func aRingOfAliasesHasNoAddress() throws {
        let ring = [
            DNSRecord(try name("a.test"), .cname, ttl: 7, .name(try name("b.test"))),
            DNSRecord(try name("b.test"), .cname, ttl: 7, .name(try name("a.test"))),
        ]
        #expect(try DNSResolver.addresses(of: name("a.test"), in: ring) == nil)
    }
}
