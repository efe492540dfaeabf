import LeewardEngine
import LeewardModel

extension Scenario {
    /// The random world of the seed, with people in it who say anything at any time, and who break the glass.
    ///
    /// Its faults are those of `random`, which knows nothing of it; what people say is drawn apart.
    ///
    /// - Parameter drawsFleet: As in `random`.
    public static func people(seed: UInt64, drawsFleet: Bool = false) -> Scenario {
        var scenario = Self.random(seed: seed, drawsFleet: drawsFleet)
        let luck = Luck(seed: seed ^ 0x9e09_1e)
        let pick = { (range: ClosedRange<Int64>, count: Int64) in luck.pick(range, .operators, -100, count) }
        let length = scenario.length.milliseconds
        let crowd = Crowd(count: Int(pick(1...8, 1)), until: .milliseconds(length - 300_000))
        scenario.name = "people"
        scenario.about = "A random subset of all faults, and people who say anything at any time."
        if pick(1...2, 2) == 1 { scenario.world.people = crowd.people(luck) }
        let policies: [Policy] = [
            Policy(relief: .act, evacuation: .act), Policy(relief: .act, evacuation: .approve),
            Policy(relief: .observe, evacuation: .observe),
        ]
        scenario.world.policy = policies[Int([0, 0, 0, 1, 1, 2][Int(pick(0...5, 3))])]
        scenario.crowd = Crowd(count: 0, from: crowd.from, until: crowd.until)
        scenario.commands = crowd.acts(scenario.world, luck)
        scenario.breakGlass(crowd, length, pick)
        return scenario
    }

    /// Half of the worlds have a daemon that is down for long, and somebody who works by hand meanwhile.
    private mutating func breakGlass(
        _ crowd: Crowd,
        _ length: Int64,
        _ pick: (ClosedRange<Int64>, Int64) -> Int64
    ) {
        let regions = self.world.regions.map(\.name)
        let names = crowd.names().map(\.0)
        for turn in 0..<pick(0...2, 10) {
            let base = 100 + turn * 10
            let at = pick(40_000...max(40_001, length - 400_000), base)
            let down = pick(5000...200_000, base + 1)
            self.faults.append(
                TimedFault(
                    .controllerKilled(restartAfter: .milliseconds(down), newBoot: pick(1...5, base + 2) == 1),
                    at: .milliseconds(at)
                )
            )
            let verbs: [HandVerb] = [
                .finish, .finish, .undo, .evacuate(regions[Int(pick(0...Int64(regions.count - 1), base + 3))]), .look,
            ]
            for word in 0..<pick(1...3, base + 4) {
                self.hands.append(
                    HandAct(
                        verbs[Int(pick(0...4, base * 10 + word))],
                        by: names[Int(pick(0...Int64(names.count - 1), base * 10 + word + 3))],
                        at: .milliseconds(at + pick(-5000...30_000, base * 10 + word + 6)),
                        insistsFor: .seconds(pick(0...60, base + 5))
                    )
                )
            }
        }
    }
}
