import LeewardModel
import LeewardPrometheus
import LeewardProviders
import LeewardTestKit
import Testing

/// Weeks of load from a real store that holds twenty minutes of each lag and nothing between.
@Suite struct LoadTests {
    @Test(.enabled(if: Programs.isExpected(StoreKind.victoriaMetrics.rawValue)))
    func weeksOfLoadHaveTheHolesThatTheStoreHas() async throws {
        try await MetricsStore.with(.victoriaMetrics) { store in
            let signals = PrometheusSignals(fleet: MetricsWorld.fleet(store.endpoint))
            let now = try await signals.clock()
            let end = WallTime(milliseconds: now.milliseconds / 300_000 * 300_000)
            let samples = try await signals.load(after: end - .days(15), through: end)
            for region: RegionID in ["fine-1", "frozen-1", "missing-1"] {
                for lag in [Span.days(1), .days(7), .days(14)] {
                    let middle = WallTime(milliseconds: store.world.start * 1000) - lag
                    let near = samples.filter {
                        $0.region == region && (middle - .minutes(20)...middle + .minutes(20)).contains($0.time)
                    }
                    #expect(near.count >= 4, "\(region) \(lag) ago: \(near.count) buckets")
                    #expect(near.contains { abs($0.value - 50) < 5 }, "\(region): \(near.map(\.value))")
                }
            }
            #expect(!samples.contains { $0.value == 0 }, "a missing value never becomes a zero")
            #expect(samples.allSatisfy { $0.service == "play" && $0.time > end - .days(15) && $0.time <= end })
            // A range that is read in pieces has each bucket once.
            #expect(Set(samples.map { "\($0.region) \($0.time.milliseconds)" }).count == samples.count)
        }
    }
}
