import LeewardHTTP
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@testable import LeewardProcesses

private struct RealHost: CapacityFixture {
    let direct: any CapacityPort
    let relayed: any CapacityPort
    let relay: Relay
    let service: ServiceID = "play"
    let source: ProcessCapacity

    func log() async throws -> [AppliedEffect] { try await self.source.log() }
}

@Suite("The capacity port against a real host")
struct CapacityConformanceTests {
    @Test(arguments: ConformanceCase.allCases)
    func itSurvives(_ checked: ConformanceCase) async throws {
        let bench = try Bench()
        try await bench.run { _ in
            let path = bench.folder.file("relay.sock")
            let relay = try await Relay.capacity(on: .unix(path: path), to: bench.socket)
            let direct = ProcessCapacity(region: "us-east-1", at: .unix(path: bench.settings.socket))
            let relayed = ProcessCapacity(region: "us-east-1", at: .unix(path: path), timeout: .seconds(5))
            let fixture = RealHost(direct: direct, relayed: relayed, relay: relay, source: direct)
            do {
                try await CapacityConformance.run(checked, on: fixture)
            } catch {
                await relay.stop()
                throw error
            }
            await relay.stop()
        }
    }

    @Test func aHostThatIsNotThereWasNotReached() async throws {
        let bench = try Bench()
        let port = ProcessCapacity(region: "us-east-1", at: .unix(path: bench.folder.file("nobody.sock")))
        guard case .failed = await port.claim(.init(epoch: Epoch(1), key: "a")) else {
            Issue.record("a call that cannot be sent must be failed")
            return
        }
        await #expect(throws: ProviderError.self) { try await port.report() }
    }

    @Test func theHostOfAnotherRegionIsNotMistaken() async throws {
        let bench = try Bench()
        try await bench.run { _ in
            let port = ProcessCapacity(region: "eu-west-1", at: .unix(path: bench.settings.socket))
            await #expect(throws: ProviderError.self) { try await port.report() }
            #expect(await port.claim(.init(epoch: Epoch(1), key: "a")).refusal?.contains("eu-west-1") == true)
        }
    }
}
