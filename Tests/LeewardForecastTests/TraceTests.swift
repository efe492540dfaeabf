import Foundation
import LeewardModel
import Testing

@testable import LeewardForecast

/// What the services of a region have in common, and who of them knows it first.
@Suite struct TraceTests {
    @Test func itFindsWhoLeadsAndWhoLags() {
        let world = World(days: 9)
        var region = RegionForecaster()
        for slot in 0..<9 * 288 { region.add(world.row(1, slot), at: World.time(slot)) }
        for (index, service) in World.services.enumerated() {
            let shift = region.states[index].response.shift
            #expect(shift == service.shift, "\(service.name)")
        }
    }

    @Test func itFindsWhoGrowsFasterThanTraffic() throws {
        let world = World(days: 9)
        var region = RegionForecaster()
        for slot in 0..<9 * 288 { region.add(world.row(1, slot), at: World.time(slot)) }
        let slopes = region.states.map { $0.response.steepness(0) }
        let unit = slopes[0] / World.services[0].exponent
        for (slope, service) in zip(slopes, World.services) {
            #expect(abs(slope / unit / service.exponent - 1) < 0.08, "\(service.name): \(slope / unit)")
        }
    }

    @Test func oneBrokenServiceDoesNotMoveTheTrace() throws {
        let world = World(days: 10)
        var region = RegionForecaster()
        var broken = RegionForecaster()
        for slot in 0..<9 * 288 + 40 {
            var row = world.row(1, slot)
            region.add(row, at: World.time(slot))
            if slot >= 9 * 288 + 20 { row["play"] = (row["play"] ?? 0) * 0.2 }
            broken.add(row, at: World.time(slot))
        }
        let traces = (region.traceAhead(0), broken.traceAhead(0))
        let whole = try #require(traces.0)
        let dented = try #require(traces.1)
        #expect(abs(whole - dented) < 0.05)
    }

    @Test func aBucketThatCameBeforeOrTwiceChangesNothing() {
        let world = World(days: 9)
        var region = RegionForecaster()
        for slot in 0..<9 * 288 { region.add(world.row(1, slot), at: World.time(slot)) }
        let before = region
        region.add(world.row(0, 5), at: World.time(5))
        region.add(world.row(0, 5), at: World.time(9 * 288 - 1))
        let isSame = region == before
        #expect(isSame)
    }

    /// What a service costs is stated in the manual, and does not grow with its history.
    @Test func aServiceTakesAFixedNumberOfBytes() {
        #expect(ServiceState.bytes < 8192)
        let world = World(days: 30)
        var region = RegionForecaster()
        for slot in 0..<12 * 288 { region.add(world.row(1, slot), at: World.time(slot)) }
        let early = region.bytes
        for slot in 12 * 288..<30 * 288 { region.add(world.row(1, slot), at: World.time(slot)) }
        let late = region.bytes
        #expect(late == early)
    }

    @Test func aResponseIsItsOwnInverse() {
        let response = Response(shift: 1, level: 6, slope: 0.9, curve: -0.1, low: -1.5, high: 1.2, noise: 0.02)
        for trace in stride(from: -2.0, through: 1.8, by: 0.1) {
            #expect(abs(response.inverse(response.value(trace), from: 0) - trace) < 1e-6)
        }
    }

    @Test func aRingForgetsTheOldAndKnowsItsHoles() {
        var ring = SlotRing(capacity: 4)
        #expect(ring[0].isNaN)
        ring.write(1, at: 10)
        ring.write(2, at: 12)
        #expect(ring[10] == 1 && ring[11].isNaN && ring[12] == 2 && ring[13].isNaN)
        ring.write(3, at: 14)
        #expect(ring[10].isNaN && ring[14] == 3)
        ring.write(4, at: 1000)
        #expect(ring[14].isNaN && ring[1000] == 4)
    }
}
