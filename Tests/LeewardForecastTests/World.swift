import Foundation
import LeewardForecast
import LeewardModel

/// Two regions whose services follow their region's users: some lead, some lag, some grow faster than traffic.
///
/// Everything comes from one seed, so that a failing test fails again.
struct World {
    struct Service {
        var name: ServiceID
        var size: Double
        var exponent: Double
        var shift: Int
        var noise: Double
    }

    /// Monday 2024-01-01 00:00 UTC.
    static let start: Int64 = 1_704_067_200_000
    static let services = [
        Service(name: "api", size: 4000, exponent: 1, shift: 0, noise: 0.02),
        Service(name: "cart", size: 900, exponent: 0.8, shift: 2, noise: 0.03),
        Service(name: "login", size: 1500, exponent: 1.2, shift: -3, noise: 0.01),
        Service(name: "play", size: 9000, exponent: 1, shift: 1, noise: 0.02),
        Service(name: "search", size: 2500, exponent: 0.9, shift: -1, noise: 0.03),
        Service(name: "stats", size: 600, exponent: 0.7, shift: 3, noise: 0.04),
    ]
    static let evacuation = EvacuationCase(savior: "b", evacuee: "a", share: 0.5)

    /// One more is there to score answers with.
    let days: Int
    /// By region (a, b), service and slot.
    private(set) var loads: [[[Double]]] = []

    init(days: Int, seed: UInt64 = 1) {
        self.days = days
        var random = Sequence(state: seed)
        for region in 0..<2 {
            let wander = Self.wander((days + 1) * 288 + 12, &random)
            self.loads.append(
                Self.services.map { service in
                    var error = 0.0
                    return (0..<(days + 1) * 288).map { slot in
                        error = 0.6 * error + 0.8 * random.normal() * service.noise
                        let traffic = Self.curve(slot - service.shift, region) + wander[slot - service.shift + 4]
                        return (service.size * exp(service.exponent * traffic + error)).rounded()
                    }
                }
            )
        }
    }

    static func curve(_ slot: Int, _ region: Int) -> Double {
        let turn = 2 * Double.pi * (Double(slot) / 288 - Double(region) * 0.3)
        let weekend = (slot / 288) % 7 >= 5 ? 0.15 : 0
        return 0.5 * sin(turn) + 0.15 * sin(2 * turn + 1) + weekend
    }

    private static func wander(_ count: Int, _ random: inout Sequence) -> [Double] {
        var (level, walk) = (0.0, [Double]())
        for _ in 0..<count {
            level = 0.995 * level + 0.01 * random.normal()
            walk.append(level)
        }
        return walk
    }

    static func time(_ slot: Int) -> WallTime { WallTime(milliseconds: self.start + Int64(slot) * 300_000) }

    func row(_ region: Int, _ slot: Int) -> SortedMap<ServiceID, Double> {
        SortedMap(Self.services.enumerated().map { ($1.name, self.loads[region][$0][slot]) })
    }

    /// What "b" would have to serve of a service at a slot.
    func demand(_ service: Int, _ slot: Int) -> Double {
        self.loads[1][service][slot] + 0.5 * self.loads[0][service][slot]
    }

    /// Feeds one bucket of both regions, changed by `edit` on its way, and closes it.
    func feed(
        _ forecaster: inout EvacuationForecaster,
        _ slots: Range<Int>,
        edit: (Int, Int, inout SortedMap<ServiceID, Double>) -> Void = { _, _, _ in }
    ) {
        for slot in slots {
            for (index, region) in (["a", "b"] as [RegionID]).enumerated() {
                var row = self.row(index, slot)
                edit(index, slot, &row)
                forecaster.add(row, of: region, at: Self.time(slot))
            }
            forecaster.advance(to: Self.time(slot + 1))
        }
    }

    /// A linear congruential sequence (Knuth's MMIX constants) and twelve of its numbers for a normal one.
    struct Sequence {
        var state: UInt64
        mutating func uniform() -> Double {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(self.state >> 11) / Double(1 << 53)
        }
        mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + self.uniform() } }
    }
}
