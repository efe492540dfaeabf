import Foundation
import LeewardModel

/// What people see of it.
extension BacktestReport {
    var sections: [Section] {
        var sections: [Section] = [
            .line("\(self.fleet): load from \(self.store), \(self.from) to \(self.to)"),
            .line("scored from \(self.scoredFrom) on, at a risk of \(Self.number(self.risk * 100, 0)) %"),
        ]
        sections += self.notes.map { .line("note: \($0)") }
        let heading = ["ahead", "forecasts", "WAPE %", "pinball %", "passed %", "under %", "over %"]
        sections.append(.table(title: "History", Table(["region", "load since", "buckets", "services"], self.history)))
        sections.append(
            .table(
                title: "Evacuations, 30 minutes ahead",
                Table(
                    ["evacuee", "savior", "share"] + heading.dropFirst(),
                    self.evacuations.map { evacuation in
                        let usual = evacuation.quality.first { $0.aheadMinutes == 30 }
                        return [evacuation.evacuee.text, evacuation.savior.text, Words.percent(evacuation.share)]
                            + (usual.map { Self.cells($0).dropFirst() } ?? ["0", "-", "-", "-", "-", "-"])
                    }
                )
            )
        )
        var rows: [[String]] = []
        for service in self.services {
            for quality in service.quality { rows.append([service.service.text] + Self.cells(quality)) }
        }
        for quality in self.total { rows.append(["all"] + Self.cells(quality)) }
        sections.append(.table(title: "Services, worst first", Table(["service"] + heading, rows)))
        let silent = self.series.filter { $0.problem != nil }
        if !silent.isEmpty {
            let rows = silent.map { [$0.service.text, $0.evacuee.text, $0.savior.text, $0.problem ?? ""] }
            sections.append(.table(title: "No answer", Table(["service", "evacuee", "savior", "why"], rows)))
        }
        return sections
    }

    private var history: [[String]] {
        self.regions.map { region in
            let seen = "\(region.buckets) of \(region.possible)"
            return [region.region.text, region.since ?? "-", seen, String(region.services.count)]
        }
    }

    private static func cells(_ quality: Quality) -> [String] {
        let minutes = quality.aheadMinutes
        let ahead = minutes % 60 == 0 && minutes > 60 ? "\(minutes / 60) h" : "\(minutes) min"
        return [
            ahead, String(quality.forecasts), Self.number(quality.wape, 2), Self.number(quality.pinball, 3),
            Self.number(quality.passed, 1), Self.number(quality.under, 1), Self.number(quality.over, 1),
        ]
    }

    private static func number(_ value: Double?, _ places: Int) -> String {
        value.map { String(format: "%.\(places)f", $0) } ?? "-"
    }
}
