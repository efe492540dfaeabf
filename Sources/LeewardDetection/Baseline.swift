import LeewardModel

/// What the same time yesterday and one to four weeks ago promises for now.
enum Baseline {
    /// A day, and one to four weeks.
    static let lags: [Span] = [.days(1), .days(7), .days(14), .days(21), .days(28)]
    /// History points this near to the same time are averaged.
    static let reach = Span(milliseconds: 300_000)

    /// What is promised for a time, and for which times around it the very same points promise the very same.
    struct Promise: Sendable {
        /// Nil without any points.
        var value: Double?
        var times: ClosedRange<WallTime>
    }

    /// The median over the lags that have points, each the mean of its neighbours.
    ///
    /// - Parameter points: In time order.
    static func promise(of points: [Point], at time: WallTime) -> Promise {
        var means = FewNumbers()
        // How much earlier or later the same points are still the ones within reach, of every lag.
        var (earliest, latest) = (.zero - self.reach, self.reach)
        for lag in self.lags {
            let then = time - lag
            var sum = 0.0
            var count = 0
            var index = self.first(in: points, from: then - self.reach)
            if index > 0 { earliest = max(earliest, points[index - 1].time - then + self.reach + self.instant) }
            if index < points.count { latest = min(latest, min(points[index].time - then, .zero) + self.reach) }
            while index < points.count, points[index].time <= then + self.reach {
                if self.isUsable(points[index].value) {
                    sum += points[index].value
                    count += 1
                }
                index += 1
            }
            if index > 0 { earliest = max(earliest, max(points[index - 1].time - then, .zero) - self.reach) }
            if index < points.count { latest = min(latest, points[index].time - then - self.reach - self.instant) }
            if count > 0 { means.add(sum / Double(count)) }
        }
        return Promise(value: means.median, times: (time + earliest)...(time + latest))
    }

    /// No two times are nearer to each other.
    private static let instant = Span(milliseconds: 1)

    static func isUsable(_ value: Double) -> Bool { value.isFinite && value >= 0 }

    /// The oldest point that is not before a time.
    private static func first(in points: [Point], from time: WallTime) -> Int {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One sample of a series whose signal and region are known.
struct Point: Sendable, Equatable {
    var time: WallTime
    var value: Double
}

/// The business samples of the fleet's regions, each series in time order with one point per time.
struct SeriesTable: Sendable, Equatable {
    private var series: BySeries<[Point]>

    /// Of two samples with the same time the later in the list counts; other signals and regions are left out.
    ///
    /// Answers come series by series, mostly in order, so sorting is the exception.
    init(_ samples: [Sample], regions: [RegionID]) {
        self.series = BySeries(regions: regions.count, [])
        var start = 0
        while start < samples.count {
            let signal = samples[start].signal
            var end = start + 1
            while end < samples.count, samples[end].signal == signal, samples[end].region == samples[start].region {
                end += 1
            }
            if signal == .served || signal == .entered,
                let region = regions.firstIndex(of: samples[start].region)
            {
                self.series[signal, region] += samples[start..<end].lazy.map { Point(time: $0.time, value: $0.value) }
            }
            start = end
        }
        self.series.updateAll(Self.order)
    }

    private static func order(_ samples: inout [Point]) {
        if samples.indices.dropFirst().allSatisfy({ samples[$0 - 1].time < samples[$0].time }) { return }
        var points: [Point] = []
        for index in samples.indices.sorted(by: { (samples[$0].time, $0) < (samples[$1].time, $1) }) {
            if points.last?.time == samples[index].time { points.removeLast() }
            points.append(samples[index])
        }
        samples = points
    }

    /// - Parameters:
    ///   - signal: `served` or `entered`.
    ///   - region: By its number.
    subscript(signal: Signal, region: Int) -> [Point] { self.series[signal, region] }
}
