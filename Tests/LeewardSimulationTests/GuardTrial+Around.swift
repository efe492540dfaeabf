import LeewardEngine
import LeewardModel

@testable import LeewardSimulation

/// Guards against what surrounds the fleet: lists, the evacuee's own control plane, clocks, and one bad service in two regions.
extension GuardTrial {
    static let around: [GuardTrial] = [
        GuardTrial(
            "S11.listing",
            .s11,
            [Self.listing(.empty), Self.listing(.cutShort)]
        ),
        GuardTrial(
            "S17.keepsTable",
            .s17,
            [Self.outage([Self.at(120, .controllerKilled(restartAfter: .seconds(200), newBoot: false))])]
        ),
        GuardTrial(
            "S23.askedOn",
            .s23,
            [Self.outage([Self.at(35, .calls(.provider(Self.east), .throttle(10_000)))])]
        ),
        GuardTrial(
            "S23.receiversFreeze",
            .s23,
            [Self.outage([Self.at(35, .calls(.provider(Self.east), .swallowed))])]
        ),
        GuardTrial("S23.deadline", .s23, [Self.outage()]),
        GuardTrial("S26.monotonic", .s26, Self.wallClocks),
        GuardTrial("S26.otherBoot", .s26, [Self.takenOver]),
        GuardTrial("S41.signature", .s41, [Self.alike]),
    ]

    /// What is started cold is listed for a while, and then nothing is, or half.
    private static func listing(_ fault: ListingFault) -> Scenario {
        Self.outage([Self.at(60, .listing(Self.europe, fault), for: 60)]) { Self.bare(&$0) }
    }

    /// From a leap second to years, ahead and behind.
    static let wallClocks: [Scenario] = [
        1000, 300_000, -300_000, 86_400_000, -86_400_000, 31_536_000_000, -1000,
    ].map { (jump: Int64) in
        Self.outage([Self.at(55, .controllerWall(nil, jump), for: 120)])
    }

    /// The other controller's clock is 13 minutes ahead of that under which the evacuation ended.
    static var takenOver: Scenario {
        Self.outage(
            lasting: 260,
            [
                Self.at(600, .controllerKilled(restartAfter: .seconds(300), newBoot: false)),
                Self.at(660, .successRate(Self.east, 1000)),
            ],
            [OperatorAct(.failback, at: .seconds(340), insistsFor: .seconds(120), whilePhase: .evacuated)],
            length: 960
        ) {
            $0.controllers = 2
            $0.limits.blockWindow = .minutes(12)
            $0.limits.maxAutomaticPerDay = 10
        }
    }

    /// The savior's part that fails is too small for a dip, and in the evacuee's own service.
    static var alike: Scenario {
        Self.world([
            Self.at(35, .serviceRate("play", Self.europe, 7500)), Self.at(75, .serviceRate("play", Self.east, 0)),
        ])
    }
}
