import LeewardModel
import LeewardSafety
import Testing

/// The counts of S07: an emergency rung proves better than the evacuee at 0.1 % error, a planned one at most 1 % failing.
@Suite struct ProofTests {
    @Test(arguments: [(0.4, 8), (0.8, 31), (0.0, 1)])
    func successesInARowFollowFromTheRate(_ rate: Double, _ count: Int) {
        #expect(Proof.successesNeeded(rate) == count)
        #expect(Proof.isBetter(good: count, of: count, than: rate))
        if count > 1 { #expect(!Proof.isBetter(good: count - 1, of: count - 1, than: rate)) }
    }

    @Test func nothingProvesNothing() {
        #expect(!Proof.isBetter(good: 0, of: 0, than: 0))
        guard case .open = Proof.emergency(.init(moved: ["a": .init()], served: [:], evacueeGood: 0.4)) else {
            Issue.record("an empty rung was proven")
            return
        }
    }

    @Test func everyReceiverMustProveItself() {
        let good = RequestCounts(started: 40, good: 40)
        let few = RequestCounts(started: 2, good: 2)
        guard case .open = Proof.emergency(.init(moved: ["a": good, "b": few], served: [:], evacueeGood: 0.4)) else {
            Issue.record("two requests proved a savior")
            return
        }
        guard case .positive = Proof.emergency(.init(moved: ["a": good, "b": good], served: [:], evacueeGood: 0.4))
        else {
            Issue.record("forty good requests proved nothing")
            return
        }
    }

    @Test func onlyWhatIsKnownToBeProvenIsNotPutIntoWords() {
        let good = RungEvidence(moved: ["a": .init(started: 40, good: 40)], served: [:], evacueeGood: 0.4)
        #expect(Proof.emergency(good, isKnown: true) == .positive(""))
        #expect(
            Proof.emergency(good) == .positive("a served 40 of 40 moved requests, better than the 40 % of the evacuee")
        )
        let bad = RungEvidence(moved: ["a": .init(started: 40, failed: 40)], served: [:], evacueeGood: 0.4)
        #expect(Proof.emergency(bad, isKnown: true) == Proof.emergency(bad))
    }

    @Test func aSaviorThatFailsTheMovedIsABreach() {
        let bad = RequestCounts(started: 30, good: 5, failed: 25)
        guard case .breach(.s08, _) = Proof.emergency(.init(moved: ["a": bad], served: [:], evacueeGood: 0.4)) else {
            Issue.record("no breach")
            return
        }
    }

    @Test func aBreachIsSaidThoughAnotherSaviorIsNotProvenYet() {
        let bad = RequestCounts(started: 30, good: 5, failed: 25)
        let few = RequestCounts(started: 2, good: 2)
        let evidence = RungEvidence(moved: ["a": few, "b": bad], served: [:], evacueeGood: 0.4)
        #expect(Proof.failing(evidence) == ["b"])
        guard case .breach(.s08, let sentence) = Proof.emergency(evidence), sentence.hasPrefix("b ") else {
            Issue.record("no breach of b")
            return
        }
    }

    @Test func whoKeepsMostRequestsIsWantingAndWhoGotFewIsNot() {
        let hung = RequestCounts(started: 30, good: 1)
        let few = RequestCounts(started: 19)
        let fine = RequestCounts(started: 30, good: 28)
        let evidence = RungEvidence(moved: ["a": hung, "b": few, "c": fine], served: [:], evacueeGood: 0.4)
        #expect(Proof.wanting(evidence) == ["a"] && Proof.failing(evidence) == [])
    }

    @Test func oneAnswerBesideManyThatHangProvesNothing() {
        let hung = RequestCounts(started: 30, good: 1)
        guard case .open = Proof.emergency(.init(moved: ["a": hung], served: [:], evacueeGood: 0)) else {
            Issue.record("one good request of thirty proved a savior")
            return
        }
    }

    @Test func aSaviorThatHangsIsABreachThoughNothingHasFailed() {
        let moved = RequestCounts(started: 30, good: 1)
        let evidence = { (good: Int) in
            RungEvidence(
                moved: ["a": moved],
                served: ["a": .init(started: 2000, good: good)],
                evacueeGood: 0
            )
        }
        if case .breach(.s08, _) = Proof.emergency(evidence(100)) {} else { Issue.record("it was waited for") }
        if case .open = Proof.emergency(evidence(1000)) {} else { Issue.record("slow answers were called a breach") }
    }

    @Test func whoFailsGoesHomeOnTheProofThatHomeIsBetter() {
        let evidence = RungEvidence(
            moved: ["home": .init(started: 5, good: 5)],
            served: ["home": .init(started: 40, good: 40)],
            evacueeGood: 1
        )
        if case .positive = Proof.homeward(evidence, than: 0.8) {} else { Issue.record("40 of 40 against 80 %") }
        if case .open = Proof.homeward(evidence, than: 0.97) {} else { Issue.record("40 of 40 against 97 %") }
    }

    @Test func aPlannedRungNeedsThreeHundredAndAlmostNoFailure() {
        let evidence = { (good: Int, failed: Int, movedFailed: Int) in
            RungEvidence(
                moved: ["a": .init(started: 10, good: 10 - movedFailed, failed: movedFailed)],
                served: ["a": .init(started: good + failed, good: good, failed: failed)],
                evacueeGood: 1
            )
        }
        if case .open = Proof.planned(evidence(299, 0, 0)) {} else { Issue.record("299 were enough") }
        if case .positive = Proof.planned(evidence(300, 0, 0)) {} else { Issue.record("300 were not enough") }
        if case .breach = Proof.planned(evidence(300, 4, 0)) {} else { Issue.record("4 failures passed") }
        if case .breach = Proof.planned(evidence(300, 0, 2)) {} else { Issue.record("failing moved requests passed") }
    }

    @Test func theTailIsExactAtItsEdge() {
        // 30 of 40 against one half: the exact tail is 0.00111, 31 of 40 is 0.00034.
        #expect(!Proof.isBetter(good: 30, of: 40, than: 0.5))
        #expect(Proof.isBetter(good: 31, of: 40, than: 0.5))
        #expect(Proof.isBetter(good: 900, of: 1000, than: 0.5))
        #expect(!Proof.isBetter(good: 510, of: 1000, than: 0.5))
    }
}
