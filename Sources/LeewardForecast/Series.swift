import LeewardModel

/// One series of the history: usable points only, in time order, one per time.
struct Series: Sendable {
    var points: [(time: WallTime, value: Double)] = []

    /// Weekly waves cannot be told from a trend in less.
    static let shortest: Span = .days(7)
    /// Part of the points that a gapless series would have.
    static let leastCoverage = 0.5

    /// Why this history is not enough for a model, or nil.
    var problem: String? {
        guard let first = self.points.first, let last = self.points.last else { return "no usable history" }
        let span = last.time - first.time
        guard span >= Self.shortest else {
            return "only \(span.milliseconds / 3_600_000) hours of history; 7 days are needed"
        }
        let step = self.usualStep
        let full = Double(span.milliseconds) / Double(max(step.milliseconds, 1)) + 1
        let coverage = Double(self.points.count) / full
        guard coverage >= Self.leastCoverage else {
            return "only \(Int(coverage * 100)) % of the history's points are usable; 50 % are needed"
        }
        return nil
    }

    /// The median distance between neighbours.
    private var usualStep: Span {
        let steps = zip(self.points, self.points.dropFirst()).map { ($1.time - $0.time).milliseconds }.sorted()
        return .milliseconds(steps.isEmpty ? 1 : steps[steps.count / 2])
    }

    /// Pairs of both series' values at the same time, in time order.
    func paired(with other: Series) -> [(time: WallTime, own: Double, other: Double)] {
        var pairs: [(time: WallTime, own: Double, other: Double)] = []
        var index = 0
        for point in self.points {
            while index < other.points.count, other.points[index].time < point.time { index += 1 }
            guard index < other.points.count else { break }
            if other.points[index].time == point.time {
                pairs.append((point.time, point.value, other.points[index].value))
            }
        }
        return pairs
    }
}

/// The history by series; samples may come in any order, duplicated, and with values that are no numbers.
struct History: Sendable {
    private(set) var traffic: SortedMap<RegionID, Series> = [:]
    private(set) var load: SortedMap<ClusterID, Series> = [:]

    init(_ samples: [Sample]) {
        var start = 0
        while start < samples.count {
            let first = samples[start]
            let run = samples[start...].prefix {
                $0.signal == first.signal && $0.region == first.region && $0.service == first.service
            }
            start = run.endIndex
            let points = run.filter { $0.value.isFinite && $0.value >= 0 }.map { (time: $0.time, value: $0.value) }
            switch (first.signal, first.service) {
            case (.served, _): self.traffic[first.region, default: Series()].points += points
            case (.load, let service?): self.load[ClusterID(first.region, service), default: Series()].points += points
            case (.load, nil), (.entered, _), (.clients, _): break
            }
        }
        self.traffic = self.traffic.mapValues(Self.ordered)
        self.load = self.load.mapValues(Self.ordered)
    }

    /// Of two points at the same time the later in the answer counts.
    private static func ordered(_ series: Series) -> Series {
        let points = series.points
        if zip(points, points.dropFirst()).allSatisfy({ $0.time < $1.time }) { return series }
        var result = Series()
        for index in points.indices.sorted(by: { (points[$0].time, $0) < (points[$1].time, $1) }) {
            if result.points.last?.time == points[index].time { result.points.removeLast() }
            result.points.append(points[index])
        }
        return result
    }
}
