import LeewardModel

extension ScenarioParser {
    private static let settings = [
        "services", "region", "geography", "service", "clients", "limit", "policy", "name-servers", "starts", "stock",
        "cold-start", "usual-failures", "history", "controllers", "person", "people",
    ]

    mutating func readWorld(_ reader: inout LineReader) throws(LineProblem) {
        let word = try reader.choose(Self.settings)
        switch word {
        case "region": self.regions.append(Said(value: try Self.region(&reader), line: self.line))
        case "geography": self.geographies.append(Said(value: try Self.geography(&reader), line: self.line))
        case "service": self.services.append(Said(value: try Self.service(&reader), line: self.line))
        case "clients":
            let part = try reader.points("the part of all clients", 1...10_000)
            try reader.expect("keep")
            let keeps = try reader.span("how long they keep an address")
            self.clients.append(Said(value: WorldShape.Clients(part: part, keeps: keeps), line: self.line))
        case "limit": try self.readLimit(&reader)
        case "person":
            let name = Principal(try reader.name("a person"))
            let role = Role(rawValue: try reader.choose(Role.allCases.map(\.rawValue)))
            var people = self.world.people ?? People(roles: [:])
            guard people.roles[name] == nil else { throw LineProblem("\(name) has a role already") }
            people.roles[name] = role
            self.world.people = people
        default:
            try self.onlyOnce("world \(word)")
            try self.readSetting(word, &reader)
        }
    }

    private mutating func readSetting(_ word: String, _ reader: inout LineReader) throws(LineProblem) {
        switch word {
        case "services":
            self.world.services =
                WorldShape.threeRegions(services: try reader.count("how many services", 1...5000)).services
        case "policy":
            while !reader.isAtEnd {
                let part = try reader.choose(["relief", "evacuation"])
                let text = try reader.choose(Autonomy.allCases.map(\.rawValue))
                let autonomy = Autonomy(rawValue: text) ?? .observe
                if part == "relief" {
                    self.world.policy.relief = autonomy
                } else {
                    self.world.policy.evacuation = autonomy
                }
            }
        case "people":
            var people = self.world.people ?? People(roles: [:])
            while !reader.isAtEnd {
                switch try reader.choose(["alone", "approval-within"]) {
                case "alone": people.aloneUpTo = try reader.points("what one person moves alone")
                default:
                    people.approvalWithin = try reader.span("the time for an approval", atLeast: .milliseconds(1))
                }
            }
            self.world.people = people
        case "name-servers": self.world.zoneServers = try reader.count("how many name servers", 1...16)
        case "starts":
            let text = try reader.name("the time of the start")
            guard let wall = Units.wall(text) else {
                throw LineProblem("the start is '\(text)'; allowed is a UTC time as in 2023-11-15T12:00:00Z")
            }
            self.world.startsAt = wall
        case "controllers": try self.readControllers(&reader)
        case "stock": self.world.stock = try reader.points("the dark stock", 0...100_000)
        case "cold-start": self.world.coldStart = try reader.span("a cold start")
        case "usual-failures": self.world.usualFailures = try reader.points("the usual failures")
        default:
            let span = try reader.span("the history")
            guard span.milliseconds % Span.days(1).milliseconds == 0, span <= .days(60) else {
                throw LineProblem("the history is \(Units.text(span)); allowed are whole days up to 60d")
            }
            self.world.historyDays = Int(span.milliseconds / Span.days(1).milliseconds)
        }
    }

    private static func region(_ reader: inout LineReader) throws(LineProblem) -> WorldShape.Region {
        let name = try reader.region()
        try reader.expect("group")
        return WorldShape.Region(name: name, group: FailureGroup(try reader.name("a failure group")))
    }

    /// `world geography europe home eu-west-1 peak 1200/s ahead 1h savior us-east-1 50% savior us-west-2 50%`.
    private static func geography(_ reader: inout LineReader) throws(LineProblem) -> WorldShape.Geography {
        let name = GeographyID(try reader.name("a geography"))
        try reader.expect("home")
        let home = try reader.region()
        try reader.expect("peak")
        let peak = try reader.rate("the peak of the week")
        var place = WorldShape.Geography(name: name, home: home, saviors: [:], peak: peak, hoursAhead: 0)
        while !reader.isAtEnd {
            switch try reader.choose(["ahead", "savior"]) {
            case "ahead": place.hoursAhead = try Self.hours(&reader)
            default:
                let savior = try reader.region()
                guard place.saviors[savior] == nil else { throw LineProblem("\(savior) is a savior twice") }
                guard savior != home else { throw LineProblem("\(savior) is the home and can not be a savior") }
                place.saviors[savior] = try reader.points("the part for this savior", 1...10_000)
            }
        }
        let sum = place.saviors.values.reduce(0, +)
        guard sum == 10_000 else {
            throw LineProblem("the parts of the saviors sum to \(Units.text(points: sum)); they must be 100% together")
        }
        return place
    }

    private static func hours(_ reader: inout LineReader) throws(LineProblem) -> Int {
        let text = try reader.name("the hours ahead of UTC")
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        guard digits.hasSuffix("h"), let count = Units.whole(digits.dropLast()),
            (text.hasPrefix("-") ? 0...12 : 0...14).contains(count)
        else { throw LineProblem("the hours ahead of UTC are '\(text)'; allowed is -12h to 14h") }
        return text.hasPrefix("-") ? -Int(count) : Int(count)
    }

    private static func service(_ reader: inout LineReader) throws(LineProblem) -> WorldShape.Service {
        let name = ServiceID(try reader.name("a service"))
        try reader.expect("weight")
        let weight = try reader.count("the weight", 1...1_000_000)
        try reader.expect("capacity")
        let rate = try reader.rate("what an instance carries")
        guard rate >= 1, rate == rate.rounded() else {
            throw LineProblem(
                "what an instance carries is \(Units.text(rate: rate)); allowed are whole requests, as in 400/s"
            )
        }
        return WorldShape.Service(name: name, weight: weight, instanceCapacity: Int(rate))
    }

    private mutating func readLimit(_ reader: inout LineReader) throws(LineProblem) {
        let known = LimitWord.all
        let word = try reader.choose(known.map(\.name))
        try self.onlyOnce("world limit \(word)")
        guard let limit = known.first(where: { $0.name == word }) else { return }
        switch limit.place {
        case .span(let path): self.world.limits[keyPath: path] = try reader.span(word, atLeast: .milliseconds(1))
        case .points(let path): self.world.limits[keyPath: path] = try reader.points(word)
        case .count(let path): self.world.limits[keyPath: path] = try reader.count(word, 1...1_000_000)
        case .ladder(let path):
            var rungs: [Int] = []
            repeat { rungs.append(try reader.points("a rung", 1...10_000)) } while !reader.isAtEnd
            guard rungs.last == 10_000, zip(rungs, rungs.dropFirst()).allSatisfy({ $0 < $1 }), rungs[0] <= 100 else {
                throw LineProblem("a ladder begins with at most 1%, rises and ends with 100%, as in 1% 10% 50% 100%")
            }
            self.world.limits[keyPath: path] = rungs
        }
    }
}

/// A limit by the name that the fleet file gives it.
struct LimitWord {
    enum Place {
        case span(WritableKeyPath<Limits, Span>)
        case points(WritableKeyPath<Limits, Int>)
        case count(WritableKeyPath<Limits, Int>)
        case ladder(WritableKeyPath<Limits, [Int]>)
    }

    var name: String
    var place: Place

    /// In the order of docs/limits.md.
    static var all: [LimitWord] {
        [
            LimitWord(name: "bucket", place: .span(\.bucket)),
            LimitWord(name: "staleAfter", place: .span(\.staleAfter)),
            LimitWord(name: "dipBelow", place: .points(\.dipBelow)),
            LimitWord(name: "reliefAfter", place: .count(\.reliefAfter)),
            LimitWord(name: "reliefReturnAfter", place: .span(\.reliefReturnAfter)),
            LimitWord(name: "maxReliefs", place: .count(\.maxReliefs)),
            LimitWord(name: "reliefWindow", place: .span(\.reliefWindow)),
            LimitWord(name: "hardenAfter", place: .span(\.hardenAfter)),
            LimitWord(name: "hardenAfterRelieved", place: .span(\.hardenAfterRelieved)),
            LimitWord(name: "ladder.emergency", place: .ladder(\.emergencyLadder)),
            LimitWord(name: "ladder.gentle", place: .ladder(\.gentleLadder)),
            LimitWord(name: "soak.min", place: .span(\.soakMin)),
            LimitWord(name: "soak.max", place: .span(\.soakMax)),
            LimitWord(name: "saviorLimit", place: .points(\.saviorLimit)),
            LimitWord(name: "maxRegionShare", place: .points(\.maxRegionShare)),
            LimitWord(name: "residual", place: .points(\.residual)),
            LimitWord(name: "residualFor", place: .span(\.residualFor)),
            LimitWord(name: "stableFor", place: .span(\.stableFor)),
            LimitWord(name: "blockWindow", place: .span(\.blockWindow)),
            LimitWord(name: "maxAutomaticPerDay", place: .count(\.maxAutomaticPerDay)),
            LimitWord(name: "dnsTTL", place: .span(\.dnsTTL)),
            LimitWord(name: "dnsMaxChange", place: .points(\.dnsMaxChange)),
            LimitWord(name: "freezeCheck", place: .span(\.freezeCheck)),
            LimitWord(name: "callTimeout", place: .span(\.callTimeout)),
            LimitWord(name: "maxAttempts", place: .count(\.maxAttempts)),
            LimitWord(name: "callsPerSecond", place: .count(\.callsPerSecond)),
        ]
    }
}
