import LeewardModel

/// What the same time yesterday and one to four weeks ago promises for now.
struct Baseline: Sendable, Equatable {
    /// A day, and one to four weeks.
    static let lags: [Span] = [.days(1), .days(7), .days(14), .days(21), .days(28)]
    /// History points this near to the same time are averaged.
    static let reach = Span(milliseconds: 300_000)

    private let series: SeriesTable

    init(_ samples: [Sample]) { self.series = SeriesTable(samples) }

    /// The median over the lags that have points, each the mean of its neighbours; nil without any.
    func value(_ signal: Signal, of home: RegionID, at time: WallTime) -> Double? {
        var promises: [Double] = []
        promises.reserveCapacity(Self.lags.count)
        let points = self.series[signal, home]
        for lag in Self.lags {
            var sum = 0.0
            var count = 0
            let then = time - lag
            for point in points where Self.isNear(point.time, then) && Self.isUsable(point.value) {
                sum += point.value
                count += 1
            }
            if count > 0 { promises.append(sum / Double(count)) }
        }
        guard !promises.isEmpty else { return nil }
        promises.sort()
        let middle = promises.count / 2
        return promises.count % 2 == 1 ? promises[middle] : (promises[middle - 1] + promises[middle]) / 2
    }

    /// The least that any of the placements promises for this time; nil when a home that counts has no baseline.
    ///
    /// What a home's own watch expects goes before what its other days promise.
    func expected(
        _ signal: Signal,
        under rows: [PlacementHistory.Row],
        at time: WallTime,
        watches: SortedMap<RegionID, HomeWatch> = [:]
    ) -> Double? {
        var least: Double?
        // Several placements ask for the same homes.
        var usual = SortedMap<RegionID, Double>()
        for row in rows {
            var sum = 0.0
            for (home, part) in row where part.isFinite && part > 0 {
                let own = usual[home] ?? watches[home]?.expectation(at: time)
                guard let value = own ?? self.value(signal, of: home, at: time) else { return nil }
                if rows.count > 1 { usual[home] = value }
                sum += part * value
            }
            least = min(least ?? sum, sum)
        }
        return least
    }

    static func isUsable(_ value: Double) -> Bool { value.isFinite && value >= 0 }

    private static func isNear(_ left: WallTime, _ right: WallTime) -> Bool {
        abs(left.milliseconds - right.milliseconds) <= self.reach.milliseconds
    }
}

/// One sample of a series whose signal and region are known.
struct Point: Sendable, Equatable {
    var time: WallTime
    var value: Double
}

/// Samples by signal and region, each series in time order with one point per time.
struct SeriesTable: Sendable, Equatable {
    private var series: SortedMap<Signal, SortedMap<RegionID, [Point]>> = [:]

    /// Of two samples with the same time the later in the list counts.
    ///
    /// Answers come series by series, mostly in order, so sorting is the exception.
    init(_ samples: [Sample]) {
        var start = 0
        while start < samples.count {
            let (signal, region) = (samples[start].signal, samples[start].region)
            var points = self[signal, region]
            while start < samples.count, samples[start].region == region, samples[start].signal == signal {
                points.append(Point(time: samples[start].time, value: samples[start].value))
                start += 1
            }
            self.series[signal, default: [:]][region] = Self.ordered(points)
        }
    }

    private static func ordered(_ samples: [Point]) -> [Point] {
        if samples.indices.dropFirst().allSatisfy({ samples[$0 - 1].time < samples[$0].time }) { return samples }
        var points: [Point] = []
        for index in samples.indices.sorted(by: { (samples[$0].time, $0) < (samples[$1].time, $1) }) {
            if points.last?.time == samples[index].time { points.removeLast() }
            points.append(samples[index])
        }
        return points
    }

    subscript(signal: Signal, region: RegionID) -> [Point] { self.series[signal]?[region] ?? [] }
}
