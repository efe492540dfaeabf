import LeewardHTTP
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@testable import LeewardAgent

private struct RealEdge: EdgeFixture {
    let direct: any EdgePort
    let relayed: any EdgePort
    let relay: Relay
    let tables: [ShareTable]
    let source: AgentEdge

    func log() async throws -> [AppliedEffect] { try await self.source.log() }
}

@Suite("The edge port against a real proxy", .serialized, .timeLimit(.minutes(3)))
struct EdgeConformanceTests {
    @Test(.enabled(if: Programs.isExpected("envoy")), arguments: ConformanceCase.allCases)
    func itSurvives(_ checked: ConformanceCase) async throws {
        try await withRegions { home, _ in
            let folder = try TemporaryFolder()
            let path = folder.file("relay.sock")
            let relay = try await Relay.edge(on: .unix(path: path), to: home.settings.spec.edge.agent.httpAddress)
            let fixture = RealEdge(
                direct: home.port,
                relayed: AgentEdge(
                    region: "us-east-1",
                    at: .unix(path: path),
                    geographies: home.settings.fleet.geographies.keys,
                    timeout: .seconds(5)
                ),
                relay: relay,
                tables: [try moved(2500), try moved(10_000)],
                source: home.port
            )
            do {
                try await EdgeConformance.run(checked, on: fixture)
            } catch {
                await relay.stop()
                throw error
            }
            await relay.stop()
        }
    }

    @Test func anAgentThatIsNotThereWasNotReached() async throws {
        let folder = try TemporaryFolder()
        let port = AgentEdge(region: "us-east-1", at: .unix(path: folder.file("nobody")))
        guard case .failed = await port.claim(.init(epoch: Epoch(1), key: "a")) else {
            Issue.record("a call that cannot be sent must be failed")
            return
        }
        await #expect(throws: ProviderError.self) { try await port.report() }
    }

    @Test(arguments: [
        (200, "{}", "unknown"), (400, "no", "refused"), (429, "", "failed"), (503, "", "failed"), (500, "", "unknown"),
    ]) func everyStatusHasItsOutcome(_ status: Int, _ body: String, _ expected: String) async throws {
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { _ in .text(status, body) }
        let endpoint = Endpoint.tcp(host: "127.0.0.1", port: try #require(server.boundPort))
        let outcome = await AgentEdge(region: "us-east-1", at: endpoint).claim(.init(epoch: Epoch(1), key: "a"))
        await server.stop()
        #expect("\(outcome)".hasPrefix(expected), "\(outcome)")
    }
}
