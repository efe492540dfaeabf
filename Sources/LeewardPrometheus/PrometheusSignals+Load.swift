public import LeewardModel
public import LeewardProviders

/// The load of weeks, for looking back; it is not part of what the daemon reads.
extension PrometheusSignals {
    /// So many points are asked for at once: far below what an answer may hold, so that large fleets are read in pieces.
    static let pointsAtOnce = 250_000
    /// Prometheus gives at most 11,000 points of a series; a week has 2,016.
    static let stepsAtOnce = 2016
    /// Nobody waits for this in a crisis, so a busy store gets longer than `callTimeout`.
    static let patience: Span = .seconds(30)

    /// The store's own clock, which stamps the samples; the quickest way to see whether the store answers.
    public func clock() async throws(ProviderError) -> WallTime {
        do throws(StoreError) { return try await self.store.now(within: Self.patience) } catch {
            throw self.failure("it does not tell the time", error)
        }
    }

    /// `load` by region and service, each sample over the five minutes that end at its time; all of it or an error.
    ///
    /// What the store does not hold is left out: a gap stays a gap. VictoriaMetrics answers `rate` with zero for a
    /// window without samples, so a zero counts only where raw samples lie in its window.
    public func load(after start: WallTime, through end: WallTime) async throws(ProviderError) -> [Sample] {
        let step = Self.historyStep
        let series = max(1, self.regions.count * self.services.count)
        let steps = min(max(Self.pointsAtOnce / series, 12), Self.stepsAtOnce)
        var samples: [Sample] = []
        var first = start + step
        while first <= end {
            let last = min(first + step * (steps - 1), end)
            do throws(StoreError) { samples += try await self.load(from: first, to: last) } catch {
                throw self.failure("it does not give the load", error)
            }
            first = last + step
        }
        return samples
    }

    private func load(from start: WallTime, to end: WallTime) async throws(StoreError) -> [Sample] {
        let step = Self.historyStep
        let samples = try await self.read(
            .load,
            window: step,
            from: start,
            to: end,
            step: step,
            within: Self.patience
        )
        guard let selector = self.expressions[.load]?.selector, samples.contains(where: { $0.value == 0 }) else {
            return samples
        }
        let raw = "count by (region, service) (count_over_time(\(selector)[\(step.milliseconds)ms]))"
        let query = RangeQuery(expression: raw, start: start, end: end, step: step)
        let held = RawPlaces(try await self.store.range(query, within: Self.patience))
        return samples.filter { $0.value != 0 || held.contains($0) }
    }

    private func failure(_ what: String, _ error: StoreError) -> ProviderError {
        ProviderError(
            subject: "metrics store \(self.store.endpoint)",
            reason: "\(what): \(error)",
            retry: .after(error.retryAfter ?? .minutes(1))
        )
    }
}

/// Where a store holds raw samples, as finely as their labels tell.
private struct RawPlaces {
    private struct Place: Hashable {
        var region: String?
        var service: String?
        var time: WallTime
    }

    private var places: Set<Place> = []
    private var hasRegions = false
    private var hasServices = false

    init(_ series: [StoreSeries]) {
        // A label that the expression makes up itself stands at no raw sample; then only the others can tell.
        self.hasRegions = series.contains { $0.labels["region"] != nil }
        self.hasServices = series.contains { $0.labels["service"] != nil }
        for one in series {
            for point in one.points where point.value > 0 {
                let place = Place(region: one.labels["region"], service: one.labels["service"], time: point.time)
                self.places.insert(place)
            }
        }
    }

    func contains(_ sample: Sample) -> Bool {
        let region = self.hasRegions ? sample.region.text : nil
        let service = self.hasServices ? sample.service?.text : nil
        return self.places.contains(Place(region: region, service: service, time: sample.time))
    }
}
