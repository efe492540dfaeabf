import LeewardEngine
import LeewardModel

extension Scenario {
    /// Until then the controller only gathers evidence.
    static let quiet: Int64 = 30_000
    /// No fault begins later, so that what began can end.
    static let troubled: Int64 = 300_000
    /// From the last fault's end to the run's end: longer than any evacuation takes (L02).
    private static let recovery: Int64 = 600_000

    /// A world with a random subset of all faults, drawn from the seed; the same seed gives the same scenario everywhere.
    ///
    /// - Parameter drawsFleet: With a fleet that is drawn too, of 2 to 6 regions, instead of the usual three.
    public static func random(seed: UInt64, drawsFleet: Bool = false) -> Scenario {
        var draw = Draw(luck: Luck(seed: seed ^ 0x5eed))
        var world = WorldShape.threeRegions(services: Int(draw.number(1...3)))
        if drawsFleet { world = .drawn(seed: seed) }
        world.startsAt = WorldShape.threeRegions().startsAt + .minutes(draw.number(0...10_079) / 5 * 5)
        world.stock = draw.chance(30) ? Int(draw.number(0...9000)) : 10_000
        world.coldStart = .seconds(draw.number(20...120))
        world.zoneServers = Int(draw.number(1...3))
        let regions = world.regions.map(\.name)
        let sick = draw.one(of: regions)
        var faults: [TimedFault] = []
        if draw.chance(75) { faults.append(Self.outage(of: sick, &draw)) }
        if draw.chance(15) { faults.append(Self.outage(of: draw.one(of: regions), &draw)) }
        if draw.chance(10) {
            faults.append(Self.timed(.successRateEverywhere(Int(draw.number(1000...6500))), &draw, longest: 200))
        }
        faults += Self.telemetry(regions, &draw)
        faults += Self.calls(regions, &draw)
        faults += Self.capacity(regions, world, &draw)
        if draw.chance(25) {
            let kill = Fault.controllerKilled(
                restartAfter: .milliseconds(draw.number(500...60_000)),
                newBoot: draw.chance(20)
            )
            faults.append(TimedFault(kill, at: .milliseconds(draw.number(Self.quiet...Self.troubled))))
        }
        faults += Self.surroundings(seed, world) + Self.further(seed, world)
        let last = faults.map { ($0.end ?? $0.at).milliseconds }.max() ?? Self.quiet
        // A life that dies in its first output can not go on; the larger the fleet, the more records that one has.
        let more = max(0, world.regions.count - 3) * 8 + max(0, world.services.count - 3) * world.regions.count * 2
        return Scenario(
            name: "random",
            about: "A random subset of all faults.",
            world: world,
            length: .milliseconds((max(last, Self.troubled) + Self.recovery) / 1000 * 1000),
            faults: faults,
            commands: Self.commands(world, last: last, &draw),
            cut: draw.chance(20)
                ? Cut(
                    records: Int(draw.number(2...60)),
                    moment: Cut.Moment.whole[Int(draw.number(0...2))],
                    restartAfter: .milliseconds(draw.number(200...20_000)),
                    again: draw.chance(30) ? Int(draw.number(15...40)) + more : nil
                ) : nil
        )
    }

    static func timed(_ fault: Fault, _ draw: inout Draw, longest: Int64) -> TimedFault {
        TimedFault(
            fault,
            at: .milliseconds(draw.number(Self.quiet...Self.troubled)),
            lasts: .milliseconds(draw.number(2...longest) * 1000 + draw.number(0...999))
        )
    }

    /// What a region's users notice.
    private static func outage(of region: RegionID, _ draw: inout Draw) -> TimedFault {
        let kinds: [Fault] = [
            .successRate(region, Int(draw.number(0...4000))), .successRate(region, Int(draw.number(4000...8500))),
            .edgeDown(region), .hang(region),
        ]
        let fault = draw.one(of: kinds)
        let at = Span.milliseconds(draw.number(Self.quiet...120_000))
        // Half of them outlast the run's troubles, the other half are blips and short incidents.
        return TimedFault(fault, at: at, lasts: draw.chance(50) ? nil : .seconds(draw.number(5...240)))
    }

    private static func telemetry(_ regions: [RegionID], _ draw: inout Draw) -> [TimedFault] {
        guard draw.chance(30) else { return [] }
        let kinds: [TelemetryFault] = [
            .vanish, .freeze, .lag(.seconds(draw.number(10...600))), .notANumber, .storeDown,
        ]
        let region = draw.chance(50) ? nil : draw.one(of: regions)
        let kind = draw.one(of: kinds)
        // The store is one for all regions.
        return [Self.timed(.telemetry(kind, kind == .storeDown ? nil : region), &draw, longest: 180)]
    }

    private static func calls(_ regions: [RegionID], _ draw: inout Draw) -> [TimedFault] {
        var faults: [TimedFault] = []
        for _ in 0..<(draw.chance(40) ? draw.number(1...3) : 0) {
            let region = draw.one(of: regions)
            let targets: [CallTarget] = [.provider(region), .edge(region), .zone]
            let kinds: [CallFault] = [
                .outage, .throttle(Int(draw.number(1000...9000))), .lyingSuccess, .doneButFailed, .lostAnswer,
                .partial, .slow(.milliseconds(draw.number(500...8000))),
            ]
            let target = draw.one(of: targets)
            var kind = draw.one(of: kinds)
            // Only a provider has anything to do by halves, and only it can lie without its read-back being a lie too.
            if kind == .partial, target != .provider(region) { kind = .lostAnswer }
            faults.append(Self.timed(.calls(target, kind), &draw, longest: 120))
        }
        if draw.chance(15) { faults.append(Self.timed(.nameServerSilent(0), &draw, longest: 120)) }
        if draw.chance(10) { faults.append(Self.timed(.nameServerStale(0), &draw, longest: 120)) }
        if draw.chance(10) {
            faults.append(Self.timed(.agentSilent(draw.one(of: regions)), &draw, longest: 90))
        }
        return faults
    }

    private static func capacity(_ regions: [RegionID], _ world: WorldShape, _ draw: inout Draw) -> [TimedFault] {
        var faults: [TimedFault] = []
        let region = draw.one(of: regions)
        if draw.chance(15) {
            let defects = Fault.darkDefects(
                region,
                failed: Int(draw.number(0...5000)),
                wrongImage: Int(draw.number(0...3000))
            )
            faults.append(TimedFault(defects, at: .milliseconds(draw.number(1000...Self.troubled))))
        }
        if draw.chance(10) { faults.append(Self.timed(.coldStartsFail(region, 5000), &draw, longest: 200)) }
        if draw.chance(15) {
            faults.append(
                TimedFault(.freezeReverted(region), at: .milliseconds(draw.number(Self.quiet...Self.troubled)))
            )
        }
        if draw.chance(10) {
            let service = draw.one(of: world.services).name
            let deploy = Fault.deploy(service, region, darkAfter: .seconds(draw.number(10...120)))
            faults.append(TimedFault(deploy, at: .milliseconds(draw.number(Self.quiet...Self.troubled))))
        }
        if draw.chance(8) {
            faults.append(Self.timed(.capacity(region, Int(draw.number(3000...9000))), &draw, longest: 120))
        }
        if draw.chance(8) {
            let geography = draw.one(of: world.geographies).name
            faults.append(Self.timed(.surge(geography, Int(draw.number(11_000...18_000))), &draw, longest: 120))
        }
        return faults
    }

    /// People who drill, hold, roll back and fail back, mostly at sensible times.
    private static func commands(_ world: WorldShape, last: Int64, _ draw: inout Draw) -> [OperatorAct] {
        let regions = world.regions.map(\.name)
        var acts: [OperatorAct] = []
        let at = { (draw: inout Draw) in Span.milliseconds(draw.number(Self.quiet...Self.troubled)) }
        if draw.chance(20) {
            acts.append(OperatorAct(.evacuate(draw.one(of: regions), planHash: nil), at: at(&draw)))
        }
        if draw.chance(10) { acts.append(OperatorAct(.hold(reason: "looking"), at: at(&draw))) }
        if draw.chance(10) { acts.append(OperatorAct(.rollback, at: at(&draw), insistsFor: .seconds(60))) }
        if draw.chance(5) {
            let time = at(&draw)
            acts.append(OperatorAct(.kill(true), at: time))
            acts.append(OperatorAct(.kill(false), at: time + .seconds(draw.number(5...60))))
        }
        if draw.chance(5), let last = world.geographies.last {
            acts.append(OperatorAct(.pin(last.name, true), at: at(&draw)))
        }
        if draw.chance(40) {
            acts.append(
                OperatorAct(
                    .resume,
                    at: .milliseconds(last + 5000),
                    insistsFor: .seconds(60),
                    whilePhase: .held
                )
            )
        }
        if draw.chance(50) {
            acts.append(
                OperatorAct(
                    .failback,
                    at: .milliseconds(last + 60_000),
                    insistsFor: .seconds(240),
                    whilePhase: .evacuated
                )
            )
        }
        return acts
    }
}

/// Draws one after another from a seed.
struct Draw {
    let luck: Luck
    var count: Int64 = 0

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        self.count += 1
        return self.luck.pick(range, .shape, 0, self.count)
    }

    /// Each as likely as any other; `list` is not empty.
    mutating func one<Element>(of list: [Element]) -> Element { list[Int(self.number(0...Int64(list.count - 1)))] }

    /// True so many times in a hundred.
    mutating func chance(_ percent: Int64) -> Bool { self.number(1...100) <= percent }
}
