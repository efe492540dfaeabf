import LeewardModel

extension WorldShape {
    /// A fleet that a valid fleet file could describe: 2 to 6 regions, each the home of up to two geographies.
    ///
    /// Drawn apart from everything else, so that the faults of a seed stay what they were.
    static func drawn(seed: UInt64) -> WorldShape {
        var draw = Draw(luck: Luck(seed: seed ^ 0xf1ee7))
        var world = WorldShape.threeRegions()
        world.regions = Self.regions(&draw)
        world.geographies = Self.geographies(world.regions, &draw)
        world.services = (0..<draw.number(1...8)).map { index in
            Service(
                name: ServiceID("s\(index)"),
                weight: Int(draw.number(1...9)),
                instanceCapacity: Int(draw.number(20...500))
            )
        }
        if draw.chance(50) { world.clients = Self.clients(&draw) }
        world.usualFailures = draw.chance(30) ? Int(draw.number(0...50)) : 1
        Self.change(&world.limits, regions: world.regions.count, &draw)
        return world
    }

    private static func regions(_ draw: inout Draw) -> [Region] {
        let count = draw.one(of: [2, 2, 3, 3, 4, 5, 6])
        var regions = (0..<count).map { Region(name: RegionID("region-\($0)"), group: FailureGroup("group-\($0)")) }
        if count > 3, draw.chance(25) { regions[1].group = regions[0].group }
        return regions
    }

    private static func geographies(_ regions: [Region], _ draw: inout Draw) -> [Geography] {
        var list: [Geography] = []
        for (index, region) in regions.enumerated() {
            // A region without users of its own is a spare one; two regions at least have some.
            let count = index > 1 && draw.chance(15) ? 0 : draw.number(1...2)
            let others = regions.filter { $0.group != region.group }.map(\.name)
            for part in 0..<count {
                list.append(
                    Geography(
                        name: GeographyID("land-\(index)-\(part)"),
                        home: region.name,
                        saviors: Self.saviors(others, &draw),
                        peak: Double(draw.number(1...30) * draw.number(10...100)),
                        hoursAhead: Int(draw.number(-8...9))
                    )
                )
            }
        }
        return list
    }

    /// One to three of them, with weights in steps of a twentieth.
    private static func saviors(_ others: [RegionID], _ draw: inout Draw) -> SortedMap<RegionID, Int> {
        let first = Int(draw.number(0...Int64(others.count - 1)))
        let count = min(others.count, Int(draw.number(1...3)))
        var saviors: SortedMap<RegionID, Int> = [:]
        var rest = 20
        for turn in 0..<count {
            let left = count - turn - 1
            let weight = left == 0 ? rest : Int(draw.number(1...Int64(rest - left)))
            saviors[others[(first + turn) % others.count]] = weight * 500
            rest -= weight
        }
        return saviors
    }

    private static func clients(_ draw: inout Draw) -> [Clients] {
        let slow = Int(draw.number(0...8)) * 100
        let lazy = Int(draw.number(0...30)) * 100
        return [
            Clients(part: 10_000 - slow - lazy, keeps: .seconds(draw.number(1...30))),
            Clients(part: lazy, keeps: .seconds(draw.number(30...600))),
            Clients(part: slow, keeps: .seconds(draw.number(600...86_400))),
        ].filter { $0.part > 0 }
    }

    /// Some limits of the lab, anywhere in a part of what a fleet file may say.
    private static func change(_ limits: inout Limits, regions: Int, _ draw: inout Draw) {
        let floor = Int64((10_000 + regions - 2) / (regions - 1))
        limits.maxRegionShare = Int(draw.number(max(floor, 5000)...10_000))
        guard draw.chance(50) else { return }
        limits.saviorLimit = Int(draw.number(6000...9000))
        limits.dipBelow = Int(draw.number(5000...8500))
        limits.reliefAfter = Int(draw.number(2...4))
        limits.hardenAfter = .seconds(draw.number(30...120))
        limits.hardenAfterRelieved = limits.hardenAfter + .seconds(draw.number(0...180))
        limits.soakMin = .seconds(draw.number(1...5))
        limits.soakMax = limits.soakMin + .seconds(draw.number(10...40))
        limits.residual = Int(draw.number(5...100))
        limits.maxAttempts = Int(draw.number(2...6))
    }
}
