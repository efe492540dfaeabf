import LeewardModel

/// How far above the middle to go for a risk, learnt from how often that was too little.
///
/// Adaptive conformal inference on a quantile (Gibbs and Candès, NeurIPS 2021; the step on the threshold itself as in
/// Angelopoulos, Candès and Tibshirani, *Conformal PID Control*, NeurIPS 2023): after each truth the threshold rises by
/// `rate (1 - risk)` if it was passed and falls by `rate risk` if not, so that in the long run it is passed in `risk` of the
/// cases, whatever the errors' distribution. The unit is the scale of the service's errors at that hour.
struct Thresholds: Sendable, Equatable {
    /// The risks that are tracked; others are read between them.
    static let risks: [Double] = [0.3, 0.1, 0.05, 0.02, 0.01]
    private static let normal: [Double] = [0.524, 1.282, 1.645, 2.054, 2.326]
    private static let logarithms: [Double] = risks.map { Natural.log($0) }
    private static let slowest = 0.01

    private(set) var values = SIMD8<Double>(0.524, 1.282, 1.645, 2.054, 2.326, 0, 0, 0)
    private(set) var count = 0

    /// Takes in whether each tracked risk's threshold was passed; early truths move it further.
    mutating func learn(wasPassed: (Double) -> Bool) {
        self.count += 1
        let rate = max(Self.slowest, Natural.exp(-0.7 * Natural.log(Double(self.count + 1))))
        for index in Self.risks.indices {
            let hit: Double = wasPassed(self.values[index]) ? 1 : 0
            self.values[index] = min(max(self.values[index] + rate * (hit - Self.risks[index]), -1), 8)
        }
        // A smaller risk never has the lower threshold.
        for index in 1..<Self.risks.count { self.values[index] = max(self.values[index], self.values[index - 1]) }
    }

    /// The threshold at a risk from 0 to 1, exclusive, linear in the risk's logarithm between those that are tracked.
    func value(risk: Double) -> Double {
        let wanted = Natural.log(min(max(risk, Self.risks[Self.risks.count - 1]), Self.risks[0]))
        for index in 1..<Self.risks.count where wanted >= Self.logarithms[index] {
            let part = (Self.logarithms[index - 1] - wanted) / (Self.logarithms[index - 1] - Self.logarithms[index])
            return self.values[index - 1] + (self.values[index] - self.values[index - 1]) * part
        }
        return self.values[Self.risks.count - 1]
    }
}
