import LeewardModel
import Testing

@testable import LeewardDetection

/// What each class of evidence weighs, and that the order follows from it.
@Suite struct WeighingTests {
    @Test func everySourceSpeaksInOrderOfItsWeight() throws {
        var stage = Stage()
        stage.works[east] = 0.2
        var assessment = Assessment()
        for _ in 0..<15 { assessment = stage.run() }
        let verdict = try #require(assessment.regions[east])
        #expect(verdict.health == .sick)
        #expect(verdict.evidence.map(\.kind).sorted() == [.business, .probe, .server])
        #expect(verdict.evidence == verdict.evidence.byWeight)
        for one in verdict.evidence { #expect(one.weight > 0, "\(one.text)") }
        #expect(verdict.reason.hasPrefix(verdict.evidence.map(\.text).joined(separator: "; ")))
        #expect(assessment.evidence.keys == [east])
    }

    @Test func aHealthyRegionsEvidenceSpeaksForHealth() throws {
        var stage = Stage()
        let verdict = try #require(stage.run(10).regions[west])
        #expect(verdict.health == .healthy)
        for one in verdict.evidence { #expect(one.weight < 0, "\(one.text)") }
    }

    @Test func whatIsMissingWeighsNothing() throws {
        var stage = Stage()
        stage.probesRun = false
        stage.silent = [west]
        let evidence = try #require(stage.run(10).regions[west]).evidence
        #expect(evidence.first { $0.kind == .server }?.weight == 0)
        #expect(evidence.first { $0.kind == .probe }?.weight == 0)
        #expect(evidence.first?.kind == .business)
    }

    @Test func aSilentAgentBesideDeadProbesWeighsWhatTheProbesDo() throws {
        var stage = Stage()
        stage.silent = [east]
        stage.works[east] = 0
        let evidence = try #require(stage.run(10).regions[east]).evidence
        let server = try #require(evidence.first { $0.kind == .server })
        #expect(server.weight > 0 && server.weight == evidence.first { $0.kind == .probe }?.weight)
        #expect(server.sentence == "its edge does not report")
    }

    @Test func noSourceWeighsMoreThanAThirdHoweverLoudItIs() {
        for ratio in [1.0, 1e3, 1e12, .infinity] {
            #expect(Weighing.weight(ratio) <= 1.0 / 3)
            #expect(Weighing.weight(-ratio) >= -1.0 / 3)
        }
        #expect(Weighing.weight(.nan) == 0)
    }

    @Test func moreOfTheSameWeighsMoreAndTheSignTurnsAtTheBorder() {
        let few = Weighing.ratio(good: 5, of: 10, border: 0.7)
        let many = Weighing.ratio(good: 50, of: 100, border: 0.7)
        #expect(few > 0 && many > few * 9.9)
        #expect(Weighing.ratio(good: 70, of: 100, border: 0.7) <= 0)
        #expect(Weighing.ratio(good: 71, of: 100, border: 0.7) < 0)
        #expect(Weighing.ratio(good: 0, of: 0, border: 0.7) == 0)
    }

    @Test func aCalmSeriesWeighsMoreThanANoisyOneAtTheSameDepth() {
        let bucket = JudgedBucket(
            time: WallTime(milliseconds: 0),
            value: 55,
            expected: 100,
            floor: 0.7
        )
        let calm = Weighing.ratio([bucket], of: .seconds(5), spread: 0.05)
        let noisy = Weighing.ratio([bucket], of: .seconds(5), spread: 0.3)
        #expect(calm > noisy * 3 && noisy > 0)
        let silent = JudgedBucket(
            time: WallTime(milliseconds: 0),
            value: 0,
            expected: 100,
            floor: 0.7
        )
        #expect(Weighing.ratio([silent], of: .seconds(5), spread: 0.1).isFinite)
    }

    @Test func equalWeightsStandInTheOrderOfTheirClasses() {
        let list = [
            Evidence(.probe, weight: 0.2, sentence: "p"), Evidence(.server, weight: -0.2, sentence: "s"),
            Evidence(.business, weight: 0.1, sentence: "b"),
        ]
        #expect(list.byWeight.map(\.kind) == [.server, .probe, .business])
        #expect(list.byWeight.map(\.text) == ["server -0.20: s", "probe 0.20: p", "business 0.10: b"])
    }
}
