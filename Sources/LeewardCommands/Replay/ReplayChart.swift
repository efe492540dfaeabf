import Foundation
import LeewardDetection
import LeewardModel

/// One region's curve as SVG: what was, what should have been, the band below it, and every mark.
struct ReplayChart {
    /// More points than pixels help nobody.
    static let mostPoints = 2_000
    private static let left = 52.0
    private static let right = 8.0
    private static let top = 24.0
    private static let row = 15.0

    let region: RegionID
    let outcome: ReplayOutcome
    private let points: [ThinCurve.Point]
    private let ceiling: Double
    private let window: ClosedRange<Int>
    private let isWhole: Bool
    private let width: Double
    private let height: Double

    /// - Parameter near: Only this time, in seconds since 1970, as a small chart; nil for all of it.
    init(_ region: RegionID, _ outcome: ReplayOutcome, near: ClosedRange<Int>? = nil) {
        self.region = region
        self.outcome = outcome
        self.isWhole = near == nil
        self.width = near == nil ? 1_060 : 340
        self.height = near == nil ? 190 : 120
        let all = outcome.liveFrom...max(outcome.liveFrom, outcome.end)
        self.window = near?.clamped(to: all) ?? all
        var curve = outcome.first?.result.regions[region]?.curve ?? []
        if let near { curve = curve.filter { near.contains($0.time) } }
        self.points = ThinCurve(curve, length: Int(outcome.step.milliseconds / 1_000), limit: Self.mostPoints).points
        let most = self.points.map { max($0.point.rate, $0.point.expected) }.filter(\.isFinite).max() ?? 1
        self.ceiling = Self.nice(most * 1.06)
    }

    var text: String {
        let bottom = Self.top + self.height
        let rows = self.isWhole && self.outcome.runs.count > 1 ? Double(self.outcome.runs.count) * Self.row + 6 : 0
        let whole = bottom + rows + 22
        let label = "Rate of \(Page.escape(self.region.text)) with its expectation and \(self.own(0).count) marks"
        return """
            <svg viewBox="0 0 \(Page.at(self.width)) \(Page.at(whole))" role="img"\
             aria-label="\(label)">
            \(self.grid(bottom, whole))
            \(self.dips(bottom))
            <path class="band" d="\(self.band)"/>
            <path class="expected" d="\(self.line(\.expected))"/>
            <path class="rate" d="\(self.line(\.rate))"/>
            \(self.marks(bottom))
            \(self.rows(bottom))
            </svg>
            """
    }

    /// The marks of one setting that name this region, with their place among all of that setting.
    func own(_ run: Int) -> [(place: Int, mark: JudgedMark)] {
        guard self.outcome.runs.indices.contains(run) else { return [] }
        return self.outcome.runs[run].marks.enumerated().filter { $1.mark.regions.contains(self.region) }
            .map { ($0 + 1, $1) }
    }

    // MARK: - Where things are

    private func x(_ time: Int) -> Double {
        let span = Double(max(1, self.window.upperBound - self.window.lowerBound))
        let part = Double(time - self.window.lowerBound) / span
        return Self.left + min(1, max(0, part)) * (self.width - Self.left - Self.right)
    }

    private func y(_ rate: Double) -> Double {
        let part = rate.isFinite ? min(1, max(0, rate / self.ceiling)) : 0
        return Self.top + self.height * (1 - part)
    }

    private func line(_ value: (CurvePoint) -> Double) -> String {
        var path = ""
        var isFirst = true
        for one in self.points {
            // A point between two gaps is a line of no length, which its round caps make visible.
            let command = isFirst || one.isAfterGap ? "M" : "L"
            let place = "\(Page.at(self.x(one.point.time))) \(Page.at(self.y(value(one.point))))"
            path += command == "M" ? "M\(place)h0" : "L\(place)"
            isFirst = false
        }
        return path
    }

    private var band: String {
        var path = ""
        var start = self.points.startIndex
        while start < self.points.endIndex {
            let rest = self.points[(start + 1)...]
            let end = rest.firstIndex(where: \.isAfterGap) ?? self.points.endIndex
            let piece = self.points[start..<end]
            let upper = piece.map { "\(Page.at(self.x($0.point.time))) \(Page.at(self.y($0.point.expected)))" }
            let lower = piece.reversed().map {
                "\(Page.at(self.x($0.point.time))) \(Page.at(self.y($0.point.lower)))"
            }
            path += "M" + (upper + lower).joined(separator: "L") + "Z"
            start = end
        }
        return path
    }

    // MARK: - Parts

    private func grid(_ bottom: Double, _ whole: Double) -> String {
        var parts: [String] = []
        for quarter in 0...4 {
            let rate = self.ceiling * Double(quarter) / 4
            let y = Page.at(self.y(rate))
            parts.append(
                "<line class=\"grid\" x1=\"\(Page.at(Self.left))\" x2=\"\(Page.at(self.width - Self.right))\" "
            )
            parts.append("y1=\"\(y)\" y2=\"\(y)\"/><text class=\"axis\" x=\"\(Page.at(Self.left - 7))\" y=\"\(y)\" ")
            parts.append("dy=\"4\" text-anchor=\"end\">\(Page.escape(Numbers.short(rate)))</text>\n")
        }
        parts.append("<text class=\"axis\" x=\"\(Page.at(Self.left - 7))\" y=\"11\" text-anchor=\"end\">/s</text>\n")
        let step = Self.timeStep(self.window.upperBound - self.window.lowerBound, most: self.isWhole ? 14 : 3)
        var time = (self.window.lowerBound / step + 1) * step
        while time <= self.window.upperBound {
            let x = self.x(time)
            parts.append("<line class=\"tick\" x1=\"\(Page.at(x))\" x2=\"\(Page.at(x))\" ")
            parts.append("y1=\"\(Page.at(bottom))\" y2=\"\(Page.at(bottom + 4))\"/>")
            if x < self.width - 36, x > Self.left + 22 {
                parts.append(
                    "<text class=\"axis\" x=\"\(Page.at(x))\" y=\"\(Page.at(whole - 5))\" text-anchor=\"middle\">"
                )
                parts.append("\(self.isWhole ? Page.date(time, withHour: step < 86_400) : Page.hour(time))</text>\n")
            }
            time += step
        }
        return parts.joined()
    }

    private func dips(_ bottom: Double) -> String {
        (self.outcome.first?.result.regions[self.region]?.dips ?? []).filter { dip in
            dip.from <= self.window.upperBound && (dip.until ?? self.outcome.end) >= self.window.lowerBound
        }.map { dip in
            let from = self.x(dip.from)
            let width = max(1.5, self.x(dip.until ?? self.outcome.end) - from)
            return "<rect class=\"dip\" x=\"\(Page.at(from))\" y=\"\(Page.at(Self.top))\" width=\"\(Page.at(width))\" "
                + "height=\"\(Page.at(bottom - Self.top))\"/>"
        }.joined(separator: "\n")
    }

    private func marks(_ bottom: Double) -> String {
        self.own(0).filter { self.window.contains($0.mark.mark.time) }.map { place, judged in
            let x = Page.at(self.x(judged.mark.time))
            let title =
                "\(place): \(Numbers.time(judged.mark.time)), \(ReplaySections.place(judged.mark)), "
                + "\(Numbers.part(judged.mark.depth)) missing; \(judged.mark.evidence[self.region] ?? "")"
            return "<g class=\"mark \(Page.kind(judged))\"><title>\(Page.escape(title))</title>"
                + "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Page.at(Self.top - 5))\" y2=\"\(Page.at(bottom))\"/>"
                + "<circle cx=\"\(x)\" cy=\"12\" r=\"8.5\"/>"
                + "<text x=\"\(x)\" y=\"12\" dy=\"3.8\" text-anchor=\"middle\">\(place)</text></g>"
        }.joined(separator: "\n")
    }

    /// One line of ticks for each setting, where there is more than one.
    private func rows(_ bottom: Double) -> String {
        guard self.isWhole, self.outcome.runs.count > 1 else { return "" }
        return self.outcome.runs.enumerated().map { index, run in
            let y = bottom + 10 + Double(index) * Self.row
            let name =
                "<text class=\"axis\" x=\"\(Page.at(Self.left - 7))\" y=\"\(Page.at(y + 4))\" text-anchor=\"end\">"
                + "× \(Page.escape(run.result.setting.name))</text>"
                + "<line class=\"grid\" x1=\"\(Page.at(Self.left))\" x2=\"\(Page.at(self.width - Self.right))\" "
                + "y1=\"\(Page.at(y))\" y2=\"\(Page.at(y))\"/>"
            let ticks = self.own(index).map { _, judged in
                "<circle class=\"dot \(Page.kind(judged))\" cx=\"\(Page.at(self.x(judged.mark.time)))\" "
                    + "cy=\"\(Page.at(y))\" r=\"4\"><title>× \(Page.escape(run.result.setting.name)): "
                    + "\(Page.escape(Numbers.time(judged.mark.time)))</title></circle>"
            }
            return name + ticks.joined()
        }.joined(separator: "\n")
    }

    private static func nice(_ value: Double) -> Double {
        guard value.isFinite, value > 0 else { return 1 }
        var unit = 1e-9
        while unit * 10 < value, unit < 1e15 { unit *= 10 }
        for factor in [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10] where unit * factor >= value { return unit * factor }
        return value
    }

    private static func timeStep(_ span: Int, most: Int) -> Int {
        let steps = [
            600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 1_209_600, 2_419_200,
        ]
        return steps.first { span / $0 <= most } ?? 4_838_400
    }
}
