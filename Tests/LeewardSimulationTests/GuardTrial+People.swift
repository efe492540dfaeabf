import LeewardEngine
import LeewardModel

@testable import LeewardSimulation

extension GuardTrial {
    static let people: [GuardTrial] = [
        GuardTrial(
            "S30.midway",
            .s30,
            (46...56).map { Self.outage([], [OperatorAct(.pin("us-east", true), at: .seconds($0))]) }
        ),
        GuardTrial(
            "S31.roles",
            .s31,
            [Self.asking([OperatorAct(.evacuate(Self.west, planHash: nil), by: "cleo", at: .seconds(60))])]
        ),
        GuardTrial("S31.twoPeople", .s31, [Self.asking([Self.ask, Self.agree(by: "ann", at: 65)])]),
        GuardTrial("S31.expires", .s31, [Self.asking([Self.ask, Self.agree(by: "dan", at: 100)])]),
        GuardTrial(
            "S31.overridable",
            .s31,
            [
                Self.asking([
                    OperatorAct(
                        .override([.s06], Self.west, planHash: OperatorAct.shown),
                        by: "ann",
                        at: .seconds(60)
                    ),
                    Self.agree(by: "dan", at: 65),
                ])
            ]
        ),
    ]

    private static let ask = OperatorAct(
        .evacuate(Self.west, planHash: OperatorAct.shown),
        by: "ann",
        at: .seconds(60)
    )

    private static func agree(by name: Principal, at second: Int64) -> OperatorAct {
        OperatorAct(.approve(OperatorAct.active, planHash: OperatorAct.shown), by: name, at: .seconds(second))
    }

    /// A calm day on which somebody asks to empty a region.
    private static func asking(_ acts: [OperatorAct]) -> Scenario {
        Self.world([], acts, length: 120) {
            $0.people = People(
                roles: ["ann": .approver, "ben": .operator, "cleo": .viewer, "dan": .approver],
                approvalWithin: .seconds(30)
            )
        }
    }
}
