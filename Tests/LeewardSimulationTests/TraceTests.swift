import Foundation
import LeewardModel
import Testing

@testable import LeewardSimulation

/// The same seed gives the same trace in another process, whatever order that process's hash tables have.
@Suite struct TraceTests {
    private static let mark = "trace of this process:"
    private static let seeds: [UInt64] = [1, 4, 19]

    @Test func countsByServiceAreFoldedAsTheirOwnEncodingWouldBe() {
        var (direct, encoded) = (TraceHash(), TraceHash())
        let services: SortedMap<ServiceID, Int> = ["play": 1, "browse": -20]
        let regions: SortedMap<RegionID, Int> = ["play": 1, "browse": -20]
        direct.combine(["a": services] as SortedMap<RegionID, SortedMap<ServiceID, Int>>)
        encoded.combine(["a": regions] as SortedMap<RegionID, SortedMap<RegionID, Int>>)
        #expect(direct.hash.value == encoded.hash.value && direct.hash.value != StableHash().value)
    }

    @Test func theSameSeedGivesTheSameTraceInTwoProcesses() async throws {
        let here = Self.traces()
        var order: [String] = []
        for _ in 0..<2 {
            let child = try #require(
                await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                    print("\(Self.mark) \(Self.traces()) \("any text".hashValue)")
                }
            )
            let output = String(decoding: child.standardOutputContent, as: UTF8.self)
            let line = try #require(output.split(separator: "\n").first { $0.hasPrefix(Self.mark) })
            let words = line.split(separator: " ").map(String.init)
            #expect(words.count == 6)
            #expect(words.dropLast().last == here, "the child says \(line)")
            order.append(words.last ?? "")
        }
        // Without the switch each process has its own order; then the traces prove that none of them leaks.
        if ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] == nil { #expect(order[0] != order[1]) }
    }

    private static func traces() -> String {
        var hashes = [Runner.run(.sc01, seed: 1).traceHash]
        hashes += Self.seeds.map { Runner.run(.random(seed: $0), seed: $0).traceHash }
        return hashes.joined(separator: ",")
    }
}
