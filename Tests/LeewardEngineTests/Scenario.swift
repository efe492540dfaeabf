import LeewardEngine
import LeewardModel

/// Runs that are cut and resumed; each says what a person would do in it, again if the controller died before it was heard.
enum Scenario: CaseIterable, Sendable {
    /// A healthy region is left gently and comes back.
    case drill
    /// A drill that a person rolls back on its way out.
    case rollback
    /// A drill that a person stops and lets go on.
    case hold
    /// A region dies, is evacuated, heals and comes back.
    case outage
    /// A region dies for 43 s.
    case blip
    /// Only DNS can help.
    case deadEdge

    var ending: Phase { self == .rollback ? .rolledBack : .done }
    /// No user may notice anything.
    var isHarmless: Bool { [.drill, .rollback, .hold].contains(self) }

    /// The whole run; the controller dies once so many records are durable, before its calls leave or after they landed.
    func run(dyingAt death: (Int, Bool)?) -> Run {
        var run = Run()
        run.pass(seconds: 25)
        run.diesAt = death.map { (records: $0.0, afterEffects: $0.1) }
        switch self {
        case .drill:
            run.leave()
            run.comeBack()
        case .rollback:
            run.say(.evacuate("us-east-1", planHash: nil))
            _ = run.until(240) { ($0.controller.state.evacuation?.points ?? 0) >= 1000 }
            run.insist(.rollback) { $0.phase == .shifting }
        case .hold:
            run.say(.evacuate("us-east-1", planHash: nil))
            _ = run.until(240) { ($0.controller.state.evacuation?.points ?? 0) >= 1000 }
            run.insist(.hold(reason: "looking")) { $0.phase == .shifting }
            run.pass(seconds: 5)
            run.insist(.resume) { $0.phase == .held }
            _ = run.until(240) { $0.phase == .evacuated }
            run.comeBack()
        case .outage:
            run.world.fault["us-east-1"] = .down
            _ = run.until(300) { $0.phase == .evacuated }
            run.world.fault["us-east-1"] = .healthy
            run.pass(seconds: 25)
            run.comeBack()
        case .blip:
            run.world.fault["us-east-1"] = .down
            run.pass(seconds: 43)
            run.world.fault["us-east-1"] = .healthy
        case .deadEdge:
            run.world.edges["us-east-1"]?.isUp = false
            _ = run.until(300) { $0.phase == .evacuated }
            run.world.edges["us-east-1"]?.isUp = true
            run.pass(seconds: 25)
            run.comeBack()
        }
        _ = run.until(300) { $0.last != nil }
        run.pass(seconds: 2)
        return run
    }
}

extension Run {
    fileprivate mutating func leave() {
        self.say(.evacuate("us-east-1", planHash: nil))
        _ = self.until(240) { $0.phase == .evacuated }
    }

    fileprivate mutating func comeBack() {
        self.pass(seconds: 1)
        self.insist(.failback) { $0.phase == .evacuated }
    }

    /// Says it again each second while nothing has come of it.
    fileprivate mutating func insist(_ command: Command, while isPending: (Run) -> Bool) {
        for _ in 0..<40 where isPending(self) {
            self.say(command)
            self.pass(seconds: 1)
        }
    }
}
