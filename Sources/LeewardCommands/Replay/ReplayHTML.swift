import Foundation
import LeewardDetection
import LeewardModel

/// The page of a replay: one file that needs nothing else.
enum ReplayHTML {
    static func text(_ outcome: ReplayOutcome) -> String {
        let title = "Leeward replay: \(outcome.fleet.name)"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Page.escape(title))</title><style>\(ReplayStyle.css)</style></head><body><main>
            \(self.header(outcome))
            \(self.cards(outcome))
            <section><h2>Settings</h2>\(self.table(ReplaySections.settings(outcome)))</section>
            \(outcome.fleet.regions.keys.map { self.region($0, outcome) }.joined(separator: "\n"))
            \(self.courses(outcome))
            \(self.missed(outcome))
            \(self.capacity(outcome))
            \(self.trust(outcome))
            <section><h2>Before you believe it</h2><ul>
            \(outcome.caveats.map { "<li>\(Page.escape($0))</li>" }.joined(separator: "\n"))
            </ul></section>
            <footer>Each mark stands where the controller with this setting would have called the dip, from what was known by \
            then. Marks, capacity and trust are those of the first setting. All times are UTC.</footer>
            </main></body></html>

            """
    }

    private static func header(_ outcome: ReplayOutcome) -> String {
        let time = "\(Numbers.time(outcome.liveFrom)) to \(Numbers.time(outcome.end))"
        let taught = Numbers.lasting(outcome.liveFrom - outcome.taughtFrom)
        return """
            <header><p class="brand">Leeward replay</p><h1>\(Page.escape(outcome.fleet.name))</h1>
            <p class="mute">\(time) · buckets of \(outcome.step) · taught by up to \(taught) before</p></header>
            """
    }

    private static func cards(_ outcome: ReplayOutcome) -> String {
        guard let run = outcome.first else { return "" }
        let most = outcome.capacities.values.compactMap(\.more).max()
        let cards = [
            (
                "Alarms a week", Numbers.short(run.result.marksPerWeek),
                "\(run.marks.count) in \(Numbers.short(run.result.weeks)) weeks with data"
            ),
            (
                "Regional", String(run.count(.regional)),
                "\(run.reliefs) reliefs, \(run.evacuations) evacuations where relief does not help"
            ),
            ("Global", String(run.count(.global)), "would have called a person"),
            (
                "Precision", Numbers.part(run.precision),
                outcome.isJudged
                    ? "\(run.count(.confirmed)) confirmed, \(run.count(.wrong)) wrong, \(run.missed.count) missed"
                    : "nobody has judged the marks"
            ),
            (
                "Missing capacity", most.map(String.init) ?? "-",
                "instances beyond the saviors' own need, at the largest mark"
            ),
        ]
        let html = cards.map { name, value, note in
            "<div class=\"card\"><p class=\"name\">\(name)</p><p class=\"big\">\(Page.escape(value))</p>"
                + "<p class=\"mute\">\(Page.escape(note))</p></div>"
        }
        return "<div class=\"cards\">\(html.joined())</div>"
    }

    private static func region(_ region: RegionID, _ outcome: ReplayOutcome) -> String {
        let chart = ReplayChart(region, outcome)
        let own = chart.own(0)
        let rows = own.map { place, judged in
            """
            <tr><td><span class="pin \(Page.kind(judged))">\(place)</span></td>\
            <td class="number">\(Numbers.time(judged.mark.time))</td>\
            <td>\(judged.mark.kind == .regional ? "regional" : Page.escape(ReplaySections.place(judged.mark)))</td>\
            <td class="number">\(Numbers.part(judged.mark.depth))</td>\
            <td class="number">\(ReplaySections.lasting(outcome, judged.mark))</td>\
            <td>\(Page.escape(ReplaySections.judgement(judged)))</td>\
            <td>\(Page.escape(judged.mark.evidence[region] ?? ""))</td></tr>
            """
        }
        let table =
            rows.isEmpty
            ? "<p class=\"mute\">No mark.</p>"
            : """
            <table><thead><tr><th>#</th><th>when</th><th>what</th><th>missing</th><th>lasted</th><th>judged</th>\
            <th>evidence</th></tr></thead><tbody>\(rows.joined())</tbody></table>
            """
        return """
            <section class="chart"><h2>\(Page.escape(region.text))</h2>
            <p class="legend"><span><i class="key krate"></i>served</span><span><i class="key kexpected"></i>expected</span>\
            <span><i class="key kband"></i>band: \(outcome.fleet.limits.reliefAfter) buckets in a row below it are a dip</span>\
            <span><i class="key kdip"></i>dip</span></p>
            \(chart.text)\(self.closeUps(region, outcome, own.map { $0 }))\(table)</section>
            """
    }

    /// Each mark from near: in four weeks a dip of half an hour is a hair.
    private static func closeUps(_ region: RegionID, _ outcome: ReplayOutcome, _ own: [(place: Int, mark: JudgedMark)])
        -> String
    {
        guard !own.isEmpty else { return "" }
        let charts = own.prefix(self.mostCloseUps).map { place, judged in
            let dip = outcome.dip(of: judged.mark)
            let length = min(self.longestCloseUp, (dip?.until ?? judged.mark.time) - judged.mark.time)
            let from = judged.mark.time - self.closeUp
            let chart = ReplayChart(region, outcome, near: from...(judged.mark.time + max(0, length) + self.closeUp))
            return
                "<figure>\(chart.text)<figcaption>mark \(place), \(Page.date(judged.mark.time, withHour: false))</figcaption></figure>"
        }
        return "<div class=\"near\">\(charts.joined(separator: "\n"))</div>"
    }

    /// More only make the page heavy; the table has all.
    private static let mostCloseUps = 30
    /// Before a mark and after its dip, in seconds.
    private static let closeUp = 5_400
    private static let longestCloseUp = 10_800

    private static func courses(_ outcome: ReplayOutcome) -> String {
        var html = ""
        if (outcome.first?.count(.regional) ?? 0) > 0 {
            let table = self.table(ReplaySections.courses(outcome), wrapping: true)
            html += "<section><h2>What would have followed</h2>\(table)</section>"
        }
        if !outcome.unmarked.isEmpty {
            let table = self.table(ReplaySections.unmarked(outcome), wrapping: true)
            html += "<section><h2>Dips that got no mark, and why</h2>\(table)</section>"
        }
        return html
    }

    private static func missed(_ outcome: ReplayOutcome) -> String {
        guard let missed = outcome.first?.missed, !missed.isEmpty else { return "" }
        let rows = missed.map { [Numbers.time($0.start), Numbers.time($0.end), $0.region?.text ?? "every region"] }
        let table = self.table(Table(["start", "end", "where"], rows))
        return "<section><h2>Confirmed incidents that no mark named</h2>\(table)</section>"
    }

    private static func capacity(_ outcome: ReplayOutcome) -> String {
        guard !outcome.capacities.isEmpty else { return "" }
        return """
            <section><h2>Capacity an evacuation would have needed</h2>
            \(self.table(ReplaySections.totals(outcome)))
            <h2 class="next">By savior and service</h2>
            <p class="mute">The store knows load, not instances: “more” is what a savior would have needed beyond what its \
            own load at that moment needs within \(Words.percent(outcome.fleet.limits.saviorLimit)) of an instance's \
            capacity. The evacuee's users are spread evenly over its geographies, or “at most” all belong to the one that \
            this savior gets most of.</p>
            \(self.table(ReplaySections.capacity(outcome.capacities)))</section>
            """
    }

    private static func trust(_ outcome: ReplayOutcome) -> String {
        let rungs = TrustRung.allCases
        let rows = outcome.trust.map { trust in
            let steps = rungs.map { rung in
                "<span class=\"rung\(rung <= trust.ruling.allowed ? " on" : "")\">\(rung.rawValue)</span>"
            }
            let lacks = trust.ruling.next.map { "for \($0.rawValue): \(trust.ruling.lacks.joined(separator: ", "))" }
            return """
                <tr><td class="what">\(Page.escape(trust.region.text))</td><td class="ladder">\(steps.joined())</td>\
                <td class="number">\(Numbers.short(trust.record.weeks))</td><td class="number">\(trust.record.alarms)</td>\
                <td class="number">\(trust.record.confirmed)</td>\
                <td class="number">\(Numbers.part(trust.record.precision))</td><td>\(Page.escape(lacks ?? ""))</td></tr>
                """
        }
        return """
            <section><h2>Trust</h2><table><thead><tr><th>region</th><th>what the record allows</th><th>weeks</th>\
            <th>alarms</th><th>confirmed</th><th>precision</th><th>what is missing</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></section>
            """
    }

    private static func table(_ table: Table, wrapping: Bool = false) -> String {
        let head = table.heading.map { "<th>\(Page.escape($0))</th>" }.joined()
        let rows = table.rows.map { row in
            "<tr>" + row.map { "<td\(wrapping ? "" : " class=\"number\"")>\(Page.escape($0))</td>" }.joined() + "</tr>"
        }
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(rows.joined(separator: "\n"))</tbody></table>"
    }
}

/// Small helpers for text that becomes HTML or SVG.
enum Page {
    /// Safe between tags and inside quoted attributes.
    static func escape(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A coordinate: one digit is finer than a pixel.
    static func at(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return tenths % 10 == 0 ? "\(sign)\(abs(tenths) / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// The class that colours a mark.
    static func kind(_ judged: JudgedMark) -> String { "\(judged.mark.kind.rawValue) \(judged.judgement.rawValue)" }

    /// "3 Nov", "3 Nov 14:00".
    static func date(_ seconds: Int, withHour: Bool) -> String {
        self.formatted(seconds, withHour ? "d MMM HH:mm" : "d MMM")
    }

    /// "14:00".
    static func hour(_ seconds: Int) -> String { self.formatted(seconds, "HH:mm") }

    private static func formatted(_ seconds: Int, _ form: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = form
        return formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
    }
}
