import LeewardEngine
import LeewardModel

/// Writes a scenario so that reading it gives the same value; what has its usual value is left out.
struct ScenarioPrinter {
    private(set) var lines: [String] = []

    init(_ scenario: Scenario) {
        self.lines.append("scenario " + Self.word(scenario.name))
        if !scenario.about.isEmpty { self.lines.append("about " + Self.quoted(scenario.about)) }
        self.lines += Self.world(scenario.world)
        self.lines.append("length \(Units.text(scenario.length))")
        self.lines += Self.paces(scenario.paces)
        if let cut = scenario.cut { self.lines.append(Self.text(cut)) }
        for timed in scenario.faults {
            let lasts = timed.lasts.map { " for \(Units.text($0))" } ?? ""
            self.lines.append("at \(Units.text(timed.at))\(lasts) \(Self.text(timed.fault))")
        }
        self.lines += scenario.commands.map { Self.text($0) }
        self.lines += scenario.hands.map { Self.text($0) }
        if let crowd = scenario.crowd {
            self.lines.append("people \(crowd.count) from \(Units.text(crowd.from)) until \(Units.text(crowd.until))")
        }
        self.lines += scenario.expectations.map { "expect " + Self.text($0) }
        self.lines += scenario.forbidden.map { "forbid " + Self.text($0) }
    }

    // MARK: - Words

    /// As it is where it is plain, in quotation marks otherwise.
    static func word(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            switch $0 {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "*", "+": true
            default: false
            }
        }
        return isPlain && !text.isEmpty ? text : self.quoted(text)
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result + "\""
    }

    // MARK: - The world

    private static func world(_ world: WorldShape) -> [String] {
        let usual = WorldShape.threeRegions()
        var lines: [String] = []
        if world.regions != usual.regions {
            lines += world.regions.map { "world region \(self.word($0.name.text)) group \(self.word($0.group.text))" }
        }
        if world.geographies != usual.geographies { lines += world.geographies.map(self.text) }
        if world.services != usual.services {
            let count = max(1, world.services.count)
            if world.services == WorldShape.threeRegions(services: count).services {
                lines.append("world services \(count)")
            } else {
                lines += world.services.map {
                    "world service \(self.word($0.name.text)) weight \($0.weight) capacity \($0.instanceCapacity)/s"
                }
            }
        }
        if world.clients != usual.clients {
            lines += world.clients.map { "world clients \(Units.text(points: $0.part)) keep \(Units.text($0.keeps))" }
        }
        if world.startsAt != usual.startsAt { lines.append("world starts \(Units.text(world.startsAt))") }
        if world.stock != usual.stock { lines.append("world stock \(Units.text(points: world.stock))") }
        if world.coldStart != usual.coldStart { lines.append("world cold-start \(Units.text(world.coldStart))") }
        if world.usualFailures != usual.usualFailures {
            lines.append("world usual-failures \(Units.text(points: world.usualFailures))")
        }
        if world.historyDays != usual.historyDays { lines.append("world history \(world.historyDays)d") }
        if world.controllers != usual.controllers {
            let lease = world.lease == usual.lease ? "" : " lease \(Units.text(world.lease))"
            lines.append("world controllers \(world.controllers)\(lease)")
        }
        if world.zoneServers != usual.zoneServers { lines.append("world name-servers \(world.zoneServers)") }
        if world.policy != usual.policy {
            let policy = world.policy
            lines.append("world policy relief \(policy.relief.rawValue) evacuation \(policy.evacuation.rawValue)")
        }
        for (name, role) in world.people?.roles ?? [:] {
            lines.append("world person \(self.word(name.text)) \(role.rawValue)")
        }
        if let people = world.people {
            let usual = People(roles: [:])
            if people.aloneUpTo != usual.aloneUpTo || people.approvalWithin != usual.approvalWithin
                || people.roles.isEmpty
            {
                let within = Units.text(people.approvalWithin)
                lines.append("world people alone \(Units.text(points: people.aloneUpTo)) approval-within \(within)")
            }
        }
        return lines + self.limits(world.limits, usual.limits)
    }

    private static func text(_ place: WorldShape.Geography) -> String {
        let saviors = place.saviors.map { " savior \(self.word($0.0.text)) \(Units.text(points: $0.1))" }
        let ahead = place.hoursAhead == 0 ? "" : " ahead \(place.hoursAhead)h"
        return "world geography \(self.word(place.name.text)) home \(self.word(place.home.text)) "
            + "peak \(Units.text(rate: place.peak))\(ahead)\(saviors.joined())"
    }

    private static func limits(_ limits: Limits, _ usual: Limits) -> [String] {
        LimitWord.all.compactMap { limit in
            let text: String?
            switch limit.place {
            case .span(let path):
                text = limits[keyPath: path] == usual[keyPath: path] ? nil : Units.text(limits[keyPath: path])
            case .points(let path):
                text = limits[keyPath: path] == usual[keyPath: path] ? nil : Units.text(points: limits[keyPath: path])
            case .count(let path):
                text = limits[keyPath: path] == usual[keyPath: path] ? nil : "\(limits[keyPath: path])"
            case .ladder(let path):
                let rungs = limits[keyPath: path].map { Units.text(points: $0) }.joined(separator: " ")
                text = limits[keyPath: path] == usual[keyPath: path] ? nil : rungs
            }
            return text.map { "world limit \(limit.name) \($0)" }
        }
    }

    // MARK: - The controller's process

    private static func paces(_ paces: Paces) -> [String] {
        if paces == .daemon { return ["pace daemon"] }
        let usual = Paces()
        let all: [(String, KeyPath<Paces, Span>)] = [
            ("tick", \.tick), ("edge", \.edge), ("capacity", \.capacity), ("zone", \.zone), ("signals", \.signals),
        ]
        return all.compactMap { name, path in
            paces[keyPath: path] == usual[keyPath: path] ? nil : "pace \(name) \(Units.text(paces[keyPath: path]))"
        }
    }

    private static func text(_ cut: Cut) -> String {
        let again = cut.again.map { " again-after \($0)" } ?? ""
        return "cut after \(cut.records) records \(cut.moment.words) back-after \(Units.text(cut.restartAfter))\(again)"
    }
}
