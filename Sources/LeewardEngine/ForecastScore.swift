import LeewardForecast
public import LeewardModel

/// How good the forecasts of one service in one evacuation have been at one distance.
public struct ForecastScore: Hashable, Sendable, Codable {
    public var service: ServiceID
    public var savior: RegionID
    public var evacuee: RegionID
    public var aheadMinutes: Int
    /// Forecasts that met a truth.
    public var count: Int
    /// Weighted absolute percentage error of the middle; nil without any load.
    public var wape: Double?
    /// Part of the cases with fewer instances than were needed, in percent; nil where no capacity is known.
    public var under: Double?
    /// Instances too many over instances needed, in percent; nil where no capacity is known.
    public var over: Double?

    public init(
        service: ServiceID,
        savior: RegionID,
        evacuee: RegionID,
        aheadMinutes: Int,
        count: Int,
        wape: Double?,
        under: Double?,
        over: Double?
    ) {
        self.service = service
        self.savior = savior
        self.evacuee = evacuee
        self.aheadMinutes = aheadMinutes
        self.count = count
        self.wape = wape
        self.under = under
        self.over = over
    }

    /// Every score that there is, by evacuation, service and distance.
    static func all(_ forecaster: EvacuationForecaster) -> [ForecastScore] {
        var scores: [ForecastScore] = []
        for evacuation in forecaster.cases {
            for service in forecaster.services.sorted() {
                for ahead in forecaster.horizons {
                    guard let score = forecaster.score(service, evacuation, ahead: ahead), score.count > 0 else {
                        continue
                    }
                    scores.append(
                        ForecastScore(
                            service: service,
                            savior: evacuation.savior,
                            evacuee: evacuation.evacuee,
                            aheadMinutes: Int(ahead.milliseconds / Span.minutes(1).milliseconds),
                            count: score.count,
                            wape: score.wape,
                            under: score.underPercent,
                            over: score.overPercent
                        )
                    )
                }
            }
        }
        return scores
    }
}
