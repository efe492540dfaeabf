import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@testable import LeewardProcesses

private func load(_ rate: Double?, ready: Int = 4, starting: Int = 0, floor: Int = 0, maximum: Int? = nil)
    -> ClusterLoad
{
    .init(ready: ready, starting: starting, requestsPerSecond: rate, capacity: 100, floor: floor, maximum: maximum)
}

private func at(_ seconds: Int64) -> Timestamp { .init(milliseconds: seconds * 1000) }

@Suite("The region's autoscaler")
struct AutoscalerTests {
    @Test func itShrinksOnlyWhatWasIdleWithoutAGap() {
        var scaler = Autoscaler(.init())
        #expect(scaler.decide(["play": load(100)], isFrozen: false, at: at(0)).isEmpty)
        #expect(scaler.decide(["play": load(100)], isFrozen: false, at: at(9)).isEmpty)
        #expect(scaler.decide(["play": load(nil)], isFrozen: false, at: at(10)).isEmpty)
        #expect(scaler.decide(["play": load(100)], isFrozen: false, at: at(11)).isEmpty)
        #expect(scaler.decide(["play": load(200)], isFrozen: false, at: at(20)).isEmpty)
        #expect(scaler.decide(["play": load(100)], isFrozen: false, at: at(21)).isEmpty)
        #expect(scaler.decide(["play": load(100)], isFrozen: false, at: at(31)) == [.shrink("play")])
        // One at a time.
        #expect(scaler.decide(["play": load(80, ready: 3)], isFrozen: false, at: at(32)).isEmpty)
        #expect(scaler.decide(["play": load(80, ready: 3)], isFrozen: false, at: at(34)) == [.shrink("play")])
    }

    @Test func neitherAFreezeNorAFloorNorTheLastInstanceIsTouched() {
        var scaler = Autoscaler(.init())
        let idle: SortedMap<ServiceID, ClusterLoad> = [
            "alone": load(0, ready: 1), "floored": load(0, ready: 4, floor: 4), "free": load(0, ready: 4),
        ]
        #expect(scaler.decide(idle, isFrozen: true, at: at(0)).isEmpty)
        #expect(scaler.decide(idle, isFrozen: true, at: at(60)).isEmpty)
        #expect(scaler.decide(idle, isFrozen: false, at: at(61)) == [.shrink("free")])
    }

    @Test func itGrowsWhatIsBusyUpToItsMaximumAndCountsWhatAlreadyStarts() {
        var scaler = Autoscaler(.init())
        let busy: SortedMap<ServiceID, ClusterLoad> = [
            "capped": load(390, maximum: 5), "never": load(390), "play": load(390, maximum: 20),
        ]
        #expect(scaler.decide(busy, isFrozen: true, at: at(0)).isEmpty)
        #expect(scaler.decide(busy, isFrozen: true, at: at(10)) == [.grow("capped", by: 1), .grow("play", by: 4)])
        let after: SortedMap<ServiceID, ClusterLoad> = ["play": load(390, starting: 4, maximum: 20)]
        #expect(scaler.decide(after, isFrozen: true, at: at(11)).isEmpty)
    }

    @Test func switchedOffItDoesNothing() {
        var scaler = Autoscaler(.init(isOn: false))
        for second in [0, 30, 60] {
            #expect(scaler.decide(["play": load(0)], isFrozen: false, at: at(Int64(second))).isEmpty)
        }
    }

    @Test func anIdleClusterOfRealProcessesShrinksToOneAndItsShadowStays() async throws {
        let bench = try Bench(["play": .init(capacity: 100, live: 3, shadow: 1)])
        try await bench.run { host in
            var now: Int64 = 0
            try await eventually("two instances are gone") {
                await host.tick(at: at(now))
                now += 4
                return await host.capacityReport().instances.count == 2
            }
            let report = await host.capacityReport()
            #expect(report.ids(.live) == ["us-east-1-play-1"])
            #expect(report.ids(.shadow) == ["us-east-1-play-4"])
            #expect(InstanceProcesses.running(inRunFolder: bench.folder.path).count == 2)
        }
    }

    @Test func aRetiredInstanceLeavesTheLiveClusterBeforeItIsAskedToEnd() async throws {
        let bench = try Bench(["play": .init(capacity: 100, live: 2, shadow: 0)])
        try await bench.run { host in
            var now: Int64 = 0
            try await eventually("one instance is retired") {
                now += 10
                await host.tick(at: at(now))
                return await host.capacityReport().ids(.quarantine).count == 1
            }
            let retired = try #require(await host.capacityReport().instances.first { $0.membership == .quarantine })
            #expect(retired.state == .ready)
            await host.tick(at: at(now + 2))
            #expect(await status(of: retired.http) == 200)
        }
    }

    @Test func aFrozenRegionKeepsEveryIdleInstance() async throws {
        let bench = try Bench(["play": .init(capacity: 100, live: 3, shadow: 1)])
        try await bench.run { host in
            #expect(await host.apply(.test(1, "f", .freeze("us-east-1", floors: ["play": 2]))) == .done)
            for step in 0..<20 { await host.tick(at: at(Int64(step) * 4)) }
            let frozen = await host.capacityReport()
            #expect(frozen.isFrozen && frozen.floors == ["play": 2])
            #expect(frozen.ids(.live).count == 3)
            // The same idleness shrinks it as soon as nothing holds it.
            #expect(await host.apply(.test(1, "u", .unfreeze("us-east-1"))) == .done)
            var now: Int64 = 100
            try await eventually("the first instance is retired") {
                await host.tick(at: at(now))
                now += 1
                return await host.capacityReport().ids(.live).count == 2
            }
        }
    }

    @Test func aDeadLiveInstanceIsReplacedOnlyWhereConfigured() async throws {
        for replaces in [false, true] {
            var bench = try Bench(["play": .init(capacity: 100, live: 1, shadow: 0)])
            bench.settings.autoscaler.replacesDead = replaces
            let folder = bench.folder.path
            try await bench.run { host in
                let process = try #require(InstanceProcesses.running(inRunFolder: folder).values.first)
                await Spawn.stop(process)
                await host.tick(at: at(0))
                let states = await host.capacityReport().instances.map(\.state)
                #expect(states.count == 1)
                #expect((states == [.failed]) == !replaces)
                if replaces { try await allReady(host) }
            }
        }
    }
}
