import LeewardModel

/// The charts that are drawn from the clients' timeline.
extension ReportCharts {
    private var seconds: [(at: Double, second: ClientSecond)] {
        self.record.timeline.map { (self.scale.seconds($0.start) + 0.5, $0) }
            .filter { $0.at >= self.scale.first && $0.at <= self.scale.last }
    }

    /// Requests per second stacked by the region that served them; what failed lies on top.
    mutating func drawTraffic() {
        let height = 190.0
        let seconds = self.seconds
        let peak = Self.ceiling(Double(seconds.map { $0.second.total.due }.max() ?? 0))
        self.title("Requests per second", note: "by the region that served them; red: failed")
        let base = self.top + height
        for part in [0.0, 0.5, 1] {
            self.grid(Markup.grouped(Int(peak * part)), y: base - part * height)
        }
        var floor = seconds.map { _ in 0.0 }
        for region in self.scale.regions {
            let ceiling = zip(floor, seconds).map { $0 + Double($1.second.served[region] ?? 0) }
            let style = "r\(self.scale.color(region))"
            self.area(seconds.map(\.at), floor, ceiling, peak: peak, base: base, height: height, style: style)
            floor = ceiling
        }
        let top = zip(floor, seconds).map { $0 + Double($1.second.total.failed) }
        self.area(seconds.map(\.at), floor, top, peak: peak, base: base, height: height, style: "bad")
        self.advance(height + 16)
    }

    /// The part of due requests that was good.
    mutating func drawGood() {
        let height = 90.0
        self.title("Good requests", note: "2xx within one second of the moment at which the request was due")
        let base = self.top + height
        for part in [0.0, 0.5, 1] { self.grid("\(Int(part * 100)) %", y: base - part * height) }
        let points = self.seconds.compactMap { at, second -> (Double, Double)? in
            let total = second.total
            return total.due > 0 ? (at, Double(total.good) / Double(total.due)) : nil
        }
        self.line(points, base: base, height: height, style: "goodline")
        self.advance(height + 16)
    }

    /// How much of the traffic the evacuee still has, seen from the users.
    mutating func drawResidual() {
        let height = 70.0
        let region = self.record.region
        self.title("Residual at \(region)", note: "solid: served by its instances; dashed: entered at its edge")
        let base = self.top + height
        let rows = self.seconds.compactMap { at, second -> (Double, Double, Double)? in
            let due = second.total.due
            guard due > 0 else { return nil }
            let entered = second.geographies.values.reduce(0) { $0 + ($1.entered[region]?.due ?? 0) }
            return (at, Double(second.served[region] ?? 0) / Double(due), Double(entered) / Double(due))
        }
        let peak = max(rows.map { max($0.1, $0.2) }.max() ?? 0, 0.01)
        let top = (peak * 10).rounded(.up) / 10
        for part in [0.0, 1] { self.grid("\(Int((part * top * 100).rounded())) %", y: base - part * height) }
        self.line(rows.map { ($0.0, $0.2 / top) }, base: base, height: height, style: "entryline")
        self.line(rows.map { ($0.0, $0.1 / top) }, base: base, height: height, style: "servedline")
        self.advance(height + 16)
    }

    mutating func line(_ points: [(Double, Double)], base: Double, height: Double, style: String) {
        let path = points.map { "\(Markup.at(self.scale.x($0.0))),\(Markup.at(base - $0.1 * height))" }
        self.append("<polyline class=\"\(style)\" points=\"\(path.joined(separator: " "))\"/>")
    }

    private mutating func area(
        _ at: [Double],
        _ floor: [Double],
        _ ceiling: [Double],
        peak: Double,
        base: Double,
        height: Double,
        style: String
    ) {
        guard zip(floor, ceiling).contains(where: { $0 < $1 }) else { return }
        let upper = zip(at, ceiling).map { "\(Markup.at(self.scale.x($0))),\(Markup.at(base - $1 / peak * height))" }
        let lower = zip(at, floor).map { "\(Markup.at(self.scale.x($0))),\(Markup.at(base - $1 / peak * height))" }
        self.append(
            "<polygon class=\"area \(style)\" points=\"\((upper + lower.reversed()).joined(separator: " "))\"/>"
        )
    }

    /// The next round number at or above the value.
    static func ceiling(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        var unit = 1.0
        while unit * 10 < value { unit *= 10 }
        for factor in [1.0, 1.5, 2, 3, 4, 5, 6, 8, 10] where factor * unit >= value { return factor * unit }
        return unit * 10
    }
}
