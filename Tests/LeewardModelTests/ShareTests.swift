import Foundation
import LeewardModel
import Testing

@Suite struct ShareTests {
    @Test func aVectorThatDoesNotSumIsRefusedWithItsSum() {
        let error = #expect(throws: ShareError.self) { try ShareVector(["a": 6000, "b": 3999]) }
        #expect(error?.description.contains("9999") == true)
        #expect(throws: ShareError.self) { try ShareVector(["a": 10_001, "b": -1]) }
    }

    @Test func movingAlwaysSumsToTenThousandAndNeverInventsARegion() throws {
        let vector = try ShareVector(["a": 3333, "b": 3333, "c": 3334])
        for points in stride(from: 0, through: 10_000, by: 7) {
            let moved = vector.moving(points, from: "a", to: ["b": 1, "c": 2, "d": 4])
            #expect(moved.shares.values.reduce(0) { $0 + $1.basisPoints } == 10_000)
            #expect(moved["a"] == 3333 - (3333 * points + 5000) / 10_000)
        }
    }

    @Test func movingNothingIsTheSameVectorAndMovingAllLeavesNothing() throws {
        let vector = try ShareVector(["a": 9999, "b": 1])
        #expect(vector.moving(0, from: "a", to: ["c": 1]) == vector)
        #expect(vector.moving(10_000, from: "a", to: ["c": 1])["a"] == 0)
        #expect(vector.moving(10_000, from: "a", to: [:]) == vector)
    }

    @Test func aMapIsInKeyOrderHoweverItWasBuilt() {
        let keys = ["zeta", "alpha", "mid", "beta"]
        let map = SortedMap(keys.map { (RegionID($0), 1) })
        #expect(map.keys.map(\.text) == keys.sorted())
        #expect(map == SortedMap(keys.reversed().map { (RegionID($0), 1) }))
    }

    @Test func twoMapsAreWalkedInOnePass() {
        let own: SortedMap<RegionID, Int> = ["a": 1, "c": 3, "d": 4]
        let others: [SortedMap<RegionID, Int>] = [
            [:], ["b": 20], ["a": 10, "b": 20, "d": 40, "e": 50], ["a": 10, "c": 30, "d": 40],
        ]
        for other in others {
            var seen: [String] = []
            own.forEach(beside: other) { seen.append("\($0) \($1) \($2 ?? 0)") }
            #expect(seen == own.map { "\($0) \($1) \(other[$0] ?? 0)" })
        }
    }

    @Test func wordsSurviveJSON() throws {
        let table: ShareTable = ["us-east": ShareVector(all: "us-east-1")]
        let effect = Effect.publishEdge("us-east-1", Generation(7), table)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(effect)
        #expect(try JSONDecoder().decode(Effect.self, from: data) == effect)
        let clusters: SortedMap<ClusterID, Int> = [ClusterID("r", "s"): 3]
        #expect(try JSONDecoder().decode(SortedMap<ClusterID, Int>.self, from: encoder.encode(clusters)) == clusters)
    }

    @Test func aShareVectorFromOutsideIsCheckedLikeAnyOther() {
        let data = Data(#"{"a":5000,"b":4000}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ShareVector.self, from: data) }
    }
}
