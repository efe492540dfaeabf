import LeewardModel

/// The charts that are drawn from what the proxies had loaded and the providers listed.
extension ReportCharts {
    /// One strip per geography: who serves its users, as the proxies had it loaded.
    mutating func drawShares() {
        self.title("Shares", note: "of each geography, as the edge proxies had them loaded")
        for geography in self.scale.geographies {
            let height = 26.0
            for run in self.runs(of: geography) {
                var y = self.top
                let x = self.scale.x(run.from)
                let width = self.scale.x(run.to) - x
                for (region, points) in run.shares where points > 0 {
                    let part = Double(points) / 10_000 * height
                    self.append(
                        """
                        <rect class="r\(self.scale.color(region))" x="\(Markup.at(x))" y="\(Markup.at(y))" \
                        width="\(Markup.at(width + 0.3))" height="\(Markup.at(part))">\
                        <title>\(geography): \(region) \(Markup.percent(points))</title></rect>
                        """
                    )
                    y += part
                }
            }
            self.label(geography.text, y: self.top + height / 2 + 4)
            self.advance(height + 5)
        }
        self.advance(13)
    }

    /// Instances that were dark and are live.
    mutating func drawInjected() {
        let height = 46.0
        let peak = max(self.record.samples.map(\.injected).max() ?? 0, 1)
        self.title("Injected instances", note: "dark before, live in the saviors' clusters now")
        let base = self.top + height
        for part in [0, 1] { self.grid("\(part * peak)", y: base - Double(part) * height) }
        var points: [(Double, Double)] = []
        for sample in self.record.samples {
            let at = self.scale.seconds(sample.time)
            guard at >= self.scale.first, at <= self.scale.last else { continue }
            if let last = points.last { points.append((at, last.1)) }
            points.append((at, Double(sample.injected) / Double(peak)))
        }
        self.line(points, base: base, height: height, style: "injectedline")
        self.advance(height + 8)
    }

    /// Stretches with the same shares.
    private func runs(
        of geography: GeographyID
    ) -> [(from: Double, to: Double, shares: SortedMap<RegionID, Int>)] {
        var runs: [(from: Double, to: Double, shares: SortedMap<RegionID, Int>)] = []
        for sample in self.record.samples {
            let at = self.scale.seconds(sample.time)
            guard let shares = sample.shares[geography] else { continue }
            if let index = runs.indices.last {
                runs[index].to = at
                if runs[index].shares == shares { continue }
            }
            runs.append((from: runs.isEmpty ? min(at, self.scale.first) : at, to: at, shares: shares))
        }
        if let index = runs.indices.last { runs[index].to = self.scale.last }
        return runs.filter { $0.to > self.scale.first }
    }
}
