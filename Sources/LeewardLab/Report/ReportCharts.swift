import LeewardModel

/// All charts of a report over one time axis, as one SVG: bands, traffic, good part, shares, residual, instances.
struct ReportCharts {
    let record: DrillRecord
    let scale: ReportScale
    private var svg = ""
    private var y = 0.0

    init(_ record: DrillRecord, scale: ReportScale) {
        self.record = record
        self.scale = scale
    }

    static func text(_ record: DrillRecord, scale: ReportScale) -> String {
        var charts = ReportCharts(record, scale: scale)
        charts.drawEvents()
        let top = charts.y
        charts.drawPhases()
        charts.drawTraffic()
        charts.drawGood()
        charts.drawShares()
        charts.drawResidual()
        charts.drawInjected()
        let bottom = charts.y
        charts.drawAxis()
        let back = charts.background(from: top, to: bottom)
        let size = "0 0 \(Markup.at(ReportScale.width)) \(Markup.at(charts.y))"
        return """
            <svg id="charts" viewBox="\(size)" role="img" aria-label="Charts of the drill over time" \
            data-top="\(Markup.at(top))" data-bottom="\(Markup.at(bottom))">\(back)\(charts.svg)\
            <line id="cross" class="cross" y1="\(Markup.at(top))" y2="\(Markup.at(bottom))"/></svg>
            """
    }

    /// Tinted phases and a line for every event, behind everything.
    private func background(from top: Double, to bottom: Double) -> String {
        var text = ""
        for band in self.scale.bands {
            let x = self.scale.x(band.from)
            text += """
                <rect class="band \(Self.bandClass(band.phase))" x="\(Markup.at(x))" y="\(Markup.at(top))" \
                width="\(Markup.at(self.scale.x(band.to) - x))" height="\(Markup.at(bottom - top))"/>
                """
        }
        for event in self.scale.events {
            let x = Markup.at(self.scale.x(event.at))
            text += self.eventLine(x, from: Markup.at(top), to: Markup.at(bottom))
        }
        return text
    }

    private func eventLine(_ x: String, from: String, to: String) -> String {
        "<line class=\"event\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(from)\" y2=\"\(to)\"/>"
    }

    /// Names above the lines, on as few rows as they need.
    private mutating func drawEvents() {
        var ends: [Double] = []
        var labels: [(row: Int, x: Double, event: ReportEvent)] = []
        for event in self.scale.events {
            let x = self.scale.x(event.at)
            let width = Double(event.name.count + 9) * 6.5 + 10
            let row = ends.firstIndex { $0 <= x } ?? ends.count
            if row == ends.count { ends.append(0) }
            ends[row] = x + width
            labels.append((row, x, event))
        }
        let height = Double(ends.count) * 16 + 6
        for label in labels {
            let isLate = label.x + Double(label.event.name.count + 9) * 6.5 > ReportScale.width
            let y = Markup.at(Double(label.row) * 16 + 12)
            let x = Markup.at(label.x)
            self.svg += self.eventLine(x, from: y, to: Markup.at(height))
            self.svg += """
                <text class="eventname" x="\(Markup.at(label.x + (isLate ? -4 : 4)))" y="\(y)" \
                text-anchor="\(isLate ? "end" : "start")">\(Markup.escape(label.event.name)) \
                <tspan class="mute">\(label.event.at == 0 ? "" : Markup.offset(label.event.at))</tspan></text>
                """
        }
        self.y = height
    }

    private mutating func drawPhases() {
        for band in self.scale.bands {
            let x = self.scale.x(band.from)
            let width = self.scale.x(band.to) - x
            let name = Markup.escape(band.phase)
            self.svg += """
                <g><title>\(name), \(Markup.span(band.to - band.from))</title>\
                <rect class="phase \(Self.bandClass(band.phase))" \
                x="\(Markup.at(x + 0.5))" y="\(Markup.at(self.y))" width="\(Markup.at(max(width - 1, 1)))" height="20" rx="3"/>
                """
            if width > Double(band.phase.count) * 6.2 + 6 {
                self.svg += """
                    <text class="phasename" x="\(Markup.at(x + width / 2))" y="\(Markup.at(self.y + 14))" \
                    text-anchor="middle">\(name)</text>
                    """
            }
            self.svg += "</g>"
        }
        self.label("phase", y: self.y + 14)
        self.y += 30
    }

    private mutating func drawAxis() {
        for tick in self.scale.ticks {
            let x = Markup.at(self.scale.x(tick))
            let name = tick == 0 ? "0" : Self.tickName(tick)
            self.svg += """
                <line class="tick" x1="\(x)" x2="\(x)" y1="\(Markup.at(self.y))" y2="\(Markup.at(self.y + 4))"/>\
                <text class="axis" x="\(x)" y="\(Markup.at(self.y + 17))" text-anchor="middle">\(name)</text>
                """
        }
        self.label("seconds", y: self.y + 17)
        self.y += 26
    }

    private static func tickName(_ seconds: Double) -> String {
        let whole = Int(abs(seconds))
        guard whole >= 120 else { return "\(Int(seconds)) s" }
        return "\(seconds < 0 ? "-" : "")\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }

    static func bandClass(_ phase: String) -> String {
        switch phase {
        case "relieving": "b-relief"
        case "shifting", "returning": "b-shift"
        case "publishing": "b-publish"
        case "settling", "evacuated": "b-settled"
        case "held", "refused", "rolledBack": "b-held"
        default: "b-other"
        }
    }

    // What the other files of this folder draw with.

    mutating func append(_ text: String) { self.svg += text }

    mutating func advance(_ height: Double) { self.y += height }

    var top: Double { self.y }

    mutating func label(_ text: String, y: Double) {
        self.svg += """
            <text class="rowname" x="\(Markup.at(ReportScale.left - 10))" y="\(Markup.at(y))" text-anchor="end">\
            \(Markup.escape(text))</text>
            """
    }

    /// A horizontal grid line with its value at the left.
    mutating func grid(_ name: String, y: Double) {
        let end = Markup.at(ReportScale.width - ReportScale.right)
        self.svg += """
            <line class="grid" x1="\(Markup.at(ReportScale.left))" x2="\(end)" y1="\(Markup.at(y))" y2="\(Markup.at(y))"/>\
            <text class="axis" x="\(Markup.at(ReportScale.left - 8))" y="\(Markup.at(y + 4))" text-anchor="end">\(name)</text>
            """
    }

    mutating func title(_ text: String, note: String = "") {
        self.svg += """
            <text class="charttitle" x="\(Markup.at(ReportScale.left))" y="\(Markup.at(self.y + 12))">\(Markup.escape(text))\
            <tspan class="mute" dx="8">\(Markup.escape(note))</tspan></text>
            """
        self.y += 22
    }
}
