import LeewardEngine
import LeewardModel
import LeewardSimulation
import Testing

/// Random worlds in which more requests failed with the controller than without it (S44), each mended for good.
@Suite struct MendedHarmTests {
    @Test(
        arguments: [
            302, 1307, 1388, 4322, 4901, 7355, 7458, 7753, 8010, 11_278, 25_841, 27_034, 31_066, 31_683, 31_937, 32_053,
            32_555, 985_204_384_553,
        ] as [UInt64]
    )
    func aSeedThatOnceDidHarmDoesNone(_ seed: UInt64) {
        let result = Runner.run(.random(seed: seed), seed: seed)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }

    /// S03, S10, S06, L06, S38, S28, S09, L06 and three times L02, in this order.
    @Test(
        arguments: [
            2549, 12_030, 14_912, 17_368, 19_117, 19_990, 26_769, 28_239, 28_379, 29_423, 985_204_384_741,
        ] as [UInt64]
    )
    func aSeedThatOnceBrokeAnotherRuleBreaksNone(_ seed: UInt64) {
        let result = Runner.run(.random(seed: seed), seed: seed)
        #expect(result.violations.isEmpty, "\(result.violations.map(\.description))")
    }
}
