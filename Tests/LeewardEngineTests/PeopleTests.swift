import LeewardModel
import LeewardPlanning
import LeewardSafety
import LeewardTestModel
import Testing

@testable import LeewardEngine

/// Roles, the second person, and what nobody may pass over (S31).
@Suite struct PeopleTests {
    private static let people = People(
        roles: ["ann": .approver, "ben": .operator, "cleo": .viewer, "dan": .approver],
        approvalWithin: .seconds(60)
    )

    private func run(_ people: People? = Self.people) -> Run {
        var fleet = TestFleet.make()
        fleet.people = people
        var run = Run(fleet)
        run.pass(seconds: 30)
        return run
    }

    private func say(_ command: Command, by principal: Principal, _ run: inout Run) -> String {
        run.feed(.commandArrived(CommandID(1), command, by: principal))
        switch run.replies.last {
        case .accepted(_, let text)?: return "yes: \(text)"
        case .refused(let reasons)?: return "no: \(reasons.joined(separator: "; "))"
        case nil: return "nothing"
        }
    }

    @Test func aFleetThatNamesNobodyLetsAnybodyActAlone() {
        var run = self.run(nil)
        #expect(self.say(.evacuate("us-east-1", planHash: nil), by: "anybody", &run).hasPrefix("yes"))
        #expect(run.controller.state.evacuation?.approvedBy == "anybody")
    }

    @Test func strangersAndViewersOnlyLookAndOperatorsDoNotApprove() {
        var run = self.run()
        for command: Command in [.hold(reason: ""), .kill(true), .pin("us-east", true), .acknowledge, .resume] {
            #expect(self.say(command, by: "eve", &run).hasSuffix("the fleet file names who has one (S31)"))
            #expect(self.say(command, by: "cleo", &run) == "no: cleo is a viewer and may only look (S31)")
        }
        let text = self.say(.approve("e1", planHash: nil), by: "ben", &run)
        #expect(text == "no: ben is an operator; approving takes an approver: ann, dan (S31)")
        #expect(!run.controller.state.isKilled && run.controller.state.pinned.isEmpty)
    }

    @Test func anEvacuationThatPolicyDoesNotAllowBeginsWithTheSecondPersonAndItsPlan() throws {
        var run = self.run()
        let asked = self.say(.evacuate("us-east-1", planHash: nil), by: "ann", &run)
        let hash = try #require(run.controller.state.request?.planHash)
        #expect(asked.contains("nothing has begun (S31)") && asked.contains(hash), "\(asked)")
        #expect(run.controller.state.evacuation == nil)
        let no: [(Principal, String?, String)] = [
            ("ann", hash, "somebody else has to approve it (S31)"), ("ben", hash, "ann, dan (S31)"),
            ("dan", nil, "an approval names its plan: e1 waits for plan \(hash) (S31)"),
            ("dan", "000000000000", "not 000000000000 (S35)"),
        ]
        for (name, plan, end) in no {
            let text = self.say(.approve("e1", planHash: plan), by: name, &run)
            #expect(text.hasPrefix("no") && text.hasSuffix(end), "\(text)")
        }
        #expect(run.controller.state.evacuation == nil)
        #expect(self.say(.approve("e1", planHash: hash), by: "dan", &run).hasPrefix("yes"))
        #expect(run.controller.state.evacuation?.origin == .command("ann"))
        #expect(run.controller.state.evacuation?.approvedBy == "dan")
        #expect(run.controller.state.request == nil, "an approval is used once")
    }

    @Test func aRequestExpiresAndNoRestartKeepsIt() throws {
        var run = self.run()
        _ = self.say(.evacuate("us-east-1", planHash: nil), by: "ann", &run)
        let hash = try #require(run.controller.state.request?.planHash)
        run.pass(seconds: 61)
        let text = self.say(.approve("e1", planHash: hash), by: "dan", &run)
        #expect(text.contains("more than 60 s; ask again (S31)") || text.contains("ask again (S31)"), "\(text)")
        _ = self.say(.evacuate("us-east-1", planHash: nil), by: "ann", &run)
        run.crash()
        #expect(run.controller.state.request == nil)
        #expect(self.say(.approve("e1", planHash: hash), by: "dan", &run) == "no: e1 is not active")
    }

    @Test func aSmallMoveNeedsOnePersonAndALargeOneTwo() {
        var run = self.run()
        let large = self.say(.shift("us-east", to: "eu-west-1", points: 101), by: "ben", &run)
        #expect(large.contains("waits for a second person"), "\(large)")
        #expect(run.controller.state.evacuation == nil)
        let small = self.say(.shift("us-east", to: "eu-west-1", points: 100), by: "ben", &run)
        #expect(small.hasPrefix("yes: e1: us-east moves to eu-west-1"), "\(small)")
    }

    @Test func onlyCeilingsAndPinsAreOverriddenAndNeverByOne() throws {
        var run = self.run()
        _ = self.say(.pin("us-east", true), by: "ben", &run)
        #expect(self.say(.evacuate("us-east-1", planHash: nil), by: "ann", &run).contains("(S30)"))
        for rule: Rule in [.s01, .s03, .s04, .s05, .s06, .s11, .s14, .s15, .s27, .s31, .s35] {
            let text = self.say(.override([.s30, rule], "us-east-1", planHash: nil), by: "ann", &run)
            #expect(text == "no: \(rule.rawValue) holds for everybody; only S30 and S38 can be overridden (S31)")
        }
        #expect(self.say(.override([], "us-east-1", planHash: nil), by: "ann", &run).hasPrefix("no"))
        #expect(self.say(.override([.s30], "us-east-1", planHash: nil), by: "ann", &run).hasPrefix("yes"))
        #expect(run.controller.state.evacuation == nil)
        let hash = try #require(run.controller.state.request?.planHash)
        #expect(self.say(.approve("e1", planHash: hash), by: "dan", &run).hasPrefix("yes"))
        #expect(run.controller.state.evacuation?.overrides == [.s30])
        var nobody = self.run(nil)
        let text = self.say(.override([.s30], "us-east-1", planHash: nil), by: "ann", &nobody)
        #expect(text == "no: an override needs two people, and the fleet file names none (S31)")
    }

    @Test func breakGlassSkipsTheSecondPersonAndCallsSomebody() {
        var run = self.run()
        run.controller.isByHand = true
        let output = run.controller.begin(at: run.world.now)
        let pages = output.notices.filter { $0.level == .page }.map(\.text)
        #expect(pages.contains { $0.contains("break-glass") })
        #expect(self.say(.evacuate("us-east-1", planHash: nil), by: "cleo", &run).hasPrefix("no: cleo is a viewer"))
        #expect(self.say(.override([.s03], "us-east-1", planHash: nil), by: "ben", &run).hasPrefix("no: S03"))
        #expect(self.say(.evacuate("us-east-1", planHash: nil), by: "ben", &run).hasPrefix("yes: e"))
        #expect(run.controller.state.evacuation?.approvedBy == "ben")
    }

    /// Gates for automation held it; until a person could approve what is held, nobody could ever let it go on.
    @Test func aProposalThatIsHeldGoesOnWithAnApproval() {
        var fleet = TestFleet.make()
        fleet.policy = Policy(relief: .act, evacuation: .approve)
        var run = Run(fleet)
        run.pass(seconds: 30)
        run.world.fault["us-east-1"] = .down
        #expect(run.until(400) { $0.phase == .proposed })
        run.say(.hold(reason: "looking"))
        #expect(run.phase == .held)
        guard case .accepted? = run.say(.approve("e1", planHash: nil)) else {
            Issue.record("refused: \(String(describing: run.replies.last))")
            return
        }
        #expect(run.phase != .held && run.phase != .proposed)
    }

    @Test func aPinOnWhatAutomationMovesStopsItAndAPersonLetsItGoOn() {
        var run = self.run(nil)
        run.world.fault["us-east-1"] = .down
        #expect(run.until(60) { ($0.controller.state.evacuation?.points ?? 0) > 0 })
        let shares = run.controller.state.shares
        run.say(.pin("us-east", true))
        #expect(run.phase == .held)
        run.pass(seconds: 30)
        #expect(run.controller.state.shares == shares)
        run.say(.resume)
        run.pass(seconds: 30)
        #expect(run.controller.state.shares != shares)
    }
}
