import LeewardEngine
import LeewardModel

@testable import LeewardSimulation

extension GuardTrial {
    static let all: [GuardTrial] =
        Self.starts + Self.people + Self.moves + Self.effects + Self.receivers + Self.returns + Self.shared
        + Self.harm + Self.around

    private static let starts: [GuardTrial] = [
        GuardTrial(
            "S01.oneActive",
            .s01,
            [
                Self.outage([], [OperatorAct(.shift("europe", to: Self.west, points: 500), at: .seconds(90))])
            ]
        ),
        GuardTrial("S02.trigger", .s02, [Self.outage([Self.at(75, .telemetry(.vanish, Self.west), for: 300)])]),
        GuardTrial(
            "S03.lastHealthy",
            .s03,
            [
                Self.world(
                    [Self.at(260, .hang(Self.west))],
                    [
                        OperatorAct(.shift("us-west", to: Self.europe, points: 10_000), at: .seconds(40)),
                        OperatorAct(.rollback, at: .seconds(320), insistsFor: .seconds(60)),
                    ]
                )
            ]
        ),
        GuardTrial("S18.gap", .s18, behind: ["S20.secondClass"], [.file("SC03a")]),
        GuardTrial(
            "S18.unknownSavior",
            .s18,
            [
                Self.outage([Self.at(62, .telemetry(.vanish, Self.europe), for: 300)]) { Self.bare(&$0) }
            ]
        ),
        GuardTrial(
            "S19.global",
            .s19,
            [
                Self.world([
                    Self.at(40, .successRate(Self.east, 3000)), Self.at(40, .successRate(Self.europe, 3000)),
                    Self.at(35, .controllerKilled(restartAfter: .seconds(30), newBoot: false)),
                ])
            ]
        ),
        GuardTrial(
            "S19.hold",
            .s19,
            behind: ["S41.takeBack"],
            [Self.outage([Self.at(85, .successRate(Self.europe, 5000))]) { Self.bare(&$0) }]
        ),
        GuardTrial(
            "S20.secondClass",
            .s20,
            [
                Self.world([Self.at(40, .surge("us-east", 3000)), Self.at(40, .surge("south-america", 3000))])
            ]
        ),
        GuardTrial("S24.reliefWindow", .s24, [.file("SC05")]),
        GuardTrial("S24.blockWindow", .s24, [Self.twice { $0.limits.maxAutomaticPerDay = 10 }]),
        GuardTrial("S24.perDay", .s24, [Self.twice { $0.limits.blockWindow = .minutes(1) }]),
        GuardTrial(
            "S24.drillGivesWay",
            .s24,
            [
                Self.world(
                    [Self.at(60, .hang(Self.europe))],
                    [OperatorAct(.evacuate(Self.west, planHash: nil), at: .seconds(55))]
                )
            ]
        ),
        GuardTrial(
            "S27.start",
            .s27,
            [
                Self.world(
                    [],
                    [
                        OperatorAct(.kill(true), at: .seconds(30)),
                        OperatorAct(.evacuate(Self.west, planHash: nil), at: .seconds(60)),
                    ],
                    length: 120
                )
            ]
        ),
        GuardTrial("S30.pins", .s30, [Self.outage([], [OperatorAct(.pin("us-east", true), at: .seconds(10))])]),
        GuardTrial(
            "S35.planHash",
            .s35,
            [
                Self.world([], [OperatorAct(.evacuate(Self.west, planHash: "another"), at: .seconds(60))], length: 120)
            ]
        ),
    ]

    /// An evacuation ends, and its region falls sick again.
    private static func twice(_ shape: (inout WorldShape) -> Void) -> Scenario {
        Self.outage(
            lasting: 260,
            [Self.at(650, .successRate(Self.east, 1000))],
            [OperatorAct(.failback, at: .seconds(340), insistsFor: .seconds(120), whilePhase: .evacuated)],
            length: 960,
            shape
        )
    }

    private static let moves: [GuardTrial] = [
        GuardTrial("S05.canary", .s05, [Self.outage()]),
        GuardTrial("S05.canaryAgain", .s05, [.file("SC07-third")]),
        GuardTrial("S06.capacity", .s06, [Self.outage { Self.bare(&$0) }]),
        GuardTrial("S06.observedReady", .s06, [Self.outage { Self.bare(&$0) }]),
        GuardTrial("S06.arrivals", .s06, [Self.uncounted]),
        GuardTrial("S07.proof", .s07, [Self.outage()]),
        GuardTrial("S07.soak", .s07, [Self.outage()]),
        GuardTrial("S08.retreat", .s08, (44...58).map { Self.outage([Self.at($0, .successRate(Self.europe, 2000))]) }),
        GuardTrial("S08.reversals", .s08, [.file("SC07-each")]),
        GuardTrial("S08.leftOut", .s08, [.file("SC07-each")]),
        GuardTrial("S09.freeze", .s09, [Self.outage()]),
        GuardTrial("S09.freezeAgain", .s09, [.file("SC10")]),
        GuardTrial("S15.maxChange", .s15, [Self.outage { $0.limits.dnsMaxChange = 2000 }]),
        GuardTrial(
            "S16.loadedEverywhere",
            .s16,
            (51...56).map {
                Self.outage([
                    Self.at($0, .agentSilent(Self.west), for: 60),
                    Self.at($0, .calls(.edge(Self.west), .throttle(10_000)), for: 60),
                ])
            }
        ),
        GuardTrial(
            "S16.zoneRead",
            .s16,
            [Self.outage([Self.at(45, .nameServerStale(0), for: 330)], length: 600)]
        ),
        GuardTrial("S38.regionShare", .s38, [Self.outage { $0.limits.maxRegionShare = 4000 }]),
        GuardTrial("S39.residual", .s39, Self.staleClients),
        GuardTrial("S39.time", .s39, behind: ["S44.deadEdge"], Self.staleClients),
        GuardTrial("S39.whole", .s39, behind: Self.silentDoorBehind, Self.silentDoor),
        GuardTrial("S40.residency", .s40, behind: ["S40.planner", "S40.edge"], [Self.residency]),
        GuardTrial("S40.planner", .s40, behind: ["S40.residency", "S40.edge"], [Self.residency]),
        GuardTrial("S40.edge", .s40, behind: ["S40.residency", "S40.planner"], [Self.residency]),
        GuardTrial(
            "S41.takeBack",
            .s41,
            behind: ["S44.goHome"],
            [Self.outage(lasting: 80, [Self.at(70, .edgeDown(Self.europe))])]
        ),
    ]

    /// A life that begins after an edge died has never counted who enters there.
    static var uncounted: Scenario {
        Self.world([
            Self.at(60, .edgeDown(Self.west)),
            Self.at(65, .controllerKilled(restartAfter: .seconds(20), newBoot: false)),
        ]) { shape in
            shape.stock = 0
            shape.startsAt = shape.startsAt + .hours(12)
        }
    }

    /// DNS shifts to a region whose agent takes no table: its proxy sends the users on to the evacuee, which is up again.
    static var silentDoor: [Scenario] {
        let shape = { (shape: inout WorldShape) in
            shape.stock = 0
            shape.startsAt = shape.startsAt + .hours(12)
        }
        let down = Self.at(32, .edgeDown(Self.west), for: 65)
        // Nobody is moved away from an edge that answers again, but behind that guard (S44.deadEdge).
        let world = Self.world([down], [], shape)
        let phases = Self.run(world, without: Self.silentDoorBehind).chronicle.phases
        let time = (phases.first { $0.0 == .publishing }?.1 ?? 0) + world.firstFault.milliseconds
        return [1, 20, 60, -500].map { (later: Int64) in
            let silent = TimedFault(.agentSilent(Self.east), at: .milliseconds(time + later), lasts: .seconds(60))
            return Self.world([down, silent], [], shape)
        }
    }

    private static let silentDoorBehind = ["S44.deadEdge", "S44.openWay", "S44.goHome"]

    static var residency: Scenario {
        Self.outage { shape in
            for index in shape.geographies.indices where shape.geographies[index].name == "us-east" {
                shape.geographies[index].allowed = [Self.east, Self.west]
            }
        }
    }

    /// A dead edge comes back with its old table and a silent agent while its clients still hold its address.
    private static var staleClients: [Scenario] {
        [70, 80, 90, 100, 110].map {
            Self.world(
                [Self.at(40, .edgeDown(Self.east), for: $0), Self.at(40, .agentSilent(Self.east), for: 260)],
                length: 700
            )
        }
    }

    private static let effects: [GuardTrial] = [
        GuardTrial(
            "S10.digest",
            .s10,
            [
                Self.outage([Self.at(5, .darkDefects(Self.europe, failed: 0, wrongImage: 10_000))])
            ]
        ),
        GuardTrial("S10.detachFirst", .s10, [Self.outage()]),
        GuardTrial("S12.intent", .s12, [Self.outage()]),
        GuardTrial(
            "S12.readBeforeRetry",
            .s12,
            (44...60).map {
                Self.outage([
                    Self.at(40, .calls(.edge(Self.europe), .lostAnswer), for: 60),
                    Self.at($0, .agentSilent(Self.europe), for: 10),
                ])
            }
        ),
        GuardTrial("S14.claim", .s14, [Self.outage()]),
        GuardTrial(
            "S27.effects",
            .s27,
            (50...60).map {
                Self.outage(
                    [Self.at(40, .calls(.provider(Self.europe), .slow(.milliseconds(1500))), for: 100)],
                    [OperatorAct(.kill(true), at: .seconds($0))],
                    length: 120
                )
            }
        ),
        GuardTrial(
            "S28.budget",
            .s28,
            [
                Self.outage([Self.at(45, .calls(.edge(Self.europe), .throttle(10_000)), for: 100)])
            ]
        ),
        GuardTrial(
            "S28.wait",
            .s28,
            [
                Self.outage([Self.at(45, .calls(.edge(Self.europe), .throttle(10_000)), for: 100)])
            ]
        ),
        GuardTrial(
            "S29.rate",
            .s29,
            [
                Self.outage(length: 120) {
                    $0.services = WorldShape.threeRegions(services: 50).services
                    $0.startsAt = $0.startsAt + .hours(10)
                }
            ]
        ),
        GuardTrial(
            "S42.lane",
            .s42,
            [
                Self.outage([Self.at(40, .calls(.provider(Self.europe), .slow(.milliseconds(1500))), for: 100)])
            ]
        ),
        GuardTrial(
            "L09.page",
            .l09,
            [
                Self.outage([Self.at(45, .calls(.edge(Self.europe), .throttle(10_000)), for: 100)])
            ]
        ),
    ]

    private static let receivers: [GuardTrial] = [
        GuardTrial("S12.sync", .s12, [Self.outage()]),
        GuardTrial(
            "S13.edgeKeys",
            .s13,
            behind: ["S45.edgeGeneration"],
            [
                Self.outage { $0.receivers.repeatsAfter = .seconds(4) }
            ]
        ),
        GuardTrial(
            "S13.providerKeys",
            .s13,
            [
                Self.outage {
                    Self.bare(&$0)
                    $0.receivers.repeatsAfter = .seconds(4)
                }
            ]
        ),
        GuardTrial("S14.edgeFence", .s14, Self.zombies(.edge(Self.east), around: .relieving)),
        GuardTrial("S14.providerFence", .s14, Self.zombies(.provider(Self.east), around: .relieving)),
        GuardTrial("S15.compareAndSet", .s15, Self.zombies(.zone, around: .publishing)),
        GuardTrial("S43.torn", .s43, [Self.cut(Self.outage(), Cut(records: 20, moment: .beforeSync, again: 10))]),
        GuardTrial(
            "S45.edgeGeneration",
            .s45,
            behind: ["S13.edgeKeys"],
            [
                Self.outage { $0.receivers.repeatsAfter = .seconds(4) }
            ]
        ),
    ]

    private static let returns: [GuardTrial] = [
        GuardTrial("S05.returnLadder", .s05, [Self.outage(lasting: 60)]),
        GuardTrial("S25.proof", .s25, [Self.outage(lasting: 60)]),
        GuardTrial(
            "S25.provenWell",
            .s25,
            [
                Self.outage(
                    [],
                    [
                        OperatorAct(.failback, at: .seconds(330), insistsFor: .seconds(60), whilePhase: .evacuated)
                    ]
                )
            ]
        ),
        GuardTrial("L06.withdrawn", .l06, [Self.outage(lasting: 60)]),
        GuardTrial("L08.notToSick", .l08, [Self.outage()]),
    ]
}
