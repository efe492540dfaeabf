import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// Fleets through their years: nothing is left that should not be, and nothing real is missed.
@Suite struct YearTests {
    /// Two regions at least and `entered` as well, in a year that nothing happens in but what a test adds.
    private static func year(_ events: [YearEvent]) -> FleetYear {
        let number = (0..<50).first {
            let shape = YearShape(seed: 11, year: $0)
            return shape.hasEntered && shape.regions.count == 3 && shape.regions.allSatisfy { $0.rate > 150 }
        }
        let world = YearWorld(seed: 11, year: number ?? 0, events: YearEvents(events))
        return FleetYear(seed: 11, year: number ?? 0, world: world)
    }

    /// A working Wednesday at noon.
    private static let noon = YearShape.start + 9 * YearShape.day + 12 * 3_600

    private static func event(_ kind: YearEvent.Kind, depth: Double = 1, minutes: Int = 5) -> YearEvent {
        YearEvent(kind: kind, regions: [1], from: self.noon, to: self.noon + minutes * 60, depth: depth, rise: 0)
    }

    private static func decisions(_ events: [YearEvent]) -> YearTally {
        self.year(events).inFineBuckets(YearShape.start..<YearShape.end)
    }

    @Test(arguments: [1, 2])
    func weeksOfADrawnFleetBringNoEvacuationThatIsNotRight(year: Int) {
        let tally = FleetYear(seed: 5, year: year).run(days: 30..<72)
        #expect(tally.evacuationsWrong == 0, "\(tally.wrong)")
        #expect(tally.reliefsWrong == 0, "\(tally.wrong)")
        #expect(tally.reliefsRight > 0)
    }

    @Test func nineFifthsInTenAreFoundWithinAMinuteOfFiveSecondBuckets() {
        var found = YearTally.Found()
        for year in 0..<2 { found.add(FleetYear.steps(seed: 5, year: year, depth: 0.2, count: 9).full) }
        #expect(found.count >= 6)
        #expect(found.missed * 10 <= found.count, "\(found)")
    }

    @Test func theSameSeedLivesTheSameYear() {
        let year = FleetYear(seed: 9, year: 4)
        let first = year.run(days: 40..<47)
        let second = FleetYear(seed: 9, year: 4).run(days: 40..<47)
        #expect(first.story == second.story && first.looks == second.looks)
    }

    @Test func hoursShownAtOnceDecideAsLooksEveryMinute() {
        let events = (0..<4).map { index in
            var event = Self.event(.outage, depth: 0.4 + 0.1 * Double(index), minutes: 15)
            event.from += index * 20 * 3_600
            event.to += index * 20 * 3_600
            event.regions = [index % 3]
            return event
        }
        let year = Self.year(events)
        let range = (YearShape.start + 8 * YearShape.day)..<(YearShape.start + 13 * YearShape.day)
        let sparse = year.byTheMinute(range)
        let dense = year.byTheMinute(range, isSparse: false)
        #expect(!dense.story.isEmpty)
        #expect(sparse.story == dense.story)
        #expect(sparse.looks * 4 < dense.looks)
    }

    @Test(arguments: [YearEvent.Kind.outage, .hang, .blackout, .ingress])
    func halfOfARegionGoneIsRelievedAndLeft(kind: YearEvent.Kind) {
        let tally = Self.decisions([Self.event(kind, depth: 0.6)])
        #expect(tally.reliefsRight >= 1 && tally.evacuationsRight == 1, "\(tally.lines)")
        #expect(tally.wrong.isEmpty)
    }

    @Test(arguments: [
        YearEvent.Kind.tunnelAndSource, .managementCut, .hostRestart, .exporterStuck, .clientsLost, .tunnelClosed,
        .miscount, .probesBroken, .sourceLost, .agentSilent,
    ])
    func wrongNumbersMoveNobody(kind: YearEvent.Kind) {
        let tally = Self.decisions([Self.event(kind, depth: 0.6)])
        #expect(tally.story.isEmpty, "\(tally.wrong)")
    }

    @Test func whatHasYetToProveItsHealthIsNoReasonToBegin() {
        // Everybody's outage ends; one vantage is broken, so that no region's probes are all good for a while.
        var outage = Self.event(.global, depth: 0.6)
        outage.regions = [0, 1, 2]
        var vantage = Self.event(.vantageBroken, depth: 0.5, minutes: 15)
        vantage.regions = [0]
        let tally = Self.decisions([outage, vantage])
        #expect(tally.evacuationsWrong == 0 && tally.reliefsWrong == 0, "\(tally.wrong)")
    }

    @Test func leavingAWellRegionIsCalledWrong() {
        let truth = YearTruth(events: YearEvents([Self.event(.outage, depth: 0.5)]), reach: 20)
        guard case .right = truth.judge(1, at: Self.noon + 60) else { return #expect(Bool(false), "it was sick") }
        guard case .wrong = truth.judge(0, at: Self.noon + 60) else { return #expect(Bool(false), "it was well") }
        guard case .wrong = truth.judge(1, at: Self.noon + 400) else { return #expect(Bool(false), "it was over") }
    }
}
