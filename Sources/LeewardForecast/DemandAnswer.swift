public import LeewardModel

/// One evacuation that the forecaster keeps itself ready for.
public struct EvacuationCase: Hashable, Comparable, Sendable {
    /// The region that receives.
    public var savior: RegionID
    /// The region that is left.
    public var evacuee: RegionID
    /// The part of the evacuee's users that this savior receives, from 0 to 1.
    public var share: Double
    /// An evacuation from one region into one savior; a plan with several saviors is several cases.
    public init(savior: RegionID, evacuee: RegionID, share: Double) {
        self.savior = savior
        self.evacuee = evacuee
        self.share = share
    }
    /// In order of savior, then evacuee.
    public static func < (left: Self, right: Self) -> Bool {
        (left.savior, left.evacuee) < (right.savior, right.evacuee)
    }
}

/// What one service will need in a savior.
public struct DemandForecast: Sendable, Equatable {
    /// Requests per second that half of the outcomes stay under.
    public var median: Double
    /// Requests per second that all but `risk` of the outcomes stay under.
    public var upper: Double
    /// From 0 to 1.
    public var risk: Double
    /// Ready instances that are too few in `risk` of the outcomes; nil where no capacity is known.
    public var instances: Int?
    /// A forecast as given.
    public init(median: Double, upper: Double, risk: Double, instances: Int?) {
        self.median = median
        self.upper = upper
        self.risk = risk
        self.instances = instances
    }
}

/// A forecast, or why there is none.
public enum DemandAnswer: Sendable, Equatable {
    /// What is expected.
    case known(DemandForecast)
    /// One sentence on why nothing is; never to be read as zero.
    case unknown(String)

    /// The forecast; nil where it is unknown.
    public var forecast: DemandForecast? {
        if case .known(let forecast) = self { forecast } else { nil }
    }
}
