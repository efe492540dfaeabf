import LeewardEngine
import LeewardModel

extension ScenarioParser {
    /// `world controllers 3 lease 10s`.
    mutating func readControllers(_ reader: inout LineReader) throws(LineProblem) {
        self.world.controllers = try reader.count("how many controllers", 1...9)
        self.controllersLine = self.line
        guard !reader.isAtEnd else { return }
        try reader.expect("lease")
        self.world.lease = try reader.span("the lease", atLeast: .milliseconds(1))
    }

    /// `controller killed back-after 3s`, `controller 2 paused before-calls 30s`, `controller 1 clock 200%`,
    /// `controller wall-clock 1h ahead`.
    static func controller(_ reader: inout LineReader) throws(LineProblem) -> Fault {
        let numbers = (1...9).map { "\($0)" }
        var word = try reader.choose(["killed", "paused", "wall-clock"] + numbers)
        var index: Int?
        if let number = Int(word) {
            index = number - 1
            word = try reader.choose(["paused", "clock", "wall-clock"])
        }
        switch word {
        case "killed":
            try reader.expect("back-after")
            let span = try reader.span("the time until the restart")
            return .controllerKilled(restartAfter: span, newBoot: reader.take("rebooted"))
        case "wall-clock":
            let span = try reader.span("how far it jumps", atLeast: .milliseconds(1))
            let isAhead = try reader.choose(["ahead", "behind"]) == "ahead"
            return .controllerWall(index, isAhead ? span.milliseconds : -span.milliseconds)
        case "paused":
            let text = try reader.choose(PauseMoment.allCases.map(\.word))
            let moment = PauseMoment.allCases.first { $0.word == text } ?? .now
            return .controllerPaused(index, moment, try reader.span("the pause", atLeast: .milliseconds(1)))
        default:
            let rate = try reader.points("the rate of the clock", 100...1_000_000)
            guard rate % 100 == 0 else {
                throw LineProblem("the rate of the clock is \(Units.text(points: rate)); allowed are whole percents")
            }
            return .controllerClock(index ?? 0, rate / 100)
        }
    }

    /// `coordination unreachable from 1`.
    static func coordination(_ reader: inout LineReader) throws(LineProblem) -> Fault {
        let kind: StoreFault
        switch try reader.choose(["unreachable", "unanswered", "drops-renewals", "slow", "stale"]) {
        case "unreachable": kind = .unreachable
        case "unanswered": kind = .unanswered
        case "drops-renewals": kind = .dropsRenewals
        case "slow": kind = .slow(try reader.span("the delay", atLeast: .milliseconds(1)))
        default: kind = .stale(try reader.span("how old readings are", atLeast: .milliseconds(1)))
        }
        guard !reader.isAtEnd else { return .coordination(kind, nil) }
        try reader.expect("from")
        return .coordination(kind, try reader.count("the controller's number", 1...9) - 1)
    }

    /// Faults of several controllers need several, and each number needs its controller.
    mutating func checkController(_ fault: Fault, line: Int) {
        let index: Int?
        switch fault {
        case .controllerPaused(let which, _, _): index = which
        case .controllerClock(let which, _): index = which
        case .coordination(_, let which): index = which
        case .leaseLost: index = nil
        case .controllerWall(let which, _):
            // A single controller has a wall clock too.
            guard let which, which >= self.world.controllers else { return }
            self.complain("there is no controller \(which + 1); the world has \(self.world.controllers)", line: line)
            return
        default: return
        }
        let count = self.world.controllers
        if count == 1 {
            self.complain("there is one controller, which has no lease; say: world controllers 3", line: line)
        } else if let index, index >= count {
            self.complain("there is no controller \(index + 1); the world has \(count)", line: line)
        }
    }

    /// A lease that is too short for the calls is told with its line.
    mutating func checkLease() {
        guard self.world.controllers > 1 else { return }
        do throws(LeaseProblem) {
            _ = try LeaseSettings(ttl: self.world.lease, callTimeout: self.world.limits.callTimeout)
        } catch {
            self.complain(error.description, line: self.controllersLine)
        }
    }
}
