import LeewardDetection
import LeewardModel
import Testing

/// One region is in trouble, in each of the ways that must be told from noise.
@Suite struct OutageTests {
    @Test func aQuietFleetIsNormal() {
        var stage = Stage()
        let assessment = stage.run(30)
        #expect(assessment.fleet == .normal)
        #expect(assessment.regions.values.allSatisfy { $0.health == .healthy })
        #expect(assessment.classes.isEmpty)
        #expect(assessment.sickSince.isEmpty)
        #expect(assessment.probesGoodSince.keys == [europe, east, west])
    }

    @Test func aTotalOutageIsRegionalWithinTwoBuckets() throws {
        var stage = Stage()
        stage.run(5)
        stage.works[east] = 0
        let outage = stage.now
        let seconds = try #require(stage.seconds(until: 20) { $0.fleet == .regional(east) })
        #expect(seconds <= 10)
        #expect(seconds > 5, "one bad bucket must not be enough")
        let assessment = stage.run(10)
        #expect(assessment.classes == [.business, .probe, .server])
        let reason = try #require(assessment.regions[east]).reason
        #expect(reason.contains("us-east-1 serves 0 good starts/s of 610 expected (0 %), 4 buckets in a row"))
        #expect(reason.contains("probes from eu-west-1 and us-west-2 fail: 0 of 24 good"))
        let since = try #require(assessment.sickSince[east])
        #expect(since - outage <= .seconds(10))
        #expect(assessment.regions[east]?.isUnreachable == false)
    }

    @Test(arguments: [0.4, 0.2]) func aBrownoutIsSickAsFastAsAnOutage(works: Double) throws {
        var stage = Stage()
        stage.run(5)
        stage.works[east] = works
        let seconds = try #require(stage.seconds(until: 20) { $0.fleet == .regional(east) })
        #expect(seconds <= 10)
        #expect(stage.run(60).fleet == .regional(east))
    }

    @Test func aHangIsSickAlthoughNoErrorIsCounted() throws {
        var stage = Stage()
        stage.works[east] = 0
        stage.hangs = [east]
        stage.links = [europe: [east: 1], west: [east: 1]]
        let assessment = stage.run(12)
        #expect(assessment.fleet == .regional(east))
        #expect(assessment.classes == [.business, .server])
        #expect(try #require(assessment.regions[east]).reason.contains("only 0 failed"))
        #expect(try #require(assessment.regions[east]).reason.contains("it hangs"))
    }

    @Test func aBlipShorterThanABucketIsNobodysSickness() {
        var stage = Stage()
        stage.works[east] = 0
        var worst: [Health] = []
        for _ in 0..<3 { worst.append(stage.run().regions[east]?.health ?? .unknown) }
        stage.works[east] = 1
        for _ in 0..<20 { worst.append(stage.run().regions[east]?.health ?? .unknown) }
        #expect(worst.allSatisfy { $0 == .healthy })
    }

    @Test func oneBadBucketIsSaidAndNotYetCounted() throws {
        var stage = Stage()
        stage.works[east] = 0
        let assessment = stage.run(3)
        #expect(assessment.fleet == .normal)
        #expect(try #require(assessment.regions[east]).reason.contains("one bad bucket of 2"))
    }

    @Test func aSickRegionIsHealthyOnlyAfterBusinessAndProbesRecovered() throws {
        var stage = Stage()
        stage.works[east] = 0
        stage.run(43)
        stage.works[east] = 1
        stage.links = [west: [east: 0.75]]
        #expect(stage.run(30).regions[east]?.health == .sick, "a vantage still sees failures")
        stage.links = [:]
        let seconds = try #require(stage.seconds(until: 20) { $0.regions[east]?.health == .healthy })
        #expect(seconds >= 5)
        let assessment = stage.run(15)
        #expect(assessment.fleet == .normal)
        #expect(assessment.sickSince[east] == nil)
    }

    @Test func aDipThatNothingElseConfirmsIsUnknown() throws {
        var stage = Stage()
        stage.tamper = { report in
            for index in report.live.indices where report.live[index].region == east { report.live[index].value *= 0.3 }
        }
        let assessment = stage.run(10)
        #expect(assessment.regions[east]?.health == .unknown)
        #expect(assessment.fleet == .unknown)
        #expect(try #require(assessment.regions[east]).reason.contains("(S20)"))
    }

    @Test func oneVantageAloneIsNobodysOutage() {
        var stage = Stage()
        stage.links = [europe: [east: 0]]
        let assessment = stage.run(30)
        #expect(assessment.regions[east]?.health == .healthy)
        #expect(assessment.fleet == .normal)
        #expect(assessment.probesGoodSince[east] == nil)
    }

    @Test func aVantageThatIsGoneIsNotWaitedFor() {
        var stage = Stage()
        stage.silent = [europe]
        stage.works[europe] = 0
        #expect(stage.run(20).probesGoodSince[west] != nil)
    }

    @Test func aVantageThatReachesNobodyTestifiesAgainstItselfOnly() {
        var stage = Stage()
        stage.tamper = { report in
            for index in report.live.indices where report.live[index].region == east { report.live[index].value *= 0.3 }
        }
        // Both outside vantages fail against us-east-1, but Europe fails against us-west-2 too.
        stage.links = [europe: [east: 0, west: 0], west: [east: 0]]
        #expect(stage.run(20).regions[east]?.health == .unknown)
        // With Europe's other probes passing, the same evidence is enough.
        stage.links = [europe: [east: 0], west: [east: 0]]
        #expect(stage.run(5).regions[east]?.health == .sick)
    }

    @Test func aDeadEdgeIsUnreachable() throws {
        var stage = Stage()
        stage.silent = [east]
        stage.works[east] = 0
        let seconds = try #require(stage.seconds(until: 20) { $0.regions[east]?.isUnreachable == true })
        #expect(seconds <= 10)
        #expect(stage.run(10).fleet == .regional(east))
    }

    @Test func aDeadEdgeWithoutAnyMetricIsUnreachableAfterAsLongAsADipWouldTake() throws {
        var stage = Stage()
        stage.silent = [east]
        stage.works[east] = 0
        stage.tamper = { report in report.live.removeAll { $0.region == east } }
        let seconds = try #require(stage.seconds(until: 40) { $0.regions[east]?.health == .sick })
        #expect((10...16).contains(seconds))
        let assessment = stage.run(2)
        #expect(assessment.regions[east]?.isUnreachable == true)
        #expect(assessment.classes == [.probe, .server])
        #expect(assessment.fleet == .regional(east))
    }
}
