import Foundation
import LeewardModel

/// `report.html`: one file that needs nothing else, made from a drill's record.
enum ReportHTML {
    static func text(_ record: DrillRecord) -> String {
        let scale = ReportScale(record)
        let figures = DrillFigures(record)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Leeward drill: \(Markup.escape(self.heading(record)))</title>
            <style>\(ReportStyle.css)</style></head><body><main>
            \(self.header(record))
            \(self.clocks(record, figures))
            \(self.counts(record, figures))
            <section class="charts">\(self.legend(record, scale))\(ReportCharts.text(record, scale: scale))
            <div id="tip" hidden></div></section>
            \(ReportTables.checks(record))
            \(ReportTables.decisions(record, scale: scale))
            <div class="\(scale.bands.isEmpty ? "single" : "pair")">\(ReportTables.phases(scale))\
            \(ReportTables.users(record))</div>
            \(ReportTables.shares(record, scale: scale))
            <footer>Times count from the \(record.isPlanned ? "operator's command" : "outage"). Every request is counted \
            in the second in which it was due, and no client retries. Recovery is the first of ten seconds in a row \
            with at least 99.9 % good requests. The numbers are in report.json beside this file.</footer>
            </main><script>const drill=\(self.data(record, scale));\(ReportStyle.script)</script></body></html>

            """
    }

    private static func heading(_ record: DrillRecord) -> String {
        if record.isPlanned { return "planned evacuation of \(record.region)" }
        let blip = record.blipSeconds.map { " for \(Markup.fixed($0, 0)) s" } ?? ""
        return "\(record.kind) in \(record.region)\(blip)"
    }

    private static func header(_ record: DrillRecord) -> String {
        let hasPassed = record.checks.allSatisfy(\.isMet)
        let mode = [record.hasDaemon ? nil : "without controller", record.hasShadow ? nil : "without shadow clusters"]
            .compactMap { $0 }
        let length = (record.moments.ended - record.moments.begun).seconds
        var facts = [Self.date(record.moments.begun), Markup.span(length)] + mode
        if let id = record.evacuation { facts.append("\(id), ended \(record.phase)") }
        let verdict =
            record.checks.isEmpty
            ? "" : "<span class=\"pill \(hasPassed ? "yes" : "no")\">\(hasPassed ? "✓ passed" : "✗ failed")</span>"
        return """
            <header><div><p class="brand">Leeward drill</p><h1>\(Markup.escape(self.heading(record)))</h1>
            <p class="mute">\(facts.map(Markup.escape).joined(separator: " · "))</p></div>\(verdict)</header>
            """
    }

    private static func clocks(_ record: DrillRecord, _ figures: DrillFigures) -> String {
        let moments = record.moments
        func between(_ from: WallTime?, _ to: WallTime?) -> Double? {
            from.flatMap { from in to.map { ($0 - from).seconds } }
        }
        let cards: [(String, Double?, String)] =
            record.isPlanned
            ? [
                ("Moved", between(moments.outage, moments.evacuated), "command to evacuated"),
                ("DNS", figures.committed, "command to DNS read back"),
                ("Back", between(moments.failback, moments.done), "failback to done"),
            ]
            : [
                ("Detect", figures.detect, "outage to verdict"), ("Decide", figures.decide, "verdict to first intent"),
                ("Execute", figures.execute, "first intent to DNS read back"),
                (
                    "Recover", figures.recover,
                    record.kind == "edge-down" ? "to 99.9 % of those who honour TTLs" : "outage to 99.9 % good"
                ),
            ]
        var tiles = cards.map { self.card($0, self.big($1), $2) }
        if record.isPlanned {
            let of = "of \(Markup.grouped(figures.total.due)) requests"
            tiles.insert(self.card("Lost", Markup.grouped(figures.total.failed), of), at: 0)
        }
        return "<div class=\"cards\">\(tiles.joined())</div>"
    }

    private static func card(_ name: String, _ value: String, _ note: String) -> String {
        """
        <div class="card"><p class="name">\(name)</p><p class="big">\(value)</p><p class="mute">\(note)</p></div>
        """
    }

    private static func big(_ value: Double?) -> String {
        guard let value else { return "<span class=\"mute\">–</span>" }
        return "\(Markup.fixed(value, value < 99.95 ? 1 : 0))<small> s</small>"
    }

    private static func counts(_ record: DrillRecord, _ figures: DrillFigures) -> String {
        let ledger = record.ledger
        var facts: [(String, String)] = [
            ("requests", Markup.grouped(figures.total.due)), ("failed", Markup.grouped(figures.total.failed)),
            ("good", ReportTables.part(figures.total)),
        ]
        if !record.isPlanned {
            let failed = figures.recover == nil ? "not recovered" : Markup.grouped(figures.failedAfterRecovery)
            facts.append(("failed after recovery", failed))
        }
        facts.append(("residual", figures.residualBasisPoints.map { "\($0) bp" } ?? "–"))
        facts.append(("injected / withdrawn", "\(ledger.injected) / \(ledger.withdrawn)"))
        facts.append(("orphans", String(ledger.orphans)))
        let items = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        return "<dl class=\"facts\">\(items.joined())</dl>"
    }

    private static func legend(_ record: DrillRecord, _ scale: ReportScale) -> String {
        let regions = scale.regions.map { region in
            let note = region == record.region ? " <span class=\"mute\">evacuee</span>" : ""
            return "<span><i class=\"key r\(scale.color(region))\"></i>\(Markup.escape(region.text))\(note)</span>"
        }
        return "<p class=\"legend\">\(regions.joined())<span><i class=\"key bad\"></i>failed</span></p>"
    }

    /// What the pointer shows: per second its time, due, good, and good by region.
    private static func data(_ record: DrillRecord, _ scale: ReportScale) -> String {
        var rows: [String] = []
        for second in record.timeline {
            let at = scale.seconds(second.start)
            guard at >= scale.first, at <= scale.last else { continue }
            let served = second.served
            let values = [second.total.due, second.total.good] + scale.regions.map { served[$0] ?? 0 }
            rows.append("[\(Markup.fixed(at, 1)),\(values.map(String.init).joined(separator: ","))]")
        }
        let names = scale.regions.map { "\"\(self.scriptText($0.text))\"" }.joined(separator: ",")
        let bands = scale.bands.map {
            "[\(Markup.fixed($0.from, 2)),\(Markup.fixed($0.to, 2)),\"\(self.scriptText($0.phase))\"]"
        }
        let left = ReportScale.left
        let inner = ReportScale.width - left - ReportScale.right
        return """
            {left:\(left),inner:\(inner),first:\(scale.first),last:\(scale.last),regions:[\(names)],\
            bands:[\(bands.joined(separator: ","))],rows:[\(rows.joined(separator: ","))]}
            """
    }

    /// Only what names are made of can end up between quotes inside a script.
    private static func scriptText(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
    }

    private static func date(_ time: WallTime) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "d MMM yyyy HH:mm 'UTC'"
        return formatter.string(from: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
    }
}
