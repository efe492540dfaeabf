import LeewardModel

extension Scenario {
    /// What breaks around the fleet in one of four random worlds: networks, lists, clocks, disks, the parent zone.
    ///
    /// Drawn apart from everything else, so that the other worlds stay what they were.
    static func surroundings(_ seed: UInt64, _ world: WorldShape) -> [TimedFault] {
        var draw = Draw(luck: Luck(seed: seed ^ 0xfa17))
        guard draw.chance(25) else { return [] }
        let regions = world.regions.map(\.name)
        return (0..<draw.number(1...2)).map { _ in
            let first = Int(draw.number(0...Int64(regions.count - 1)))
            let second = (first + Int(draw.number(1...Int64(regions.count - 1)))) % regions.count
            let kinds: [Fault] = [
                .path(from: regions[first], to: regions[second]),
                .batch(regions[first], Int(draw.number(1000...7000))),
                .listing(regions[first], .late(.seconds(draw.number(5...300)))),
                .listing(regions[first], .empty), .listing(regions[first], .cutShort),
                .listing(regions[first], .twice), .delegationGone, .journalRefuses,
                .telemetry(.part(Int(draw.number(2000...8000))), regions[first]),
                .telemetry(.clock(draw.number(-31_536_000...31_536_000) * 1000), nil),
            ]
            let fault = draw.one(of: kinds)
            return Self.timed(fault, &draw, longest: 180)
        }
    }

    /// In one of twelve: a service that is bad in one region or two, the network to a region, clocks on walls.
    ///
    /// Drawn apart again, for the same reason.
    static func further(_ seed: UInt64, _ world: WorldShape) -> [TimedFault] {
        var draw = Draw(luck: Luck(seed: seed ^ 0x5e41))
        guard draw.chance(8) else { return [] }
        let regions = world.regions.map(\.name)
        let first = Int(draw.number(0...Int64(regions.count - 1)))
        let second = (first + Int(draw.number(1...Int64(regions.count - 1)))) % regions.count
        switch draw.number(0...3) {
        case 0:
            return [Self.timed(.network(regions[first]), &draw, longest: 180)]
        case 1:
            let jump = draw.number(-31_536_000...31_536_000) * 1000
            return [Self.timed(.controllerWall(nil, jump), &draw, longest: 180)]
        case 2:
            let provider = CallTarget.provider(regions[first])
            return [Self.timed(.calls(draw.chance(50) ? provider : .zone, .swallowed), &draw, longest: 120)]
        default:
            let service = draw.one(of: world.services).name
            let bad = Self.timed(.serviceRate(service, regions[first], Int(draw.number(0...6000))), &draw, longest: 240)
            guard draw.chance(60) else { return [bad] }
            // The other region has a weaker form of the same trouble, or the same service of everybody is meant.
            let weak = draw.chance(80) ? regions[second] : nil
            return [bad, Self.timed(.serviceRate(service, weak, Int(draw.number(6000...9500))), &draw, longest: 240)]
        }
    }
}
