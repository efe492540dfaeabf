import LeewardModel
import Testing

@testable import LeewardSafety

/// When two regions fail alike, and when that says nothing.
@Suite struct FailureSignatureTests {
    /// Failing parts by service, of so many requests each.
    private static func signature(
        _ failing: SortedMap<ServiceID, Double>,
        of count: Int = 400,
        usual: Double = 0.01
    ) -> FailureSignature {
        FailureSignature(
            failing.mapValues { .init(ended: count, failed: Int(Double(count) * $0), usual: usual) }
        )
    }

    private static let sick = signature(["browse": 0.01, "play": 0.6, "search": 0])

    private static func ruling(_ savior: FailureSignature?, _ evacuee: FailureSignature? = sick) -> Finding {
        SignatureGate.finding(evacuee: "east", signature: evacuee, saviors: [("west", savior)])
    }

    @Test func aWeakerFailureOfTheSameServiceIsRefusedWithBothNumbers() {
        let finding = Self.ruling(Self.signature(["browse": 0.01, "play": 0.12, "search": 0]))
        #expect(finding.rule == .s41)
        #expect(
            finding.ruling.sentence.hasPrefix(
                "west fails as east does: play 48 of 400, beside play 240 of 400 (alike by 1.00, the limit is 0.80)"
            ),
            "\(finding.ruling.sentence)"
        )
    }

    @Test func anotherServiceIsAnotherProblem() {
        #expect(Self.ruling(Self.signature(["browse": 0.12, "play": 0, "search": 0])).isPermitted)
    }

    @Test func aSaviorThatAlwaysFailsALittleThereIsNotAlike() {
        #expect(!Self.ruling(Self.signature(["browse": 0, "play": 0.12], usual: 0)).isPermitted)
        #expect(Self.ruling(Self.signature(["browse": 0, "play": 0.12], usual: 0.1)).isPermitted)
    }

    @Test func everythingFailingIsNoSignature() {
        let down = Self.signature(["browse": 1, "play": 1, "search": 1])
        let strained = Self.signature(["browse": 0.2, "play": 0.2, "search": 0.2])
        #expect(strained.likeness(to: down) == nil)
        #expect(Self.ruling(strained, down).isPermitted)
    }

    @Test func oneServiceAloneCannotBeCompared() {
        #expect(Self.signature(["play": 0.3]).likeness(to: Self.signature(["play": 0.6])) == nil)
    }

    @Test func tooFewRequestsSayNothing() {
        let few = Self.signature(["browse": 0, "play": 0.5], of: 40)
        #expect(few.parts.isEmpty)
        #expect(Self.ruling(few).isPermitted)
        #expect(Self.ruling(nil).evidence.contains("west has too few requests"))
        #expect(Self.ruling(Self.sick, nil).isPermitted)
    }

    @Test func numbersThatCannotBeAreLeftOut() {
        let odd = FailureSignature([
            "a": .init(ended: 100, failed: 200, usual: 0), "b": .init(ended: 100, failed: -1, usual: 0),
            "c": .init(ended: 100, failed: 50, usual: .nan),
        ])
        #expect(odd.parts.keys == ["c"])
        #expect(odd.excess("c") > 0)
    }

    /// Failures that come in clumps of five at twice the usual rate, a hundred thousand looks at three services.
    @Test func healthyNoiseIsNeverAlike() {
        var state: UInt64 = 11
        func chance() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        var found = 0
        for _ in 0..<100_000 {
            var parts = SortedMap<ServiceID, FailureSignature.Part>()
            for service in ["browse", "play", "search"] as [ServiceID] {
                var failed = 0
                for _ in 0..<40 where chance() < 0.02 { failed += 5 }
                parts[service] = .init(ended: 200, failed: failed, usual: 0.01)
            }
            let likeness = FailureSignature(parts).likeness(to: Self.sick) ?? 0
            if likeness >= FailureSignature.alike { found += 1 }
        }
        #expect(found < 10, "\(found) of 100000")
    }
}
