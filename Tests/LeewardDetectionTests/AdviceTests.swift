import LeewardDetection
import LeewardModel
import Testing

/// Roll back or evacuate, with both numbers.
@Suite struct AdviceTests {
    private static let onset = Timestamp(milliseconds: 10_000_000)

    private static func advice(
        _ ago: Span,
        rollback: Span = .minutes(5),
        regions: [RegionID] = [east],
        evacuation: Span = .seconds(12)
    ) -> Advice? {
        let deploy = Deploy(service: "play", regions: regions, version: "4.2", rollback: rollback)
        return Advice(
            region: east,
            onset: Self.onset,
            bucket: .seconds(5),
            deploys: [NotedDeploy(deploy: deploy, at: Self.onset - ago)],
            saviors: [europe, west],
            evacuation: evacuation
        )
    }

    @Test func aSlowRollbackIsWeighedAgainstAFastEvacuation() throws {
        let advice = try #require(Self.advice(.minutes(3)))
        #expect(!advice.prefersRollback)
        #expect(
            advice.text
                == "play 4.2 reached us-east-1 180 s before the dip: rolling it back takes 300 s, leaving 12 s; "
                + "let the users leave, and roll it back meanwhile"
        )
    }

    @Test func aRollbackThatIsAsFastIsPreferred() throws {
        #expect(try #require(Self.advice(.minutes(3), rollback: .seconds(12))).prefersRollback)
    }

    @Test func aDeployThatEverySaviorHasTooIsRolledBack() throws {
        let advice = try #require(Self.advice(.minutes(3), regions: [east, europe, west]))
        #expect(advice.prefersRollback)
        #expect(advice.text.contains("it also runs in eu-west-1 and us-west-2"))
    }

    @Test func aDeployThatOneSaviorHasTooIsNamed() throws {
        let advice = try #require(Self.advice(.minutes(3), regions: [east, west]))
        #expect(!advice.prefersRollback)
        #expect(advice.text.contains("it also runs in us-west-2, where"))
    }

    @Test(arguments: [Span.minutes(16), .seconds(-6)]) func whatCameLongBeforeOrAfterwardsExplainsNothing(_ ago: Span) {
        #expect(Self.advice(ago) == nil)
    }

    @Test func aDeployElsewhereExplainsNothing() { #expect(Self.advice(.minutes(3), regions: [west]) == nil) }

    @Test func ofSeveralTheNewestIsMeant() throws {
        let deploys = [("4.1", Span.minutes(14)), ("4.3", .minutes(2)), ("4.2", .minutes(8))].map { version, ago in
            NotedDeploy(
                deploy: Deploy(service: "play", regions: [east], version: version, rollback: .minutes(5)),
                at: Self.onset - ago
            )
        }
        let advice = Advice(
            region: east,
            onset: Self.onset,
            bucket: .seconds(5),
            deploys: deploys,
            saviors: [],
            evacuation: .seconds(12)
        )
        #expect(try #require(advice).deploy.version == "4.3")
    }
}
