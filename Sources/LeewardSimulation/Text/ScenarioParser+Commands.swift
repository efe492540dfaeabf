import LeewardEngine
import LeewardModel

extension ScenarioParser {
    static let verbs = [
        "evacuate", "shift", "approve", "hold", "resume", "rollback", "failback", "pin", "unpin", "kill", "unkill",
        "acknowledge", "deployed", "override",
    ]

    /// `at 55s command evacuate us-east-1 by on-call insisting 60s while held`.
    mutating func command(_ reader: inout LineReader, at: Span) throws(LineProblem) -> OperatorAct {
        var act = OperatorAct(try Self.verb(&reader), at: at)
        while !reader.isAtEnd {
            switch try reader.choose(["by", "insisting", "while"]) {
            case "by": act.by = Principal(try reader.name("who says it"))
            case "insisting": act.insistsFor = try reader.span("how long it is repeated")
            default: act.whilePhase = try Self.phase(&reader)
            }
        }
        return act
    }

    private static func verb(_ reader: inout LineReader) throws(LineProblem) -> Command {
        switch try reader.choose(Self.verbs) {
        case "evacuate":
            // A region that does not exist is something that people type.
            let region = try reader.region()
            return .evacuate(region, planHash: try self.plan(&reader))
        case "shift":
            let geography = GeographyID(try reader.name("a geography"))
            try reader.expect("to")
            let region = try reader.region()
            return .shift(geography, to: region, points: try reader.points("the part of the geography"))
        case "approve":
            let id = EvacuationID(try reader.name("an evacuation"))
            return .approve(id, planHash: try self.plan(&reader))
        case "hold": return .hold(reason: try reader.text("the reason"))
        case "resume": return .resume
        case "rollback": return .rollback
        case "failback": return .failback
        case "pin": return .pin(GeographyID(try reader.name("a geography")), true)
        case "unpin": return .pin(GeographyID(try reader.name("a geography")), false)
        case "kill": return .kill(true)
        case "unkill": return .kill(false)
        case "acknowledge": return .acknowledge
        case "override":
            let region = try reader.region()
            var rules: [Rule] = []
            while reader.take("rule") { rules.append(try Self.rule(&reader)) }
            return .override(rules, region, planHash: try self.plan(&reader))
        default: return .deployed(try self.deploy(&reader))
        }
    }

    /// `at 5m break-glass evacuate us-east-1 by on-call insisting 60s`.
    static func hand(_ reader: inout LineReader, at: Span) throws(LineProblem) -> HandAct {
        let verb: HandVerb
        switch try reader.choose(["status", "finish", "undo", "evacuate"]) {
        case "status": verb = .look
        case "finish": verb = .finish
        case "undo": verb = .undo
        default: verb = .evacuate(try reader.region())
        }
        var act = HandAct(verb, at: at)
        while !reader.isAtEnd {
            switch try reader.choose(["by", "insisting"]) {
            case "by": act.by = Principal(try reader.name("who says it"))
            default: act.insistsFor = try reader.span("how long it is repeated")
            }
        }
        return act
    }

    /// `people 5 from 20s until 8m`.
    static func crowd(_ reader: inout LineReader) throws(LineProblem) -> Crowd {
        let count = try reader.count("how many people", 0...100)
        var crowd = Crowd(count: count, until: .zero)
        while !reader.isAtEnd {
            switch try reader.choose(["from", "until"]) {
            case "from": crowd.from = try reader.span("when they begin")
            default: crowd.until = try reader.span("when they end")
            }
        }
        return crowd
    }

    private static func plan(_ reader: inout LineReader) throws(LineProblem) -> String? {
        reader.take("plan") ? try reader.name("the plan's hash") : nil
    }

    /// `deployed play version 4.2 rollback 300s in us-east-1 eu-west-1`; the regions stand last.
    private static func deploy(_ reader: inout LineReader) throws(LineProblem) -> Deploy {
        let service = ServiceID(try reader.name("a service"))
        try reader.expect("version")
        let version = try reader.name("a version")
        try reader.expect("rollback")
        let rollback = try reader.span("how long rolling it back takes")
        var regions: [RegionID] = []
        while reader.take("in") { regions.append(try reader.region()) }
        guard !regions.isEmpty else { throw LineProblem("a deploy goes somewhere: in REGION, once for each region") }
        return Deploy(service: service, regions: regions, version: version, rollback: rollback)
    }
}
