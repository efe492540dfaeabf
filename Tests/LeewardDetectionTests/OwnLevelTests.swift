import LeewardDetection
import LeewardModel
import Testing

/// A region is compared with its own last hour once that is known, and not with yesterday's users.
@Suite struct OwnLevelTests {
    /// Weeks of history and a quarter of an hour of live buckets.
    private static func taught(demand: Double = 1) -> Stage {
        var stage = Stage(demand: demand)
        stage.teach()
        stage.run(15 * 60)
        return stage
    }

    @Test func aHolidayIsNoDipOnceItIsKnown() throws {
        var stage = Self.taught(demand: 0.62)
        let assessment = stage.run(30)
        #expect(assessment.fleet == .normal, "\(assessment.reason)")
        let reason = try #require(assessment.regions[east]).reason
        #expect(reason.contains("of 37"), "\(reason)")
    }

    @Test func withoutHistoryTheSameHolidayIsADipThatNothingElseConfirms() throws {
        var stage = Stage(demand: 0.62)
        let assessment = stage.run(15 * 60)
        #expect(try #require(assessment.regions[east]).health == .unknown)
        #expect(try #require(assessment.regions[east]).reason.contains("S20"))
    }

    @Test func aDipOfAQuarterIsProvenByItsEdge() throws {
        var stage = Self.taught()
        stage.works[east] = 0.75
        let links: SortedMap<RegionID, Double> = [east: 0]
        stage.links = [europe: links, west: links]
        let seconds = try #require(stage.seconds(until: 120) { $0.fleet == .regional(east) })
        #expect(seconds <= 90)
        let reason = try #require(stage.run(1).regions[east]).reason
        #expect(reason.contains("missing since an edge of"))
        #expect(reason.contains("times its usual spread"))
    }

    @Test func aDipOfAQuarterAloneMovesNobody() throws {
        var stage = Self.taught()
        stage.demand[east] = 0.75
        var verdicts: [Verdict] = []
        for _ in 0..<120 { verdicts.append(stage.run().fleet) }
        #expect(verdicts.allSatisfy { $0 == .normal || $0 == .unknown })
        #expect(verdicts.contains(.unknown), "somebody must be told")
    }

    @Test func anOutageIsAsFastAsWithoutHistory() throws {
        var stage = Self.taught()
        stage.works[east] = 0
        let seconds = try #require(stage.seconds(until: 20) { $0.fleet == .regional(east) })
        #expect(seconds <= 10)
        #expect(stage.run(300).fleet == .regional(east), "the level stays what it was")
    }

    /// What moves on purpose is neither a dip of the evacuee nor a surge of the savior.
    @Test func usersThatWereMovedAreExpectedWhereTheyAre() throws {
        var stage = Self.taught(demand: 0.62)
        stage.placement = [east: [east: 0.5], europe: [europe: 1, east: 0.5], west: [west: 1]]
        let assessment = stage.run(120)
        #expect(assessment.fleet == .normal)
        let reason = try #require(assessment.regions[europe]).reason
        #expect(reason.contains("of 60") || reason.contains("of 61"), "420 and half of 378: \(reason)")
    }

    @Test func aControllerThatStartsInAnOutageDoesNotTakeItForTheLevel() throws {
        var stage = Stage()
        stage.works[east] = 0.2
        stage.teach()
        for _ in 0..<4 { #expect(stage.run(5 * 60).fleet == .regional(east)) }
        let reason = try #require(stage.run(1).regions[east]).reason
        #expect(reason.contains("of 610 expected"), "\(reason)")
        stage.works[east] = 1
        #expect(stage.run(60).fleet == .normal)
    }
}
