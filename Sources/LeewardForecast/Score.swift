/// How good the forecasts of one series were, as sums that add up over services and time.
public struct Score: Sendable, Equatable {
    /// Truths that met a forecast.
    public private(set) var count = 0
    private var absolute = 0.0
    private var truth = 0.0
    private var pinball = 0.0
    private var passed = 0
    private var sized = 0
    private var under = 0
    private var over = 0.0
    private var need = 0.0

    /// No forecast yet.
    public init() {}

    /// Weighted absolute percentage error of the middle, in percent: the sum of errors over the sum of truths.
    public var wape: Double? { self.truth > 0 ? 100 * self.absolute / self.truth : nil }
    /// Pinball loss of the upper quantile over the sum of truths, in percent.
    public var pinballLoss: Double? { self.truth > 0 ? 100 * self.pinball / self.truth : nil }
    /// Part of the truths above the upper quantile, in percent; the risk, if it is calibrated.
    public var passedPercent: Double? { self.count > 0 ? 100 * Double(self.passed) / Double(self.count) : nil }
    /// Part of the cases with fewer instances than were needed, in percent.
    public var underPercent: Double? { self.sized > 0 ? 100 * Double(self.under) / Double(self.sized) : nil }
    /// Instances too many over instances needed, in percent.
    public var overPercent: Double? { self.need > 0 ? 100 * self.over / self.need : nil }

    /// `forecast` is the middle, the scale, the upper quantile and the instances (negative where capacity is unknown).
    mutating func add(truth: Double, forecast: SIMD4<Double>, capacity: Double, risk: Double) {
        self.count += 1
        self.absolute += abs(truth - forecast[0])
        self.truth += truth
        let error = truth - forecast[2]
        self.pinball += error > 0 ? (1 - risk) * error : -risk * error
        self.passed += error > 0 ? 1 : 0
        guard capacity > 0, forecast[3] >= 0 else { return }
        let need = (truth / capacity).rounded(.up)
        self.sized += 1
        self.under += forecast[3] < need ? 1 : 0
        self.over += max(0, forecast[3] - need)
        self.need += need
    }

    /// Both together.
    public static func + (left: Score, right: Score) -> Score {
        var sum = left
        sum.count += right.count
        sum.absolute += right.absolute
        sum.truth += right.truth
        sum.pinball += right.pinball
        sum.passed += right.passed
        sum.sized += right.sized
        sum.under += right.under
        sum.over += right.over
        sum.need += right.need
        return sum
    }

    /// Sums of one series divided by its mean load, so that adding series up weighs each alike.
    public var normalised: Score {
        guard self.count > 0, self.truth > 0 else { return self }
        var result = self
        let mean = self.truth / Double(self.count)
        result.absolute /= mean
        result.truth /= mean
        result.pinball /= mean
        return result
    }
}
