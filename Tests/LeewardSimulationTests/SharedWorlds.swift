import LeewardModel

@testable import LeewardEngine
@testable import LeewardSimulation

/// Worlds with several controllers: the outage of `GuardTrial`, and what happens to the controllers.
enum SharedWorlds {
    static let pauses: [Span] = [
        .milliseconds(100), .milliseconds(900), .seconds(3), .seconds(9), .seconds(12), .seconds(45), .seconds(200),
        .seconds(600),
    ]
    static let rates = [50, 66, 80, 100, 125, 160, 200]

    static func outage(_ faults: [TimedFault] = [], controllers: Int = 2, length: Int64 = 280) -> Scenario {
        GuardTrial.outage(faults, length: length) { $0.controllers = controllers }
    }

    static func run(_ scenario: Scenario, seed: UInt64 = 7, without names: [String] = []) -> Simulation {
        var scenario = scenario
        scenario.world.receivers.off = names.compactMap { ReceiverGuard(rawValue: $0) }
        let off = names.compactMap { EngineGuard(rawValue: $0) }
        var run = Simulation(scenario, seed: seed) { $0.guardsOff = off }
        run.run()
        return run
    }

    /// Rules that hold whatever clocks do; those about elapsed time are counted by the clock that is bent.
    private static let timeless: [RuleID] = [.s01, .s04, .s10, .s12, .s13, .s14, .s15, .s42, .s43, .s45]

    /// What a run broke, without what its short length or a bent clock explains.
    static func broken(_ run: Simulation) -> [Violation] {
        let isBent = run.scenario.faults.contains {
            if case .controllerClock(_, let rate) = $0.fault { rate != 100 } else { false }
        }
        return run.violations.filter { $0.rule != .l02 && (!isBent || Self.timeless.contains($0.rule)) }
    }

    /// Calls that left under an epoch after a later one had begun, and those of them that their receivers refused.
    static func zombies(_ run: Simulation) -> (woken: Int, refused: Int) {
        var highest = Epoch(0)
        var (woken, refused) = (0, 0)
        for sent in run.calls {
            if sent.call.fence.epoch < highest {
                woken += 1
                if sent.isRefused { refused += 1 }
            }
            highest = max(highest, sent.call.fence.epoch)
        }
        return (woken, refused)
    }

    /// Pauses at random moments, clocks of random rates, and a store that is sometimes not reached, slow, silent or old.
    static func random(seed: UInt64) -> Scenario {
        let luck = Luck(seed: seed)
        var draws: Int64 = 0
        func draw(_ range: ClosedRange<Int64>) -> Int64 {
            draws += 1
            return luck.pick(range, .fault, 900, draws)
        }
        let count = Int(draw(2...4))
        var faults: [TimedFault] = []
        if draw(0...1) == 0 {
            for index in 0..<count {
                let rate = Self.rates[Int(draw(0...Int64(Self.rates.count - 1)))]
                faults.append(TimedFault(.controllerClock(index, rate), at: .seconds(draw(1...60))))
            }
        }
        for _ in 0..<draw(1...5) {
            let moment = PauseMoment.allCases[Int(draw(0...2))]
            let span = Self.pauses[Int(draw(0...Int64(Self.pauses.count - 1)))]
            let index = draw(0...2) == 0 ? Int(draw(0...Int64(count - 1))) : nil
            let at = Span.milliseconds(draw(30_000...150_000))
            faults.append(TimedFault(.controllerPaused(index, moment, span), at: at))
        }
        for _ in 0..<draw(0...3) {
            let kinds: [StoreFault] = [
                .unreachable, .unanswered, .dropsRenewals, .slow(.milliseconds(draw(100...4000))),
                .stale(.seconds(draw(1...60))),
            ]
            let kind = kinds[Int(draw(0...4))]
            let index = draw(0...2) == 0 ? nil : Int(draw(0...Int64(count - 1)))
            let at = Span.seconds(draw(30...150))
            faults.append(TimedFault(.coordination(kind, index), at: at, lasts: .seconds(draw(1...60))))
        }
        if draw(0...2) == 0 { faults.append(TimedFault(.leaseLost, at: .seconds(draw(30...150)))) }
        if draw(0...2) == 0 {
            let kill = Fault.controllerKilled(restartAfter: .seconds(draw(1...120)), newBoot: draw(0...1) == 0)
            faults.append(TimedFault(kill, at: .seconds(draw(30...150))))
        }
        return Self.outage(faults, controllers: count)
    }
}
