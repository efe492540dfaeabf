import LeewardModel

/// What is printed when drills are over.
enum DrillSummary {
    static func text(_ record: DrillRecord, paint: (Paint, String) -> String) -> String {
        let figures = DrillFigures(record)
        var lines = [""]
        func add(_ name: String, _ value: String, _ note: String = "") {
            lines.append("  \(name.padding(to: 12)) \(value.padding(to: 12)) \(paint(.soft, note))")
        }
        func seconds(_ value: Double?) -> String { value.map { "\(Markup.fixed($0, 1)) s" } ?? "-" }
        let start = record.isPlanned ? "command" : "outage"
        add("detect", seconds(figures.detect), "\(start) to verdict")
        add("decide", seconds(figures.decide), "verdict to first intent")
        add("execute", seconds(figures.execute), "first intent to DNS read back")
        add("recover", seconds(figures.recover), "outage to 99.9 % good")
        add("DNS", seconds(figures.committed), "\(start) to DNS read back")
        add("requests", Markup.grouped(figures.total.due), "\(Markup.grouped(figures.total.failed)) failed")
        lines.append("")
        for check in record.checks {
            let mark = check.isMet ? paint(.good, "✓") : paint(.bad, "✗")
            lines.append("  \(mark) \(check.name)  \(paint(.soft, check.found))")
        }
        return lines.joined(separator: "\n")
    }

    /// The longest median of `secondsTo999` that five runs or more may have; nil where none is promised.
    static func promise(_ kind: String) -> Double? {
        switch LabFault(rawValue: kind) {
        case .backendsDown: 20
        case .brownout: 35
        case .hang, .edgeDown, nil: nil
        }
    }

    /// False when so many runs were made that their median counts, and it is above what is promised.
    static func keepsPromise(_ records: [DrillRecord]) -> Bool {
        guard records.count >= 5, let promise = records.first.flatMap({ self.promise($0.kind) }) else { return true }
        return self.median(records.map { DrillFigures($0).recover }).map { $0 <= promise } ?? false
    }

    /// One line per run and the median; a run that never recovered counts as longer than all others.
    static func runs(_ records: [DrillRecord]) -> String {
        var lines = ["", "  run  secondsTo999  DNS committed  failed  passed"]
        for (index, record) in records.enumerated() {
            let figures = DrillFigures(record)
            let passed = record.checks.allSatisfy(\.isMet) ? "yes" : "no"
            lines.append(
                "  \(String(index + 1).padding(to: 4)) \(self.seconds(figures.recover).padding(to: 13)) "
                    + "\(self.seconds(figures.committed).padding(to: 14)) "
                    + "\(Markup.grouped(figures.total.failed).padding(to: 7)) \(passed)"
            )
        }
        let median = self.seconds(self.median(records.map { DrillFigures($0).recover }))
        let promise = records.first.flatMap { self.promise($0.kind) }.map { ", promised are \(Markup.fixed($0, 0)) s" }
        lines.append("  median secondsTo999 \(median)\(promise ?? "")")
        return lines.joined(separator: "\n")
    }

    /// The middle one, or the worse of the two in the middle.
    static func median(_ values: [Double?]) -> Double? {
        let sorted = values.map { $0 ?? .infinity }.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted[sorted.count / 2]
        return middle.isFinite ? middle : nil
    }

    /// Cold starts take at least five times as long; never coming back is longer than any time.
    static func isWorthwhile(_ with: DrillRecord, _ without: DrillRecord) -> Bool {
        guard let warm = DrillFigures(with).recover else { return false }
        return DrillFigures(without).recover.map { $0 >= 5 * warm } ?? true
    }

    /// The same outage with and without dark instances.
    static func comparison(_ with: DrillRecord, _ without: DrillRecord) -> String {
        let warm = DrillFigures(with).recover
        let cold = DrillFigures(without).recover
        let ratio: String
        if let warm, let cold, warm > 0 {
            ratio = "\(Markup.fixed(cold / warm, 1)) times as long, promised are 5"
        } else {
            ratio = "-"
        }
        return """

              with shadow clusters     \(self.seconds(warm)) to 99.9 %
              with cold starts only    \(self.seconds(cold)) to 99.9 %
              ratio                    \(ratio)
            """
    }

    private static func seconds(_ value: Double?) -> String { value.map { "\(Markup.fixed($0, 1)) s" } ?? "never" }
}
