import Foundation
import LeewardDetection
import LeewardModel
import Testing

/// Somebody wants traffic to move, or a region to drown.
@Suite struct AttackTests {
    @Test func aSurgeThatBringsARegionDownIsNoReasonToLeaveIt() throws {
        var stage = Stage()
        stage.run(5)
        stage.attack[east] = 3.2
        stage.run(12)
        stage.works[east] = 0.2
        let assessment = stage.run(30)
        #expect(assessment.fleet == .unknown)
        #expect(assessment.needsPerson)
        #expect(assessment.reason.contains("rose to 3.2 times the usual before it fell"))
    }

    @Test func retriesAfterAnOutageAreNoAttack() throws {
        var stage = Stage()
        stage.run(5)
        stage.works[east] = 0.2
        stage.attack[east] = 3
        #expect(stage.run(30).fleet == .regional(east))
    }

    @Test func anAttackIsForgottenWithTheSicknessThatItCaused() throws {
        var stage = Stage()
        stage.run(5)
        stage.attack[east] = 3
        stage.run(12)
        stage.works[east] = 0.2
        stage.run(30)
        stage.attack = [:]
        stage.works[east] = 1
        #expect(stage.run(60).fleet == .normal)
        stage.works[east] = 0.2
        #expect(stage.run(30).fleet == .regional(east))
    }

    /// What one liar may control.
    enum Liar: CaseIterable { case store, counters, probes, oneAgent, twoSources }

    /// Any one of them alone moves nobody; `LEEWARD_ATTACKS=25000` is the full count, 100,000 runs in two minutes.
    @Test(arguments: [Liar.store, .counters, .probes, .oneAgent]) func oneLyingSourceNeverMovesAnybody(_ liar: Liar) {
        var shifts = 0
        let runs = ProcessInfo.processInfo.environment["LEEWARD_ATTACKS"].flatMap(Int.init) ?? 2_500
        for run in 0..<runs { if Self.shifts(liar, seed: UInt64(run), dip: nil) { shifts += 1 } }
        #expect(shifts == 0)
    }

    @Test func honestSourcesMoveUsersOutOfTheSameDip() {
        for run in 0..<200 { #expect(Self.shifts(nil, seed: UInt64(run), dip: east)) }
    }

    /// Said openly: whoever controls the store and the counters decides.
    @Test func twoLyingSourcesCan() {
        let shifts = (0..<2_000).count { Self.shifts(.twoSources, seed: UInt64($0), dip: nil) }
        #expect(shifts > 0)
    }

    /// Six looks, one bucket apart; true when users would be moved at any of them.
    private static func shifts(_ liar: Liar?, seed: UInt64, dip: RegionID?) -> Bool {
        var dice = Dice(seed: seed)
        var detector = Detector(fleet: stageFleet)
        for look in 0..<6 {
            let input = self.input(look, liar, dip: dip, &dice)
            let now = Timestamp(milliseconds: 5_000_000 + Int64(look) * 5_000)
            if case .regional = detector.step(input, at: now).fleet { return true }
        }
        return false
    }

    private static func input(_ look: Int, _ liar: Liar?, dip: RegionID?, _ dice: inout Dice) -> DetectionInput {
        let readAt = Stage.start + .seconds(Int64(look) * 5)
        var (live, baseline) = ([Sample](), [Sample]())
        let liesInStore = liar == .store || liar == .twoSources
        for (region, usual) in Stage.usual {
            for signal in [Signal.served, .entered] {
                for bucket in (0..<12).reversed() {
                    var value = usual * (region == dip ? 0.3 : 1) * (1 + dice.part() / 100)
                    if liesInStore { value = dice.lie(usual) }
                    live.append(
                        .init(signal: signal, region: region, time: readAt - .seconds(Int64(bucket) * 5), value: value)
                    )
                }
                for days in [1, 7, 14, 21, 28] {
                    let value = liesInStore ? dice.lie(usual) : usual
                    let time = readAt - .days(Int64(days))
                    baseline.append(.init(signal: signal, region: region, time: time, value: value))
                }
            }
        }
        var edges = SortedMap<RegionID, EdgeWindow>()
        var probes: [ProbeWindow] = []
        for (region, usual) in Stage.usual {
            let lies = liar == .counters || liar == .twoSources || liar == .oneAgent && region == east
            let started = Int(usual * 3)
            let good = lies ? Int(dice.part() * Double(started)) : region == dip ? started * 3 / 10 : started
            let counts = RequestCounts(started: started, good: good, failed: started - good, active: 0)
            if !lies || dice.part() > 0.1 { edges[region] = .init(span: .seconds(3), served: counts, entered: counts) }
            for (target, _) in Stage.usual {
                let isLie = liar == .probes || liar == .oneAgent && region == east
                let good = isLie ? Int(dice.part() * 13) : target == dip ? 3 : 12
                probes.append(.init(vantage: region, target: target, attempts: 12, good: good))
            }
        }
        let own = SortedMap(Stage.usual.keys.map { ($0, SortedMap([($0, 1.0)])) })
        return DetectionInput(
            signals: SignalReport(readAt: readAt, live: live, baseline: baseline),
            signalsAge: .zero,
            edges: edges,
            probes: probes,
            placement: own,
            entry: own
        )
    }
}

/// Splitmix64 (Steele, Lea and Flood 2014): the same dice on every machine.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    /// 0..<1.
    mutating func part() -> Double {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }

    /// Nothing, something, too much, or no number.
    mutating func lie(_ usual: Double) -> Double {
        let kind = self.part()
        if kind < 0.3 { return 0 }
        if kind < 0.35 { return .nan }
        return usual * self.part() * (kind < 0.6 ? 1 : 3)
    }
}
