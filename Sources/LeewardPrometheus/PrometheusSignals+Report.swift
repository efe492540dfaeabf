import LeewardModel

extension PrometheusSignals {
    /// The newest buckets of one signal; empty with a problem when the store's answer cannot be used.
    func live(_ signal: Signal, _ readAt: WallTime) async -> (samples: [Sample], problem: String?) {
        do {
            let width = self.memory.width(of: signal)
            let found = try await self.live(signal, readAt, width: width)
            if width == 1, found.isEmpty, self.memory.mayWiden(signal) {
                let wider = try await self.live(signal, readAt, width: 2)
                if !wider.isEmpty { self.memory.widen(signal) }
                return (wider, nil)
            }
            if width == 1, !found.isEmpty { self.memory.sawNarrow(signal) }
            return (found, nil)
        } catch {
            return ([], "metrics store, \(signal.rawValue): \(error)")
        }
    }

    private func live(_ signal: Signal, _ readAt: WallTime, width: Int) async throws(StoreError) -> [Sample] {
        let bucket = self.limits.bucket
        let window = bucket * width
        let coverage = self.expressions[signal]?.coverage(window)
        // Without coverage only time tells: one bucket later every scrape of the newest one has arrived.
        let end = readAt - Self.settling - (coverage == nil ? bucket : .zero)
        let start = end - bucket * (Self.buckets - 1)
        let samples = try await self.read(
            signal,
            window: window,
            from: start,
            to: end,
            step: bucket,
            within: self.limits.callTimeout,
            lookback: bucket
        )
        guard let coverage, !samples.isEmpty else { return samples }
        let query = RangeQuery(expression: coverage, start: start, end: end, step: bucket, lookback: bucket)
        return Reading.covered(samples, by: try await self.store.range(query, within: self.limits.callTimeout))
    }

    /// Reads the same time one day and one to four weeks ago, when that is due; returns what went wrong.
    func refreshBaseline(_ readAt: WallTime) async -> String? {
        guard self.memory.baselineIsDue(at: readAt) else { return nil }
        let asked = [Signal.served, .entered].flatMap { signal in Self.lags.map { Memory.Key(signal: signal, lag: $0) }
        }
        var found: [(Memory.Key, [Sample]?)] = []
        var problem: String?
        await withTaskGroup(of: (Memory.Key, Result<[Sample], StoreError>).self) { group in
            for key in asked {
                group.addTask { (key, await self.answer(key, readAt)) }
            }
            for await (key, result) in group {
                switch result {
                case .success(let samples): found.append((key, samples))
                case .failure(let error):
                    found.append((key, nil))
                    problem = "metrics store, \(key.signal.rawValue) of \(key.lag) ago: \(error)"
                }
            }
        }
        self.memory.keep(found, at: readAt)
        return problem
    }

    /// Not written into the child task: Swift 6.3.1, optimising, overwrites what a `do throws` there has captured.
    private func answer(_ key: Memory.Key, _ readAt: WallTime) async -> Result<[Sample], StoreError> {
        do throws(StoreError) { return .success(try await self.baseline(key, readAt)) } catch { return .failure(error) }
    }

    /// Seven points a minute apart around the lagged time, each over five minutes: history may be as coarse as a minute.
    private func baseline(_ key: Memory.Key, _ readAt: WallTime) async throws(StoreError) -> [Sample] {
        try await self.read(
            key.signal,
            window: .minutes(5),
            from: readAt - key.lag - .minutes(3),
            to: readAt - key.lag + .minutes(3),
            step: .minutes(1),
            within: self.limits.callTimeout
        )
    }
}
