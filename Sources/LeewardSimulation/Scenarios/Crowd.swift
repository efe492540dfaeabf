import LeewardEngine
public import LeewardModel

/// People who say whatever comes to them, right or wrong, at any time; what they say follows from the run's seed.
public struct Crowd: Hashable, Sendable {
    /// 0 where their words have been written out as commands.
    public var count: Int
    public var from: Span
    public var until: Span
    public init(count: Int, from start: Span = .seconds(20), until end: Span) {
        self.count = count
        self.from = start
        self.until = end
    }
}

/// What kind of mistakes somebody makes.
enum Temper: String, CaseIterable, Sendable {
    /// Looks before speaking, and names the plan.
    case careful
    /// Speaks often and names no plan.
    case hurried
    /// Means another region than they say, or one that does not exist.
    case astray
    /// Says everything twice.
    case twice
    /// Does as much harm as a role allows.
    case saboteur

    /// Milliseconds between two words.
    var pause: ClosedRange<Int64> {
        switch self {
        case .careful: 20_000...90_000
        case .hurried: 3000...30_000
        case .astray: 10_000...60_000
        case .twice: 10_000...60_000
        case .saboteur: 2000...20_000
        }
    }

    func role(_ number: Int) -> Role? {
        switch self {
        case .careful, .twice: .approver
        case .hurried: .operator
        case .astray: number % 2 == 0 ? .operator : .viewer
        case .saboteur: [.operator, .approver, nil][number % 3]
        }
    }
}

extension Crowd {
    /// Who they are: each with the name of what they are like, and a number.
    func names() -> [(Principal, Temper)] {
        (0..<self.count).map { index in
            let temper = Temper.allCases[index % Temper.allCases.count]
            return (Principal("\(temper.rawValue)-\(index)"), temper)
        }
    }

    /// The roles that a fleet would give to them; one of three saboteurs is a stranger.
    func people(_ luck: Luck) -> People {
        var roles = SortedMap<Principal, Role>()
        for (index, (name, temper)) in self.names().enumerated() {
            roles[name] = temper.role(Int(luck.pick(0...5, .operators, -1 - index, 0)))
        }
        return People(roles: roles, approvalWithin: .seconds(luck.pick(10...120, .operators, -1, 1)))
    }

    /// All that they say, by person and time.
    func acts(_ shape: WorldShape, _ luck: Luck) -> [OperatorAct] {
        var acts: [OperatorAct] = []
        for (index, (name, temper)) in self.names().enumerated() {
            var words = Words(person: index, temper: temper, shape: shape, luck: luck)
            var at = self.from.milliseconds + words.number(0...temper.pause.upperBound)
            while at < self.until.milliseconds {
                let command = words.next()
                acts.append(OperatorAct(command, by: name, at: .milliseconds(at)))
                if temper == .twice {
                    acts.append(OperatorAct(command, by: name, at: .milliseconds(at + words.number(1...2000))))
                }
                at += words.number(temper.pause)
            }
        }
        return acts
    }
}

/// One person's words, one after the other.
private struct Words {
    let person: Int
    let temper: Temper
    let shape: WorldShape
    let luck: Luck
    var count: Int64 = 1

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        self.count += 1
        return self.luck.pick(range, .operators, self.person, self.count)
    }

    private mutating func pick<Item>(_ items: [Item]) -> Item { items[Int(self.number(0...Int64(items.count - 1)))] }

    private mutating func region() -> RegionID {
        let known = self.shape.regions.map(\.name)
        guard self.temper == .astray, self.number(1...4) == 1 else { return self.pick(known) }
        return self.pick(["*", "us-eats-1", "US-EAST-1", "us-east-1 "])
    }

    private mutating func geography() -> GeographyID {
        self.temper == .astray && self.number(1...4) == 1
            ? self.pick(["*", "eu-rope"]) : self.pick(self.shape.geographies.map(\.name))
    }

    private mutating func hash() -> String? {
        switch self.temper {
        case .careful: OperatorAct.shown
        case .hurried: nil
        default: self.pick([OperatorAct.shown, nil, "000000000000"])
        }
    }

    private mutating func points() -> Int {
        self.pick([0, 1, 100, 101, 2500, 9999, 10_000, Int(self.number(0...10_000))])
    }

    private mutating func rules() -> [Rule] {
        let soft: [[Rule]] = [[.s38], [.s30], [.s30, .s38]]
        let hard: [[Rule]] = [[.s03], [.s06, .s38], [.s15], Rule.allCases, [], [.s01], [.s35], [.s31]]
        return self.temper == .saboteur || self.temper == .astray ? self.pick(hard + soft) : self.pick(soft)
    }

    mutating func next() -> Command {
        switch self.number(1...26) {
        case 1...4: .evacuate(self.region(), planHash: self.hash())
        case 5...6: .shift(self.geography(), to: self.region(), points: self.points())
        case 7...10:
            .approve(
                self.number(1...5) == 1 ? EvacuationID("e\(self.number(0...4))") : OperatorAct.active,
                planHash: self.hash()
            )
        case 11...12: .hold(reason: "looking")
        case 13...15: .resume
        case 16: .rollback
        case 17...18: .failback
        case 19: .pin(self.geography(), true)
        case 20...21: .pin(self.geography(), false)
        case 22: self.temper == .saboteur ? .kill(true) : .acknowledge
        case 23: .kill(false)
        case 24:
            .deployed(
                Deploy(
                    service: self.shape.services[0].name,
                    regions: [self.region()],
                    version: "v\(self.count)",
                    rollback: .seconds(self.number(0...600))
                )
            )
        default: .override(self.rules(), self.region(), planHash: self.hash())
        }
    }
}

extension Scenario {
    /// The same scenario with what its crowd says under this seed as commands.
    func spelledOut(seed: UInt64) -> Scenario {
        guard let crowd = self.crowd, crowd.count > 0 else { return self }
        var scenario = self
        scenario.commands += crowd.acts(self.world, Luck(seed: seed))
        scenario.crowd?.count = 0
        return scenario
    }
}
