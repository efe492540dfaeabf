public import LeewardModel
public import LeewardProviders

/// Reads the business metric and the load from any store that speaks the Prometheus HTTP API.
///
/// Live buckets end about a second before the store's own now, so they slide with it: `$window` is one bucket, and two
/// where the store needs two samples in a window and is scraped only once a bucket (Prometheus). Times come from the
/// store's clock alone. A bucket counts only when raw samples of its series lie in it; see docs/signals.md.
public struct PrometheusSignals: SignalPort {
    /// Buckets in a report.
    static let buckets = 12
    /// VictoriaMetrics repeats older values in the last second before its now.
    static let settling: Span = .milliseconds(1050)
    static let lags: [Span] = [.days(1), .days(7), .days(14), .days(21), .days(28)]
    static let historyStep: Span = .minutes(5)

    let store: Store
    let limits: Limits
    let regions: [RegionID]
    let services: [ServiceID]
    let expressions: SortedMap<Signal, Expression>
    let memory = Memory()

    /// Reads what `fleet.signals` names, for the fleet's regions and services; connects to nothing yet.
    public init(fleet: Fleet) {
        self.store = Store(endpoint: fleet.signals.prometheus)
        self.limits = fleet.limits
        self.regions = fleet.regions.keys
        self.services = fleet.services.keys
        var expressions: SortedMap<Signal, Expression> = [
            .served: Expression(text: fleet.signals.served), .entered: Expression(text: fleet.signals.entered),
            .load: Expression(text: fleet.signals.load),
        ]
        expressions[.clients] = fleet.signals.clients.map { Expression(text: $0) }
        self.expressions = expressions
    }

    /// The newest buckets of `served` and `entered`, and cached baselines; what could not be read is in `problem`.
    ///
    /// Takes at most three times `callTimeout`. Never throws, and never puts a zero in the place of a missing value.
    public func report() async -> SignalReport {
        let readAt: WallTime
        do {
            readAt = try await self.store.now(within: self.limits.callTimeout)
        } catch {
            let last = self.memory.readAt ?? WallTime(milliseconds: 0)
            return SignalReport(readAt: last, live: [], baseline: [], problem: "metrics store: \(error)")
        }
        async let served = self.live(.served, readAt)
        async let entered = self.live(.entered, readAt)
        async let baselineProblem = self.refreshBaseline(readAt)
        let (first, second) = await (served, entered)
        let problems = [first.problem, second.problem, await baselineProblem].compactMap { $0 }
        return SignalReport(
            readAt: readAt,
            live: first.samples + second.samples,
            baseline: self.memory.baseline,
            problem: problems.isEmpty ? nil : problems.joined(separator: "; ")
        )
    }

    /// `served`, `entered`, `load` and, where the fleet file names it, `clients` of four weeks at five-minute steps, oldest first in each series; all of it or an error.
    public func history() async throws(ProviderError) -> [Sample] {
        do {
            let now = try await self.store.now(within: self.limits.callTimeout)
            let step = Self.historyStep.milliseconds
            let end = WallTime(milliseconds: now.milliseconds / step * step)
            var samples: [Sample] = []
            for signal in [Signal.served, .entered, .load, .clients] where self.expressions[signal] != nil {
                for week in (1...4).reversed() {
                    let start = end - .days(Int64(week) * 7)
                    samples += try await self.read(
                        signal,
                        window: Self.historyStep,
                        from: start,
                        to: start + .days(7) - Self.historyStep,
                        step: Self.historyStep,
                        within: .seconds(30)
                    )
                }
            }
            return samples
        } catch {
            throw ProviderError(
                subject: "metrics store \(self.store.endpoint)",
                reason: "no history: \(error)",
                retry: .after(error.retryAfter ?? .minutes(1))
            )
        }
    }

    func read(
        _ signal: Signal,
        window: Span,
        from start: WallTime,
        to end: WallTime,
        step: Span,
        within limit: Span,
        lookback: Span? = nil
    ) async throws(StoreError) -> [Sample] {
        guard let expression = self.expressions[signal]?.filled(window) else { return [] }
        let query = RangeQuery(expression: expression, start: start, end: end, step: step, lookback: lookback)
        let series = try await self.store.range(query, within: limit)
        return try Reading(signal: signal, regions: self.regions, services: self.services).samples(series)
    }
}
