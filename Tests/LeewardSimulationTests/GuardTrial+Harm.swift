import LeewardEngine
import LeewardModel

@testable import LeewardSimulation

/// Do no harm (S44): worlds that are worse off with a controller that lacks one of these.
extension GuardTrial {
    static let harm: [GuardTrial] = [
        GuardTrial(
            "S44.goHome",
            .s44,
            [
                // No other savior is left that could do it instead.
                Self.outage(
                    lasting: 30,
                    [
                        Self.at(35, .path(from: Self.east, to: Self.europe)),
                        Self.at(35, .path(from: Self.east, to: Self.west)),
                    ],
                    length: 900
                )
            ]
        ),
        GuardTrial(
            "S44.openWay",
            .s44,
            behind: ["S44.goHome"],
            [
                Self.world(
                    [Self.at(35, .path(from: Self.east, to: Self.west), for: 200)],
                    [OperatorAct(.evacuate(Self.europe, planHash: nil), at: .seconds(60))]
                )
            ]
        ),
        GuardTrial("S44.deadEdge", .s44, [.random(seed: 32_053)]),
    ]
}
