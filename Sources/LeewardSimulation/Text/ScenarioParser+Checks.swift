import LeewardEngine
import LeewardModel

extension ScenarioParser {
    /// Puts the lines together and holds them against each other.
    consuming func finish() throws(ScenarioProblems) -> Scenario {
        self.buildWorld()
        self.checkNames()
        self.checkLease()
        self.checkTimes()
        if self.name == nil { self.complain("the name is missing; say: scenario NAME", line: 0) }
        if self.length == nil {
            self.complain("the length is missing; say how long it runs, as in: length 10m", line: 0)
        }
        guard self.problems.isEmpty, let name = self.name, let length = self.length else {
            // Problems of one line keep their order.
            let sorted = self.problems.enumerated().sorted {
                ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
            }
            throw ScenarioProblems(sorted.map(\.element))
        }
        return Scenario(
            name: name,
            about: self.about,
            world: self.world,
            length: length.value,
            faults: self.faults.map(\.value),
            commands: self.commands.map(\.value),
            cut: self.cut,
            paces: self.paces,
            expectations: self.expectations.map(\.value),
            forbidden: self.forbidden.map(\.value),
            hands: self.hands.map(\.value),
            crowd: self.crowd.map { said in
                var crowd = said.value
                // Said without an end they go on until all can still come to rest.
                if crowd.until == .zero { crowd.until = max(crowd.from, length.value - .minutes(5)) }
                return crowd
            }
        )
    }

    // MARK: - The world

    private mutating func buildWorld() {
        if !self.regions.isEmpty { self.world.regions = self.regions.map(\.value) }
        if !self.geographies.isEmpty { self.world.geographies = self.geographies.map(\.value) }
        if !self.services.isEmpty { self.world.services = self.services.map(\.value) }
        if !self.clients.isEmpty { self.world.clients = self.clients.map(\.value) }
        self.checkUnique(self.regions, "region", \.name.text, 2...32)
        self.checkUnique(self.geographies, "geography", \.name.text, 1...64)
        self.checkUnique(self.services, "service", \.name.text, 1...5000)
        let parts = self.world.clients.reduce(0) { $0 + $1.part }
        if parts != 10_000, let first = self.clients.first {
            let text = "the parts of the clients sum to \(Units.text(points: parts)); they must be 100% together"
            self.complain(text, line: first.line)
        }
        let known = self.world.regions.map(\.name.text)
        let lines = self.geographies.map(\.line)
        for (index, place) in self.world.geographies.enumerated() {
            let line = index < lines.count ? lines[index] : self.regions.first?.line ?? 0
            for region in [place.home] + place.saviors.keys where !known.contains(region.text) {
                self.complain(
                    "geography \(place.name): region " + Nearest.sentence(region.text, among: known),
                    line: line
                )
            }
        }
    }

    private mutating func checkUnique<Value>(
        _ said: [Said<Value>],
        _ what: String,
        _ name: (Value) -> String,
        _ range: ClosedRange<Int>
    ) {
        var seen: SortedMap<String, Int> = [:]
        for item in said {
            let text = name(item.value)
            if let first = seen[text] {
                self.complain("\(what) \(text) was already given in line \(first)", line: item.line)
            }
            seen[text] = item.line
        }
        if let last = said.last, !range.contains(said.count) {
            let text =
                "there are \(said.count) lines 'world \(what)'; allowed are \(range.lowerBound) to \(range.upperBound)"
            self.complain(text, line: last.line)
        }
    }

    // MARK: - Names

    private mutating func checkNames() {
        let regions = self.world.regions.map(\.name.text)
        let geographies = self.world.geographies.map(\.name.text)
        let services = self.world.services.map(\.name.text)
        for said in self.faults {
            let fault = said.value.fault
            for region in fault.regions where !regions.contains(region.text) {
                self.complain("region " + Nearest.sentence(region.text, among: regions), line: said.line)
            }
            switch fault {
            case .surge(let name, _) where !geographies.contains(name.text):
                self.complain("geography " + Nearest.sentence(name.text, among: geographies), line: said.line)
            case .deploy(let name, _, _) where !services.contains(name.text),
                .serviceRate(let name, _, _) where !services.contains(name.text):
                self.complain("service " + Nearest.sentence(name.text, among: services), line: said.line)
            case .nameServerSilent(let index) where index >= self.world.zoneServers,
                .nameServerStale(let index) where index >= self.world.zoneServers:
                self.complain(
                    "there is no name server \(index + 1); the world has \(self.world.zoneServers)",
                    line: said.line
                )
            default: self.checkController(fault, line: said.line)
            }
        }
        for said in self.expectations {
            guard case .verdict(.regional(let region), _) = said.value else { continue }
            guard !regions.contains(region.text) else { continue }
            self.complain("region " + Nearest.sentence(region.text, among: regions), line: said.line)
        }
        for said in self.forbidden {
            guard case .verdict(.regional(let region)) = said.value, !regions.contains(region.text) else { continue }
            self.complain("region " + Nearest.sentence(region.text, among: regions), line: said.line)
        }
    }

    // MARK: - Times

    private mutating func checkTimes() {
        let tick = self.paces.tick.milliseconds
        for span in [self.paces.edge, self.paces.capacity, self.paces.zone, self.paces.signals]
        where span.milliseconds % tick != 0 {
            self.complain(
                "pace \(Units.text(span)) is no whole multiple of the tick, \(Units.text(self.paces.tick))",
                line: 0
            )
        }
        guard let length = self.length else { return }
        let late =
            self.faults.map { ($0.value.at, $0.line) } + self.commands.map { ($0.value.at, $0.line) }
            + self.hands.map { ($0.value.at, $0.line) }
        for (at, line) in late where at >= length.value {
            let text =
                "at \(Units.text(at)) is not before the end of the run, which is \(Units.text(length.value)) long; "
            self.complain(text + "make it longer in line \(length.line)", line: line)
        }
        let first = self.faults.map(\.value.at).min() ?? .zero
        for said in self.expectations {
            guard let within = said.value.within, first + within > length.value else { continue }
            self.complain(
                "within \(Units.text(within)) of the first fault is after the end of the run, "
                    + "which is \(Units.text(length.value)) long",
                line: said.line
            )
        }
    }
}

extension Expectation {
    /// Counted from the first fault.
    fileprivate var within: Span? {
        switch self {
        case .verdict(_, let span), .phase(_, let span), .residual(let span), .paged(let span), .refused(_, let span):
            span
        case .ended, .failuresAtMost: nil
        }
    }
}

extension Fault {
    /// The regions that it names.
    var regions: [RegionID] {
        switch self {
        case .successRate(let region, _), .serviceRate(_, .some(let region), _), .hang(let region),
            .network(let region), .capacity(let region, _), .edgeDown(let region), .agentSilent(let region),
            .calls(.provider(let region), _), .calls(.edge(let region), _),
            .coldStartsFail(let region, _), .darkDefects(let region, _, _), .freezeReverted(let region),
            .deploy(_, let region, _), .batch(let region, _), .listing(let region, _):
            [region]
        case .path(let from, let to): [from, to]
        case .telemetry(_, let region): region.map { [$0] } ?? []
        case .successRateEverywhere, .serviceRate(_, nil, _), .surge, .calls(.zone, _), .nameServerSilent,
            .nameServerStale, .controllerKilled, .delegationGone, .journalRefuses, .controllerPaused, .controllerClock,
            .controllerWall, .coordination, .leaseLost:
            []
        }
    }
}
