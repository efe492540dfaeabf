import LeewardForecast
import LeewardModel

/// A fleet's load as a store holds it: five-minute buckets by region, with the holes that it has.
struct LoadHistory: Sendable {
    /// How much there is of one region.
    struct Region: Hashable, Sendable {
        var region: RegionID
        /// Buckets with load of at least one service, of all that there could be since the first.
        var buckets: Int
        var possible: Int
        /// When the first one began; nil where there is none.
        var first: WallTime?
        /// Those that were ever seen.
        var services: [ServiceID]
    }

    let start: WallTime
    let end: WallTime
    /// In order of time.
    private(set) var buckets: [Backtest.Bucket] = []
    /// In order.
    private(set) var regions: [Region] = []

    /// Puts samples into buckets; a sample covers the five minutes before its time, and one that is no number is none.
    init(_ samples: [Sample], regions: [RegionID], after start: WallTime, through end: WallTime) {
        self.start = start
        self.end = end
        let step = RegionForecaster.step
        let count = max(0, Int((end - start).milliseconds / step.milliseconds))
        var loads: [RegionID: [[(ServiceID, Double)]]] = [:]
        for region in regions { loads[region] = Array(repeating: [], count: count) }
        for sample in samples where sample.value.isFinite && sample.value >= 0 {
            guard let service = sample.service else { continue }
            let index = Int((sample.time - start).milliseconds / step.milliseconds) - 1
            guard (0..<count).contains(index) else { continue }
            loads[sample.region]?[index].append((service, sample.value))
        }
        for index in 0..<count {
            for region in regions {
                guard let row = loads[region]?[index], !row.isEmpty else { continue }
                self.buckets.append(.init(time: start + step * index, region: region, loads: SortedMap(row)))
            }
        }
        for region in regions.sorted() {
            let own = self.buckets.filter { $0.region == region }
            var services = SortedMap<ServiceID, Bool>()
            for bucket in own { for service in bucket.loads.keys { services[service] = true } }
            let possible = own.first.map { Int((end - $0.time).milliseconds / step.milliseconds) } ?? 0
            self.regions.append(
                Region(
                    region: region,
                    buckets: own.count,
                    possible: possible,
                    first: own.first?.time,
                    services: services.keys
                )
            )
        }
    }

    /// Why no region could ever be forecast from it; nil where one can.
    var problem: String? {
        guard let first = self.regions.compactMap(\.first).min() else {
            return "there is no load of the fleet's regions and services since \(Words.time(self.start)); "
                + "`signals.load` must give series with the labels region and service, named as in the fleet file"
        }
        let needed = RegionForecaster.firstFit
        guard self.end - first <= needed else { return nil }
        let hours = (self.end - first).milliseconds / Span.hours(1).milliseconds
        let enough = Words.time(first + needed + .days(1))
        return "the oldest load is of \(Words.time(first)), \(hours / 24) days and \(hours % 24) hours ago; a forecast "
            + "needs 8 days and scores need more: come again after \(enough), or import older load"
    }
}
