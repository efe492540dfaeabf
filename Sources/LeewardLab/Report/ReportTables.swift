import LeewardModel

/// The tables of a report.
enum ReportTables {
    static func checks(_ record: DrillRecord) -> String {
        guard !record.checks.isEmpty else { return "" }
        let rows = record.checks.map { check in
            """
            <tr><td class="mark \(check.isMet ? "yes" : "no")">\(check.isMet ? "✓" : "✗")</td>\
            <td>\(Markup.escape(check.name))</td><td class="found">\(Markup.escape(check.found))</td></tr>
            """
        }
        return self.section("What had to hold", head: ["", "", "found"], rows: rows)
    }

    static func decisions(_ record: DrillRecord, scale: ReportScale) -> String {
        guard !record.decisions.isEmpty else { return "" }
        let rows = record.decisions.map { decision in
            """
            <tr><td class="number">\(Markup.offset(scale.seconds(decision.time)))</td>\
            <td class="what">\(Markup.escape(decision.what))</td><td>\(Markup.escape(decision.reason))</td></tr>
            """
        }
        return self.section("Decisions", head: ["when", "what", "why"], rows: rows)
    }

    static func phases(_ scale: ReportScale) -> String {
        guard !scale.bands.isEmpty else { return "" }
        let rows = scale.bands.map { band in
            """
            <tr><td><span class="key \(ReportCharts.bandClass(band.phase))"></span>\(Markup.escape(band.phase))</td>\
            <td class="number">\(Markup.offset(band.from))</td><td class="number">\(Markup.span(band.to - band.from))</td></tr>
            """
        }
        return self.section("Phases", head: ["phase", "from", "took"], rows: rows)
    }

    static func shares(_ record: DrillRecord, scale: ReportScale) -> String {
        let rows = scale.geographies.map { geography in
            let cells = [record.before, record.during, record.after].map { table in
                "<td>\(self.vector(table[geography], scale: scale))</td>"
            }
            return "<tr><td>\(Markup.escape(geography.text))</td>\(cells.joined())</tr>"
        }
        return self.section(
            "Shares, read back from the proxies",
            head: ["geography", "before", "during", "after"],
            rows: rows
        )
    }

    /// Users by how they treat a TTL, and why requests failed.
    static func users(_ record: DrillRecord) -> String {
        var honouring = RequestTally()
        var ignoring = RequestTally()
        var failures = SortedMap<String, Int>()
        for second in record.timeline {
            honouring = honouring + second.honouring
            ignoring = ignoring + second.ignoring
            for geography in second.geographies.values {
                for (reason, count) in geography.failures { failures[reason, default: 0] += count }
            }
        }
        var rows = [("honour the TTL", honouring), ("ignore the TTL", ignoring)].map { name, tally in
            """
            <tr><td>\(name)</td><td class="number">\(Markup.grouped(tally.due))</td>\
            <td class="number">\(Markup.grouped(tally.failed))</td><td class="number">\(self.part(tally))</td></tr>
            """
        }
        for (reason, count) in failures {
            rows.append(
                """
                <tr class="sub"><td>failed: \(Markup.escape(self.spelled(reason)))</td><td></td>\
                <td class="number">\(Markup.grouped(count))</td><td></td></tr>
                """
            )
        }
        return self.section("Users", head: ["who", "requests", "failed", "good"], rows: rows)
    }

    static func part(_ tally: RequestTally) -> String {
        guard tally.due > 0 else { return "-" }
        // Never rounded up to 100 % while something failed.
        let parts = tally.good * 100_000 / tally.due
        return Markup.fixed(Double(parts) / 1000, parts == 100_000 ? 0 : 3) + " %"
    }

    private static func spelled(_ reason: String) -> String {
        Int(reason) == nil ? reason : "status \(reason)"
    }

    private static func vector(_ shares: SortedMap<RegionID, Int>?, scale: ReportScale) -> String {
        guard let shares, !shares.isEmpty else { return "<span class=\"mute\">-</span>" }
        return shares.filter { $0.1 > 0 }.map { region, points in
            """
            <span class="key r\(scale.color(region))"></span>\(Markup.escape(region.text)) \
            <span class="mute">\(Markup.percent(points))</span>
            """
        }.joined(separator: "<br>")
    }

    private static func section(_ title: String, head: [String], rows: [String]) -> String {
        let names = head.map { "<th>\($0)</th>" }.joined()
        return """
            <section><h2>\(title)</h2><table><thead><tr>\(names)</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></section>
            """
    }
}
