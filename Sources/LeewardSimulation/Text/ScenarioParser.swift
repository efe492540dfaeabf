import LeewardEngine
import LeewardModel

/// Reads lines one after another and remembers what is wrong with each.
struct ScenarioParser {
    /// Something that a line said, with the line.
    struct Said<Value> {
        var value: Value
        var line: Int
    }

    private static let statements = [
        "scenario", "about", "world", "length", "pace", "cut", "at", "people", "expect", "forbid",
    ]
    /// More would be no scenario that a person reads.
    static let mostFaults = 5000

    var problems: [ScenarioProblem] = []
    var line = 0
    var name: String?
    var about = ""
    var length: Said<Span>?
    var world = WorldShape.threeRegions()
    var regions: [Said<WorldShape.Region>] = []
    var geographies: [Said<WorldShape.Geography>] = []
    var services: [Said<WorldShape.Service>] = []
    var clients: [Said<WorldShape.Clients>] = []
    var faults: [Said<TimedFault>] = []
    var commands: [Said<OperatorAct>] = []
    var hands: [Said<HandAct>] = []
    var crowd: Said<Crowd>?
    var cut: Cut?
    /// Where the number of controllers was said.
    var controllersLine = 0
    var paces = Paces()
    var expectations: [Said<Expectation>] = []
    var forbidden: [Said<Forbidden>] = []
    /// Line by what may be said only once.
    private var once: SortedMap<String, Int> = [:]

    mutating func read(_ line: Substring, number: Int) {
        self.line = number
        do throws(LineProblem) {
            var reader = try LineReader(line)
            if reader.isAtEnd { return }
            try self.statement(&reader)
            try reader.end()
        } catch {
            self.complain(error.message)
        }
    }

    private mutating func statement(_ reader: inout LineReader) throws(LineProblem) {
        let word = try reader.choose(Self.statements)
        switch word {
        case "scenario":
            try self.onlyOnce(word)
            self.name = try reader.name("a name")
        case "about":
            try self.onlyOnce(word)
            self.about = try reader.text("what it is about")
        case "world": try self.readWorld(&reader)
        case "length":
            try self.onlyOnce(word)
            self.length = Said(value: try reader.span("the length", atLeast: .seconds(1)), line: self.line)
        case "pace": try self.readPace(&reader)
        case "cut": try self.readCut(&reader)
        case "at": try self.readAt(&reader)
        case "people":
            try self.onlyOnce(word)
            self.crowd = Said(value: try Self.crowd(&reader), line: self.line)
        case "expect": self.expectations.append(Said(value: try self.expectation(&reader), line: self.line))
        default: self.forbidden.append(Said(value: try self.forbiddance(&reader), line: self.line))
        }
    }

    mutating func onlyOnce(_ what: String) throws(LineProblem) {
        if let first = self.once[what] { throw LineProblem("\(what) was already given in line \(first)") }
        self.once[what] = self.line
    }

    mutating func complain(_ message: String, line: Int? = nil) {
        self.problems.append(ScenarioProblem(line: line ?? self.line, message: message))
    }

    // MARK: - The controller's process

    private mutating func readPace(_ reader: inout LineReader) throws(LineProblem) {
        let word = try reader.choose(["tick", "edge", "capacity", "zone", "signals", "daemon"])
        if word == "daemon" {
            try self.onlyOnce("pace")
            self.paces = .daemon
            return
        }
        try self.onlyOnce("pace \(word)")
        let span = try reader.span("a pace", atLeast: .milliseconds(10))
        switch word {
        case "tick": self.paces.tick = span
        case "edge": self.paces.edge = span
        case "capacity": self.paces.capacity = span
        case "zone": self.paces.zone = span
        default: self.paces.signals = span
        }
    }

    /// `cut after 12 records before-sync back-after 3s again-after 20`.
    private mutating func readCut(_ reader: inout LineReader) throws(LineProblem) {
        try self.onlyOnce("cut")
        try reader.expect("after")
        let records = try reader.count("records", 1...1_000_000)
        try reader.expect("records")
        var cut = Cut(records: records, moment: try Self.moment(&reader))
        while !reader.isAtEnd {
            switch try reader.choose(["back-after", "again-after"]) {
            case "back-after": cut.restartAfter = try reader.span("the time until the restart")
            default: cut.again = try reader.count("records", 1...1_000_000)
            }
        }
        self.cut = cut
    }

    // MARK: - What must be and must not

    private mutating func expectation(_ reader: inout LineReader) throws(LineProblem) -> Expectation {
        let word = try reader.choose(["verdict", "phase", "residual", "page", "refusal", "end", "failures"])
        switch word {
        case "verdict":
            let verdict = try self.verdict(&reader)
            return .verdict(verdict, within: try self.within(&reader))
        case "phase":
            let phase = try Self.phase(&reader)
            return .phase(phase, within: try self.within(&reader))
        case "residual": return .residual(within: try self.within(&reader))
        case "page": return .paged(within: try self.within(&reader))
        case "refusal":
            let rule = try Self.rule(&reader)
            return .refused(rule, within: try self.within(&reader))
        case "end":
            let ends = Phase.allCases.filter(\.isTerminal).map(\.word)
            let end = try reader.choose(ends)
            return .ended(Phase(word: end) ?? .done)
        default:
            try reader.expect("at", "most")
            return .failuresAtMost(try reader.points("the part of the failures without a controller", 0...100_000))
        }
    }

    private mutating func forbiddance(_ reader: inout LineReader) throws(LineProblem) -> Forbidden {
        switch try reader.choose(["share", "dns", "opening", "phase", "verdict", "more"]) {
        case "share":
            try reader.expect("change")
            return .shareChange
        case "dns":
            try reader.expect("change")
            return .zoneChange
        case "opening": return .opening
        case "phase": return .phase(try Self.phase(&reader))
        case "verdict": return .verdict(try self.verdict(&reader))
        default:
            try reader.expect("than")
            let most = try reader.count("how many", 0...1_000_000)
            let what = try reader.choose(["reliefs", "evacuations"])
            return what == "reliefs" ? .reliefs(moreThan: most) : .evacuations(moreThan: most)
        }
    }

    private static func moment(_ reader: inout LineReader) throws(LineProblem) -> Cut.Moment {
        let word = try reader.choose(Cut.Moment.whole.map(\.words) + ["after"])
        if let whole = Cut.Moment.whole.first(where: { $0.words == word }) { return whole }
        let calls = try reader.count("the calls that have left", 1...1_000_000)
        try reader.expect("calls")
        return .afterSome(calls: calls)
    }

    private func within(_ reader: inout LineReader) throws(LineProblem) -> Span {
        try reader.expect("within")
        return try reader.span("the time after the first fault")
    }

    private func verdict(_ reader: inout LineReader) throws(LineProblem) -> Verdict {
        switch try reader.choose(["normal", "regional", "global", "unknown"]) {
        case "normal": return .normal
        case "regional": return .regional(try reader.region())
        case "global": return .global
        default: return .unknown
        }
    }

    static func rule(_ reader: inout LineReader) throws(LineProblem) -> Rule {
        let word = try reader.choose(Rule.allCases.map(\.rawValue))
        return Rule(rawValue: word) ?? .s01
    }

    static func phase(_ reader: inout LineReader) throws(LineProblem) -> Phase {
        let word = try reader.choose(Phase.allCases.map(\.word))
        return Phase(word: word) ?? .held
    }
}

extension Cut.Moment {
    /// As it is written: one word, or `after 2 calls`.
    var words: String {
        switch self {
        case .beforeSync: "before-sync"
        case .beforeCalls: "before-calls"
        case .afterCalls: "after-calls"
        case .afterSome(let calls): "after \(calls) calls"
        }
    }
}

extension Phase {
    var word: String { self == .rolledBack ? "rolled-back" : self.rawValue }
    init?(word: String) {
        guard let phase = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = phase
    }
}
