public import LeewardModel

/// Replays a history through the product's own forecaster and says how good its answers would have been.
///
/// Nothing is fitted beforehand: each answer sees only what had arrived by then, as in production.
public struct Backtest: Sendable {
    /// Five minutes of one region.
    public struct Bucket: Sendable, Equatable {
        /// When the bucket began.
        public var time: WallTime
        /// Where the loads were served.
        public var region: RegionID
        /// Requests per second by service.
        public var loads: SortedMap<ServiceID, Double>
        /// One bucket of one region.
        public init(time: WallTime, region: RegionID, loads: SortedMap<ServiceID, Double>) {
            self.time = time
            self.region = region
            self.loads = loads
        }
    }

    /// One row of the report.
    public struct Row: Sendable, Equatable {
        /// What was asked about.
        public var evacuation: EvacuationCase
        /// For which service.
        public var service: ServiceID
        /// How far ahead.
        public var ahead: Span
        /// How good the answers were.
        public var score: Score
    }

    /// By evacuation, service and horizon, in order; only those that met a truth.
    public private(set) var rows: [Row] = []
    /// The forecaster as it stands at the end, ready to go on.
    public private(set) var forecaster: EvacuationForecaster

    /// Feeds `history` in order of time and scores from `scoresFrom` on, so that learning does not count.
    public init(_ history: [Bucket], forecaster: EvacuationForecaster, scoresFrom start: WallTime) {
        self.forecaster = forecaster
        let order = history.indices.sorted { (history[$0].time, $0) < (history[$1].time, $1) }
        var hasStarted = false
        for (position, index) in order.enumerated() {
            let bucket = history[index]
            if !hasStarted, bucket.time >= start {
                self.forecaster.forgetScores()
                hasStarted = true
            }
            self.forecaster.add(bucket.loads, of: bucket.region, at: bucket.time)
            let isLast = position + 1 == order.count || history[order[position + 1]].time > bucket.time
            if isLast { self.forecaster.advance(to: bucket.time + RegionForecaster.step) }
        }
        guard hasStarted else { return }
        for evacuation in self.forecaster.cases {
            for service in self.forecaster.services.sorted() {
                for ahead in self.forecaster.horizons {
                    let score = self.forecaster.score(service, evacuation, ahead: ahead)
                    guard let score, score.count > 0 else { continue }
                    self.rows.append(Row(evacuation: evacuation, service: service, ahead: ahead, score: score))
                }
            }
        }
    }

    /// All services of all evacuations at one horizon, each series weighed alike; nil where nothing was scored.
    public func total(ahead: Span) -> Score? {
        let scores = self.rows.filter { $0.ahead == ahead }.map(\.score.normalised)
        guard let first = scores.first else { return nil }
        return scores.dropFirst().reduce(first, +)
    }
}
