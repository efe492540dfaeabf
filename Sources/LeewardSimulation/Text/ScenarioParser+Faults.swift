import LeewardEngine
import LeewardModel

extension ScenarioParser {
    private static let subjects = [
        "region", "regions", "edge", "agent", "network", "geography", "metrics", "calls", "cold-starts", "name-server",
        "path", "batch", "listing", "delegation", "journal", "dark-stock", "freeze", "deploy", "controller",
        "coordination", "lease", "command", "break-glass",
    ]

    /// `at 30s for 43s every 330s times 4 region us-east-1 serves 10%`.
    mutating func readAt(_ reader: inout LineReader) throws(LineProblem) {
        let at = try reader.span("the time after the start")
        var lasts: Span?
        var every: Span?
        var times = 1
        while true {
            switch try reader.choose(["for", "every"] + Self.subjects) {
            case "for": lasts = try reader.span("how long it lasts", atLeast: .milliseconds(1))
            case "every":
                every = try reader.span("the time from one to the next", atLeast: .milliseconds(1))
                try reader.expect("times")
                times = try reader.count("how many times", 1...Self.mostFaults)
            case "command":
                guard lasts == nil, every == nil else {
                    throw LineProblem("a command neither lasts nor comes again; use insisting and further lines")
                }
                let act = try self.command(&reader, at: at)
                self.commands.append(Said(value: act, line: self.line))
                return
            case "break-glass":
                guard lasts == nil, every == nil else {
                    throw LineProblem("break-glass neither lasts nor comes again; use insisting and further lines")
                }
                let act = try Self.hand(&reader, at: at)
                self.hands.append(Said(value: act, line: self.line))
                return
            case let subject:
                guard let fault = try self.fault(subject, &reader, at: at) else {
                    guard lasts == nil, every == nil else { throw LineProblem("a recovery happens once and stays") }
                    return
                }
                try self.add(fault, at: at, lasts: lasts, every: every ?? .zero, times: times)
                return
            }
        }
    }

    private mutating func add(
        _ fault: Fault,
        at: Span,
        lasts: Span?,
        every: Span,
        times: Int
    ) throws(LineProblem) {
        if lasts != nil, !fault.lasts { throw LineProblem("this happens in one moment; leave out 'for'") }
        guard self.faults.count + times <= Self.mostFaults else {
            throw LineProblem("\(self.faults.count + times) faults; allowed are \(Self.mostFaults)")
        }
        guard every.milliseconds <= Units.longest.milliseconds / Int64(times) else {
            throw LineProblem("the last of \(times) would begin after \(Units.text(Units.longest))")
        }
        for index in 0..<times {
            let timed = TimedFault(fault, at: at + every * index, lasts: lasts)
            self.faults.append(Said(value: timed, line: self.line))
        }
    }

    /// Nil where the words end earlier faults instead.
    private mutating func fault(
        _ subject: String,
        _ reader: inout LineReader,
        at: Span
    ) throws(LineProblem) -> Fault? {
        switch subject {
        case "region": return try self.regionFault(&reader, at: at)
        case "regions":
            try reader.expect("serve")
            let points = try reader.points("the part served well")
            return try Self.service(&reader).map { .serviceRate($0, nil, points) } ?? .successRateEverywhere(points)
        case "edge":
            let region = try reader.region()
            try reader.expect("down")
            return .edgeDown(region)
        case "agent":
            let region = try reader.region()
            try reader.expect("silent")
            return .agentSilent(region)
        case "network":
            let region = try reader.region()
            try reader.expect("cut")
            return .network(region)
        case "geography":
            let name = GeographyID(try reader.name("a geography"))
            try reader.expect("surges", "to")
            return .surge(name, try reader.points("the part of the usual users", 0...1_000_000))
        case "metrics": return try Self.telemetry(&reader)
        case "calls": return try Self.calls(&reader)
        case "cold-starts":
            let region = try reader.region()
            try reader.expect("fail")
            return .coldStartsFail(region, try reader.points("the chance"))
        case "name-server":
            let index = try reader.count("the name server's number", 1...16) - 1
            return try reader.choose(["silent", "stale"]) == "silent"
                ? .nameServerSilent(index) : .nameServerStale(index)
        case "path", "batch", "listing", "delegation", "journal": return try Self.surroundings(subject, &reader)
        case "coordination": return try Self.coordination(&reader)
        case "lease":
            try reader.expect("lost")
            return .leaseLost
        case "controller": return try Self.controller(&reader)
        default: return try Self.moment(subject, &reader)
        }
    }

    private static func surroundings(_ subject: String, _ reader: inout LineReader) throws(LineProblem) -> Fault {
        switch subject {
        case "path":
            try reader.expect("from")
            let from = try reader.region()
            try reader.expect("to")
            let to = try reader.region()
            try reader.expect("cut")
            return .path(from: from, to: to)
        case "batch":
            let region = try reader.region()
            try reader.expect("takes")
            return .batch(region, try reader.points("the part of the instances"))
        case "listing":
            let region = try reader.region()
            switch try reader.choose(["late", "empty", "cut-short", "twice"]) {
            case "late": return .listing(region, .late(try reader.span("how old it is", atLeast: .milliseconds(1))))
            case "empty": return .listing(region, .empty)
            case "cut-short": return .listing(region, .cutShort)
            default: return .listing(region, .twice)
            }
        case "delegation":
            try reader.expect("gone")
            return .delegationGone
        default:
            try reader.expect("refuses")
            return .journalRefuses
        }
    }

    private mutating func regionFault(_ reader: inout LineReader, at: Span) throws(LineProblem) -> Fault? {
        let region = try reader.region()
        switch try reader.choose(["serves", "hangs", "carries", "recovers"]) {
        case "serves":
            let points = try reader.points("the part served well")
            return try Self.service(&reader).map { .serviceRate($0, region, points) } ?? .successRate(region, points)
        case "hangs": return .hang(region)
        case "carries": return .capacity(region, try reader.points("the part of the capacity"))
        default:
            try self.recover(region, at: at)
            return nil
        }
    }

    /// The service behind `of`, where there is one.
    private static func service(_ reader: inout LineReader) throws(LineProblem) -> ServiceID? {
        guard !reader.isAtEnd else { return nil }
        try reader.expect("of")
        return ServiceID(try reader.name("a service"))
    }

    /// Ends what earlier lines broke in a region without saying for how long.
    private mutating func recover(_ region: RegionID, at: Span) throws(LineProblem) {
        var found = false
        for index in self.faults.indices where self.faults[index].value.lasts == nil {
            let timed = self.faults[index].value
            guard timed.fault.isHealed(with: region), timed.at < at else { continue }
            self.faults[index].value.lasts = at - timed.at
            found = true
        }
        if !found {
            throw LineProblem(
                "nothing of \(region) is broken then; say it after a line that breaks it, without 'for' and earlier"
            )
        }
    }

    private static func telemetry(_ reader: inout LineReader) throws(LineProblem) -> Fault {
        let region = reader.take("of") ? try reader.region() : nil
        let all = ["vanish", "freeze", "lag", "not-a-number", "hold"]
        let kinds = all + (region == nil ? ["of", "unreachable", "clock"] : [])
        switch try reader.choose(kinds) {
        case "vanish": return .telemetry(.vanish, region)
        case "freeze": return .telemetry(.freeze, region)
        case "lag": return .telemetry(.lag(try reader.span("the lag", atLeast: .milliseconds(1))), region)
        case "not-a-number": return .telemetry(.notANumber, region)
        case "hold": return .telemetry(.part(try reader.points("the part that is left")), region)
        case "clock":
            let span = try reader.span("how wrong it is", atLeast: .milliseconds(1))
            let isAhead = try reader.choose(["ahead", "behind"]) == "ahead"
            return .telemetry(.clock(isAhead ? span.milliseconds : -span.milliseconds), nil)
        default: return .telemetry(.storeDown, nil)
        }
    }

    private static func calls(_ reader: inout LineReader) throws(LineProblem) -> Fault {
        try reader.expect("to")
        let target: CallTarget
        switch try reader.choose(["provider", "edge", "zone"]) {
        case "provider": target = .provider(try reader.region())
        case "edge": target = .edge(try reader.region())
        default: target = .zone
        }
        switch try reader.choose([
            "unreachable", "throttled", "lie", "deny", "unanswered", "swallowed", "halved", "slow",
        ]) {
        case "unreachable": return .calls(target, .outage)
        case "swallowed": return .calls(target, .swallowed)
        case "throttled": return .calls(target, .throttle(try reader.points("the chance")))
        case "lie": return .calls(target, .lyingSuccess)
        case "deny": return .calls(target, .doneButFailed)
        case "unanswered": return .calls(target, .lostAnswer)
        case "halved": return .calls(target, .partial)
        default: return .calls(target, .slow(try reader.span("the delay", atLeast: .milliseconds(1))))
        }
    }

    private static func moment(_ subject: String, _ reader: inout LineReader) throws(LineProblem) -> Fault {
        switch subject {
        case "dark-stock":
            let region = try reader.region()
            try reader.expect("failed")
            let failed = try reader.points("the chance to have failed")
            try reader.expect("wrong-image")
            let wrong = try reader.points("the chance of a wrong image", 0...(10_000 - failed))
            return .darkDefects(region, failed: failed, wrongImage: wrong)
        case "freeze":
            let region = try reader.region()
            try reader.expect("lifted")
            return .freezeReverted(region)
        default:
            let service = ServiceID(try reader.name("a service"))
            let region = try reader.region()
            try reader.expect("dark-after")
            return .deploy(service, region, darkAfter: try reader.span("the time until the dark instances follow"))
        }
    }
}

extension Fault {
    /// True where a region that recovers no longer has it.
    fileprivate func isHealed(with region: RegionID) -> Bool {
        switch self {
        case .successRate(let name, _), .hang(let name), .capacity(let name, _), .edgeDown(let name),
            .agentSilent(let name), .network(let name), .serviceRate(_, .some(let name), _):
            name == region
        default: false
        }
    }
}
