import LeewardForecast
import LeewardModel

/// What `backtest` found: how good the forecasts would have been, in total, by service and by series.
struct BacktestReport: Encodable {
    /// The score of one horizon, in percent; nil where nothing could be measured.
    struct Quality: Hashable, Encodable {
        var aheadMinutes: Int
        /// Forecasts that met a truth.
        var forecasts: Int
        var wape: Double?
        var pinball: Double?
        var passed: Double?
        var under: Double?
        var over: Double?

        init(_ ahead: Span, _ score: Score) {
            self.aheadMinutes = Int(ahead.milliseconds / Span.minutes(1).milliseconds)
            self.forecasts = score.count
            self.wape = score.wape
            self.pinball = score.pinballLoss
            self.passed = score.passedPercent
            self.under = score.underPercent
            self.over = score.overPercent
        }
    }

    /// One service over all evacuations.
    struct Service: Hashable, Encodable {
        var service: ServiceID
        var quality: [Quality]
    }

    /// One service in one evacuation.
    struct Series: Hashable, Encodable {
        var service: ServiceID
        var evacuee: RegionID
        var savior: RegionID
        var quality: [Quality]
        /// Why it has no score, or no answer now; nil where it has both.
        var problem: String?
    }

    /// One evacuation over all services that were asked for.
    struct Evacuation: Hashable, Encodable {
        var evacuee: RegionID
        var savior: RegionID
        /// Of the evacuee's users, in basis points.
        var share: Int
        var quality: [Quality]
    }

    /// What the store holds of one region.
    struct Region: Hashable, Encodable {
        var region: RegionID
        var since: String?
        var buckets: Int
        var possible: Int
        var services: [ServiceID]
    }

    var fleet: String
    var store: String
    var from: String
    var scoredFrom: String
    var to: String
    var risk: Double
    var regions: [Region]
    var notes: [String]
    var evacuations: [Evacuation] = []
    /// Worst first.
    var services: [Service] = []
    var total: [Quality] = []
    var series: [Series] = []

    /// Sums up what was scored of `services`; every series weighs alike, however large its load.
    init(
        _ backtest: Backtest,
        of services: [ServiceID],
        fleet: Fleet,
        history: LoadHistory,
        notes: [String],
        scoredFrom: WallTime
    ) {
        let forecaster = backtest.forecaster
        self.fleet = fleet.name
        self.store = fleet.signals.prometheus.description
        self.from = Words.time(history.start)
        self.scoredFrom = Words.time(scoredFrom)
        self.to = Words.time(history.end)
        self.risk = forecaster.risk
        self.notes = notes
        self.regions = history.regions.map {
            .init(
                region: $0.region,
                since: $0.first.map(Words.time),
                buckets: $0.buckets,
                possible: $0.possible,
                services: $0.services
            )
        }
        let rows = backtest.rows.filter { services.contains($0.service) }
        func quality(_ isMeant: (Backtest.Row) -> Bool) -> [Quality] {
            let meant = rows.filter(isMeant)
            return forecaster.horizons.compactMap { ahead in
                let scores = meant.filter { $0.ahead == ahead }.map(\.score.normalised)
                return scores.isEmpty ? nil : Quality(ahead, scores.reduce(Score(), +))
            }
        }
        self.total = quality { _ in true }
        for evacuation in forecaster.cases {
            self.evacuations.append(
                .init(
                    evacuee: evacuation.evacuee,
                    savior: evacuation.savior,
                    share: Int((evacuation.share * 10_000).rounded()),
                    quality: quality { $0.evacuation == evacuation }
                )
            )
            for service in services.sorted() {
                let own = quality { $0.evacuation == evacuation && $0.service == service }
                self.series.append(
                    .init(
                        service: service,
                        evacuee: evacuation.evacuee,
                        savior: evacuation.savior,
                        quality: own,
                        problem: Self.problem(service, evacuation, forecaster, isScored: !own.isEmpty)
                    )
                )
            }
        }
        for service in services.sorted() {
            self.services.append(.init(service: service, quality: quality { $0.service == service }))
        }
        self.services.sort { (Self.badness($0), $1.service) > (Self.badness($1), $0.service) }
    }

    /// What has no score at all comes last: it stands among the series without an answer.
    private static func badness(_ service: Service) -> Double {
        let usual = service.quality.first { $0.aheadMinutes == 30 } ?? service.quality.first
        return usual?.wape ?? -1
    }

    private static func problem(
        _ service: ServiceID,
        _ evacuation: EvacuationCase,
        _ forecaster: EvacuationForecaster,
        isScored: Bool
    ) -> String? {
        switch forecaster.demand(service, evacuation, ahead: .minutes(10), risk: forecaster.risk) {
        case .unknown(let reason): return reason
        case .known: return isScored ? nil : "no forecast has met its truth yet; its history is too short for a score"
        }
    }
}
