import LeewardModel

/// Progress as text: a block that is drawn again and again on a terminal, or single lines elsewhere.
struct DrillProgress {
    var kind: String
    var region: RegionID
    var geographies: [GeographyID]
    /// Nil until the region was broken.
    var outage: WallTime?

    /// Lines of the block, cut to the width; `paint` adds colour.
    func block(_ view: DrillView, width: Int, paint: (Paint, String) -> String) -> [String] {
        let status = view.daemon?.status
        var lines: [String] = []
        func add(_ name: String, _ value: String, _ colour: Paint? = nil) {
            let cut = String(value.prefix(max(width - 17, 20)))
            let label = name.padding(to: 15)
            lines.append(paint(.soft, label) + " " + (colour.map { paint($0, cut) } ?? cut))
        }
        add("drill", "\(self.kind) in \(self.region)   \(self.elapsed(view))")
        add("phase", self.phase(view), view.phase == "held" ? .bad : .strong)
        add("verdict", status.map { "\($0.verdict)" } ?? "no controller")
        add("", status?.waiting ?? status?.reason ?? "")
        let good = self.good(view)
        add("good", "\(good.text) \(self.bar(good.part))", good.part >= 0.999 ? .good : .bad)
        add("injected", "\(view.injected) instances")
        for geography in self.geographies { add(geography.text, self.shares(view, geography)) }
        return lines
    }

    /// All of it in one line.
    func line(_ view: DrillView) -> String {
        let shares = self.geographies.map { "\($0) \(self.shares(view, $0))" }.joined(separator: "; ")
        let status = view.daemon?.status
        let verdict = status.map { "verdict \($0.verdict), \($0.reason)" } ?? "no controller"
        return "\(self.elapsed(view))  \(self.phase(view))  good \(self.good(view).text)  "
            + "injected \(view.injected)  \(shares)  \(verdict)"
    }

    /// What makes a new line worth printing before its time.
    func key(_ view: DrillView) -> String {
        let shares = self.geographies.map { self.shares(view, $0) }.joined(separator: ";")
        return "\(view.phase) \(view.daemon?.status.verdict.description ?? "") \(view.injected) \(shares)"
    }

    private func elapsed(_ view: DrillView) -> String {
        self.outage.map { Markup.offset((view.time - $0).seconds) } ?? "before"
    }

    private func phase(_ view: DrillView) -> String { view.phase.isEmpty ? "at rest" : view.phase }

    private func good(_ view: DrillView) -> (text: String, part: Double) {
        let tally = view.recent(2)
        guard tally.due > 0 else { return ("-", 0) }
        return (ReportTables.part(tally), Double(tally.good) / Double(tally.due))
    }

    private func shares(_ view: DrillView, _ geography: GeographyID) -> String {
        guard let shares = view.shares[geography] else { return "unknown" }
        return shares.map { "\($0) \(Markup.percent($1))" }.joined(separator: ", ")
    }

    private func bar(_ part: Double) -> String {
        let full = Int(part * 20)
        return String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
    }
}

/// Colours by meaning.
enum Paint {
    case soft, strong, good, bad
    var code: String {
        switch self {
        case .soft: "2"
        case .strong: "1"
        case .good: "32"
        case .bad: "31"
        }
    }
}

extension String {
    func padding(to length: Int) -> String {
        self + String(repeating: " ", count: max(0, length - self.count))
    }
}
