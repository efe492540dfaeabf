import LeewardEngine
import LeewardModel

@testable import LeewardSimulation

extension GuardTrial {
    /// Guards of several controllers: in each world the same outage, and trouble around the coordination store.
    static let shared: [GuardTrial] = [
        GuardTrial("S14.leaseMargin", .s14, Self.lastMoments),
        GuardTrial(
            "S14.leaseRecheck",
            .s14,
            Self.moments.map {
                SharedWorlds.outage([Self.noRenewals(from: $0), Self.store(.slow(.seconds(2)), from: $0, for: 30)])
            }
        ),
        GuardTrial(
            "S14.leaseFromAsk",
            .s14,
            Self.moments.map {
                let slow = Self.store(.slow(.milliseconds(1500)), from: $0 - 6, for: 6)
                return SharedWorlds.outage([slow, Self.noRenewals(from: $0)])
            }
        ),
        GuardTrial("S14.leaseUnknown", .s14, Self.moments.map { SharedWorlds.outage([Self.noRenewals(from: $0)]) }),
        GuardTrial("S14.claimEvery", .s14, [SharedWorlds.outage()]),
        GuardTrial(
            "S01.appendOnLease",
            .s01,
            behind: ["L05.appendOnSequence"],
            Self.moments.map {
                SharedWorlds.outage([Self.at($0, .controllerPaused(nil, .beforeAppend, .seconds(30)))])
            }
        ),
        GuardTrial(
            "L05.appendOnSequence",
            .l05,
            Self.moments.map { second in
                var world = SharedWorlds.outage([Self.at(second, .controllerPaused(nil, .now, .seconds(2)))])
                world.commands = [OperatorAct(.kill(true), at: .seconds(second) + .milliseconds(500))]
                return world
            }
        ),
        GuardTrial(
            "L04.askAgain",
            .l04,
            [SharedWorlds.outage([Self.at(50, .controllerKilled(restartAfter: .seconds(300), newBoot: false))])]
        ),
    ]

    /// Leases of different lengths end at different times, some of them while there is something to send.
    private static let lastMoments: [Scenario] = [7000, 8000, 9000, 11_000, 11_700, 12_300, 13_000].flatMap {
        (lease: Int64) in
        [44, 48, 51].map { (second: Int64) in
            var world = SharedWorlds.outage([Self.noRenewals(from: second)])
            world.world.lease = .milliseconds(lease)
            return world
        }
    }

    /// Around them the leader has much to send.
    private static let moments: [Int64] = Array(42...60)

    private static func store(_ fault: StoreFault, from second: Int64, for length: Int64) -> TimedFault {
        Self.at(second, .coordination(fault, nil), for: length)
    }

    private static func noRenewals(from second: Int64) -> TimedFault {
        Self.store(.dropsRenewals, from: second, for: 30)
    }
}
