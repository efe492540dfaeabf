import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

/// Worlds with a fleet of their own that broke a rule once.
@Suite struct MendedFleetTests {
    /// - 1591, 1611 (S38): a canary of a small region is less than a basis point of everything, and hid that its savior was
    ///   above its ceiling; the rungs above it were refused.
    /// - 1902 (L02): a drill that an unknown region did not let go on stood in its phase for ever.
    /// - 5582 (S44): in a fleet of two regions, a canary on a path that was cut stayed away.
    /// - 9918 (S44): a region that was short of instances got back what it had been given; its users fell sick again, three times.
    @Test(arguments: [1591, 1611, 1902, 5582, 9918] as [UInt64]) func aSeedThatBrokeOnceBreaksNoRule(_ seed: UInt64) {
        let result = Runner.run(.random(seed: seed, drawsFleet: true), seed: seed)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// - 1791 (S03): a person undid a drill while home was no longer well, and all went back at once.
    @Test(arguments: [1791] as [UInt64]) func aWorldOfPeopleThatBrokeOnceBreaksNoRule(_ seed: UInt64) {
        var run = Simulation(.people(seed: seed, drawsFleet: true), seed: seed)
        run.run()
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
    }

    /// What users lose where a region is short of instances after a dead edge, at most what they lose without a controller.
    @Test func whatARegionIsShortOfIsStartedBeforeItsStockIsTakenBack() {
        let seed: UInt64 = 9918
        let result = Runner.run(.random(seed: seed, drawsFleet: true), seed: seed)
        #expect(result.failedOn < result.failedOff, "\(result.failedOn) of \(result.failedOff)")
    }
}
