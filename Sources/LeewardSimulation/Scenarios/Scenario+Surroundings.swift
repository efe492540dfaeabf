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
            let fault = kinds[Int(draw.number(0...Int64(kinds.count - 1)))]
            return Self.timed(fault, &draw, longest: 180)
        }
    }
}
