import LeewardDetection
import LeewardModel
import Testing

/// What is known to come is no dip and no attack.
@Suite struct CalendarTests {
    private static func event(_ expect: Int, _ regions: [RegionID] = [east]) -> CalendarEvent {
        CalendarEvent(
            name: "holiday",
            from: Stage.start - .hours(1),
            to: Stage.start + .hours(20),
            regions: regions,
            expect: expect
        )
    }

    @Test func aHolidayInTheCalendarIsNoDipEvenBeforeTheLevelIsKnown() {
        var stage = Stage(demand: 0.62, calendar: [Self.event(6000)])
        #expect(stage.run(60).fleet == .normal)
    }

    @Test func itIsOneWhereTheCalendarMeansSomebodyElse() {
        var stage = Stage(demand: 0.62, calendar: [Self.event(6000, [west])])
        #expect(stage.run(60).fleet == .unknown)
    }

    @Test func anOutageOnAHolidayIsStillAnOutage() {
        var stage = Stage(demand: 0.62, calendar: [Self.event(6000)])
        stage.run(30)
        stage.works[east] = 0
        #expect(stage.run(15).fleet == .regional(east))
    }

    @Test func aLaunchIsNoAttack() {
        var stage = Stage(calendar: [Self.event(40_000, [])])
        stage.run(5)
        stage.attack[east] = 3.2
        stage.run(12)
        stage.works[east] = 0.2
        #expect(stage.run(30).fleet == .regional(east))
    }

    @Test func itEndsHalfAnHourAfterItsEnd() {
        let event = Self.event(6000)
        #expect(event.covers(east, at: event.to + .minutes(30)))
        #expect(!event.covers(east, at: event.to + .minutes(31)))
        #expect(!event.covers(west, at: event.from))
    }
}
