public import LeewardModel
public import LeewardProviders

/// What a store remembers of one signal.
public struct SignalPast: Sendable {
    /// Oldest first in each series; a bucket that was not covered is missing.
    public var samples: [Sample]
    /// True where the store needed two buckets in a window, so that each sample is the mean of two.
    public var isWidened: Bool
}

extension PrometheusSignals {
    /// Prometheus answers no more points a series to one query.
    static let mostPointsAsked = 11_000
    /// And so many in one answer keep it below the size that is read.
    static let mostPointsAnswered = 400_000
    /// A long range takes a store longer than a live bucket.
    static let pastLimit: Span = .seconds(30)

    /// The store's own now; nobody is in danger while it is waited for.
    public func now() async throws(ProviderError) -> WallTime {
        do { return try await self.store.now(within: Self.pastLimit) } catch {
            throw self.problem("no time", error)
        }
    }

    /// Every bucket of a signal that ends after `start` and not after `end`, read in pieces; all of it or an error.
    ///
    /// Reads as live: the same windows, the same question of coverage, and two buckets in a window where one gives
    /// fewer than half of the buckets that have samples.
    ///
    /// - Parameters:
    ///   - step: Length of a bucket; `start` and `end` are multiples of it.
    ///   - keep: Says which samples are kept, so that a long range of many services fits into memory.
    public func past(
        _ signal: Signal,
        after start: WallTime,
        through end: WallTime,
        step: Span,
        keep: (Sample) -> Bool = { _ in true }
    ) async throws(ProviderError) -> SignalPast {
        let narrow = try await self.pieces(signal, start, end, step, width: 1, keep)
        guard narrow.samples.isEmpty || narrow.samples.count * 2 < narrow.covered else {
            return SignalPast(samples: narrow.samples, isWidened: false)
        }
        let wide = try await self.pieces(signal, start, end, step, width: 2, keep)
        guard wide.samples.count > narrow.samples.count else {
            return SignalPast(samples: narrow.samples, isWidened: false)
        }
        return SignalPast(samples: wide.samples, isWidened: true)
    }

    private func pieces(
        _ signal: Signal,
        _ start: WallTime,
        _ end: WallTime,
        _ step: Span,
        width: Int,
        _ keep: (Sample) -> Bool
    ) async throws(ProviderError) -> (samples: [Sample], covered: Int) {
        let series = self.regions.count * (signal == .load ? self.services.count : 1)
        // The coverage of a piece begins earlier, by the buckets of a live report.
        let most = Self.mostPointsAsked - Self.buckets
        let points = max(1, min(most, Self.mostPointsAnswered / max(1, series)))
        let window = step * width
        let coverage = signal == .load ? nil : self.expressions[signal]?.coverage(window)
        var samples: [Sample] = []
        var covered = 0
        var from = start + step
        while from <= end {
            let to = min(end, from + step * (points - 1))
            do {
                var piece = try await self.read(
                    signal,
                    window: window,
                    from: from,
                    to: to,
                    step: step,
                    within: Self.pastLimit,
                    lookback: step
                )
                if let coverage {
                    let earlier = from - step * (Self.buckets - 1)
                    let query = RangeQuery(expression: coverage, start: earlier, end: to, step: step, lookback: step)
                    let counts = Coverage(try await self.store.range(query, within: Self.pastLimit))
                    covered += counts.covered(from: from, reach: step * (Self.buckets - 1))
                    piece = counts.covered(piece, reach: step * (Self.buckets - 1))
                }
                samples += piece.filter(keep)
            } catch {
                throw self.problem("no \(signal.rawValue) from \(from.milliseconds / 1_000) on", error)
            }
            from = to + step
        }
        return (samples, covered)
    }

    private func problem(_ what: String, _ error: StoreError) -> ProviderError {
        ProviderError(
            subject: "metrics store \(self.store.endpoint)",
            reason: "\(what): \(error)",
            retry: .after(error.retryAfter ?? .minutes(1))
        )
    }
}

/// How many series of a region had a raw sample in each bucket of a long range.
///
/// As in a live report a bucket counts where at least three quarters do of what the eleven before it had; over weeks the
/// number of series changes with every deploy, so the most of the whole range says nothing.
struct Coverage: Sendable {
    private var counts: SortedMap<RegionID, [StorePoint]> = [:]

    init(_ series: [StoreSeries]) {
        for one in series {
            guard let region = one.labels["region"].map({ RegionID($0) }) else { continue }
            self.counts[region] = one.points.filter(\.value.isFinite)
        }
    }

    /// Covered buckets of all regions from a time on.
    func covered(from start: WallTime, reach: Span) -> Int {
        self.counts.reduce(0) { sum, entry in
            sum + self.times(entry.1, reach).filter { $0 >= start }.count
        }
    }

    /// The samples whose bucket is covered.
    func covered(_ samples: [Sample], reach: Span) -> [Sample] {
        let times = self.counts.mapValues { self.times($0, reach) }
        var result: [Sample] = []
        var region: RegionID?
        var own: [WallTime] = []
        var next = 0
        for sample in samples {
            if sample.region != region {
                region = sample.region
                own = times[sample.region] ?? []
                next = 0
            }
            while next < own.count, own[next] < sample.time { next += 1 }
            if next < own.count, own[next] == sample.time { result.append(sample) }
        }
        return result
    }

    private func times(_ points: [StorePoint], _ reach: Span) -> [WallTime] {
        var times: [WallTime] = []
        for (index, point) in points.enumerated() {
            var most = point.value
            var back = index - 1
            while back >= 0, points[back].time >= point.time - reach {
                most = max(most, points[back].value)
                back -= 1
            }
            if point.value * 4 >= most * 3 { times.append(point.time) }
        }
        return times
    }
}
