import LeewardDetection
import LeewardModel
import Testing

/// Several regions at once, and regions whose users are elsewhere.
@Suite struct FleetTests {
    @Test func twoRegionsThatDipTogetherAreGlobal() {
        var stage = Stage()
        stage.works[east] = 0
        stage.works[west] = 0.3
        var seen: [Verdict] = []
        for _ in 0..<60 { seen.append(stage.run().fleet) }
        #expect(!seen.contains(.regional(east)) && !seen.contains(.regional(west)))
        #expect(seen.last == .global)
    }

    @Test(arguments: [0, 1, 2, 3, 4]) func regionsThatBreakOneAfterAnotherAreNeverRegional(gap: Int) {
        var stage = Stage()
        stage.run(3)
        var seen: [Verdict] = []
        for second in 0..<60 {
            if second == 0 { stage.works[east] = 0 }
            if second == gap { stage.works[europe] = 0 }
            if second == 2 * gap { stage.works[west] = 0 }
            seen.append(stage.run().fleet)
        }
        #expect(!seen.contains { if case .regional = $0 { true } else { false } })
        #expect(seen.last == .global)
    }

    @Test func aSharedDipThatNoOtherClassConfirmsIsGlobalToo() {
        var stage = Stage()
        stage.tamper = { report in for index in report.live.indices { report.live[index].value *= 0.4 } }
        let assessment = stage.run(15)
        #expect(assessment.fleet == .global)
        #expect(assessment.reason.contains("(S19)"))
    }

    @Test func allRegionsBrokenForMinutesStayGlobal() {
        var stage = Stage()
        for region in [east, europe, west] { stage.works[region] = 0.1 }
        stage.run(15)
        for _ in 0..<120 { #expect(stage.run().fleet == .global) }
    }

    @Test func aSaviorThatServesMoreThanUsualIsNotStrange() {
        var stage = Stage()
        stage.placement = [east: [:], europe: [europe: 1, east: 0.6], west: [west: 1, east: 0.4]]
        let assessment = stage.run(60)
        #expect(assessment.fleet == .normal)
        #expect(assessment.regions.values.allSatisfy { $0.health == .healthy })
    }

    @Test func sharesThatMoveMakeNoSaviorLookSickWhileTheTrafficIsOnItsWay() {
        var stage = Stage()
        stage.works[east] = 0
        stage.run(15)
        for percent in [1, 10, 50, 100] {
            let part = Double(percent) / 100
            stage.placement = [
                east: part < 1 ? [east: 1 - part] : [:], europe: [europe: 1, east: part], west: [west: 1],
            ]
            for _ in 0..<8 {
                let assessment = stage.run()
                #expect(assessment.regions[europe]?.health == .healthy)
                #expect(assessment.fleet == .regional(east))
            }
        }
    }

    @Test func anEvacueeWithoutUsersIsJudgedByProbesAlone() throws {
        var stage = Stage()
        stage.works[east] = 0.4
        stage.run(15)
        stage.placement = [east: [:], europe: [europe: 1, east: 1], west: [west: 1]]
        for _ in 0..<60 {
            let assessment = stage.run()
            #expect(assessment.regions[east]?.health == .sick)
            #expect(assessment.fleet == .regional(east))
            #expect(assessment.probesGoodSince[east] == nil)
            #expect(assessment.classes.count >= 2, "the classes that called it sick stay on record")
        }
        stage.works[east] = 1
        let healed = stage.now
        let seconds = try #require(stage.seconds(until: 30) { $0.regions[east]?.health == .healthy })
        #expect((5...12).contains(seconds))
        let assessment = stage.run(5)
        let since = try #require(assessment.probesGoodSince[east])
        #expect(since - healed <= .seconds(4))
        #expect(assessment.fleet == .normal)
        stage.placement = [east: [east: 1], europe: [europe: 1], west: [west: 1]]
        for _ in 0..<30 { #expect(stage.run().fleet == .normal) }
    }

    @Test func anEvacueeWithoutUsersAndWithoutProbesIsUnknownAndWeighsNothing() {
        var stage = Stage()
        stage.placement = [east: [:], europe: [europe: 1, east: 1], west: [west: 1]]
        stage.run(20)
        stage.probesRun = false
        let assessment = stage.run(5)
        #expect(assessment.regions[east]?.health == .unknown)
        #expect(assessment.fleet == .normal)
    }

    @Test func aSecondSickRegionBesideAnEvacuatedOneIsGlobal() {
        var stage = Stage()
        stage.works[east] = 0
        stage.run(15)
        stage.placement = [east: [:], europe: [europe: 1, east: 1], west: [west: 1]]
        stage.run(20)
        stage.works[europe] = 0.2
        #expect(stage.run(15).fleet == .global)
    }

    @Test func aRegionThatIsHealthyButEmptyDoesNotStopHelpForAnother() {
        var stage = Stage()
        stage.placement = [east: [:], europe: [europe: 1, east: 1], west: [west: 1]]
        stage.run(20)
        stage.works[west] = 0
        #expect(stage.run(15).fleet == .regional(west))
    }

    @Test func allButTheWeakestDippingTogetherIsGlobal() {
        // Each of two dips in every other bucket only, so neither has two in a row; their sum has.
        var stage = Stage()
        stage.tamper = { report in
            for index in report.live.indices where report.live[index].signal == .served {
                let isOdd = ((report.readAt - report.live[index].time).milliseconds / 5000) % 2 == 1
                switch report.live[index].region {
                case east: report.live[index].value *= isOdd ? 0.45 : 0.75
                case europe: report.live[index].value *= isOdd ? 0.75 : 0.45
                default: report.live[index].value *= 0.3
                }
            }
        }
        let assessment = stage.run(15)
        #expect(assessment.fleet == .global)
        #expect(assessment.reason.contains("all regions but the weakest"))
    }

    @Test func lookingMoreOftenChangesNothing() {
        var often = Stage()
        var detector = often.detector
        often.works[east] = 0
        let assessment = often.run(8)
        #expect(assessment.fleet == .regional(east))
        // A detector that sees only this moment has the same buckets, so it comes to the same verdict.
        let verdict = often.look(with: &detector)
        #expect(verdict.fleet == assessment.fleet)
    }
}
