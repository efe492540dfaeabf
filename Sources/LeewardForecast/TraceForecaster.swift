import LeewardModel

/// Foretells a region's trace by ridge regression, one small system per horizon, learnt from the horizon's own past errors.
///
/// For an origin T and k steps ahead the target is the trace at T + k less its sight at T. The regressors are the other
/// sights (what leading services already know), the levels half an hour and an hour ago, and for each expert its mean around
/// T + k and its values at T and at T - 3, all less the sight at T: level, slope and every blend of the experts are special cases. Sums of
/// products fade with a half-life, and an outlier counts by its distance and not by the square of it (Huber, 1964).
struct TraceForecaster: Sendable, Equatable {
    static let features = Trace.width - 1 + 2 + 3 * Trace.expertCount
    /// Each step to an hour and a half ahead, then wider up to a day.
    ///
    /// They begin before the origin: not all services have spoken on the newest steps of the trace, and those that have
    /// may be the noisiest.
    static let steps: [Int] = Array((1 - Trace.reach)...18) + [21, 24, 30, 36, 48, 60, 72, 96, 120, 144, 192, 240, 282]
    static let halfLife = 4.0 * 288
    static let ridge = 0.01
    /// Below half a day of training pairs the last week repeated is safer than a regression.
    static let enough = 144.0

    struct Horizon: Sendable, Equatable {
        var gram = [Double](repeating: 0, count: features * (features + 1) / 2)
        var target = [Double](repeating: 0, count: features)
        var weight = 0.0
        /// Mean absolute error of late.
        var error = 0.0
        var coefficients: [Double] = []
    }

    private(set) var horizons = [Horizon](repeating: Horizon(), count: steps.count)
    private static let fading = Natural.decay(halfLife: halfLife)

    /// The regressors and the sight at the origin; nil where the history has no expert for them.
    static func regressors(_ trace: Trace, origin: Int, ahead: Int, zone: Int) -> (row: [Double], base: Double)? {
        let base = trace.seen(origin, from: origin)
        // What happened at this very five minutes of other weeks will not happen again; what happened around them may.
        var then = SIMD8<Double>()
        for step in -2...2 { then += trace.experts(origin + ahead + step, from: origin, zone: zone) / 5 }
        let now = trace.experts(origin, from: origin, zone: zone)
        let before = trace.experts(origin - 3, from: origin, zone: zone)
        guard base.isFinite, then[0].isFinite, now[0].isFinite, then[3].isFinite, now[3].isFinite else { return nil }
        var row: [Double] = []
        row.reserveCapacity(self.features)
        for step in -Trace.reach...Trace.reach where step != 0 {
            let sight = trace.seen(origin + step, from: origin)
            row.append(sight.isFinite ? sight - base : 0)
        }
        for back in [6, 12] {
            let level = trace.seen(origin - back, from: origin)
            row.append(level.isFinite ? level - base : 0)
        }
        for expert in 0..<Trace.expertCount {
            row.append(then[expert] - base)
            row.append(now[expert] - base)
            row.append((before[expert].isFinite ? before[expert] : now[expert]) - base)
        }
        return (row, base)
    }

    /// Takes in the newest settled value of the trace: the truth of one origin for each horizon.
    mutating func learn(_ trace: Trace, zone: Int) {
        let settled = trace.newest - Trace.reach
        let truth = trace.settled[settled]
        guard truth.isFinite else { return }
        for index in Self.steps.indices {
            let origin = settled - Self.steps[index]
            guard
                let (row, base) = Self.regressors(trace, origin: origin, ahead: Self.steps[index], zone: zone)
            else { continue }
            self.horizons[index].learn(row, truth - base, fading: Self.fading)
        }
    }

    var bytes: Int {
        let horizon = Self.features * (Self.features + 1) / 2 + 2 * Self.features
        return self.horizons.count * (MemoryLayout<Horizon>.stride + horizon * 8)
    }

    mutating func solve() {
        for index in self.horizons.indices where self.horizons[index].weight >= Self.enough {
            self.horizons[index].solve(ridge: Self.ridge)
        }
    }

    /// The trace `ahead` steps after `origin`; nil where nothing has been learnt or the history has no expert.
    func predict(_ trace: Trace, origin: Int, ahead: Int, zone: Int) -> Double? {
        guard ahead > -Trace.reach else {
            let seen = trace.seen(origin + ahead, from: origin)
            return seen.isFinite ? seen : nil
        }
        if let index = Self.steps.firstIndex(of: ahead) {
            return self.exactly(trace, origin: origin, index: index, zone: zone)
        }
        // Between two horizons what is interpolated is the distance to the last weeks, not the value.
        let above = Self.steps.firstIndex { $0 > ahead } ?? Self.steps.count - 1
        let anchor = { (step: Int) -> Double in
            let experts = trace.experts(origin + step, from: origin, zone: zone)
            return (experts[0] + experts[1]) / 2
        }
        let (low, high) = (Self.steps[above - 1], Self.steps[above])
        guard
            let left = self.exactly(trace, origin: origin, index: above - 1, zone: zone),
            let right = self.exactly(trace, origin: origin, index: above, zone: zone)
        else { return nil }
        let part = min(1, Double(ahead - low) / Double(high - low))
        let result = anchor(ahead) + (left - anchor(low)) * (1 - part) + (right - anchor(high)) * part
        return result.isFinite ? result : nil
    }

    private func exactly(_ trace: Trace, origin: Int, index: Int, zone: Int) -> Double? {
        guard
            let (row, base) = Self.regressors(trace, origin: origin, ahead: Self.steps[index], zone: zone)
        else { return nil }
        let horizon = self.horizons[index]
        guard !horizon.coefficients.isEmpty else {
            // Last week's move from now to then, from where the trace is now.
            let first = Trace.width + 1
            return base + row[first] - row[first + 1]
        }
        var sum = base
        for column in row.indices { sum += row[column] * horizon.coefficients[column] }
        return sum
    }
}

extension TraceForecaster.Horizon {
    mutating func learn(_ row: [Double], _ change: Double, fading: Double) {
        var weight = 1.0
        if !self.coefficients.isEmpty {
            var error = change
            for column in row.indices { error -= row[column] * self.coefficients[column] }
            self.error += (abs(error) - self.error) * (self.error == 0 ? 1 : 0.01)
            weight = min(1, self.error / max(abs(error), 1e-9)) + 1e-6
        }
        self.weight = self.weight * fading + 1
        let count = row.count
        self.gram.withUnsafeMutableBufferPointer { gram in
            var index = 0
            for i in 0..<count {
                let left = row[i] * weight
                for j in 0...i {
                    gram[index] = gram[index] * fading + left * row[j]
                    index += 1
                }
                self.target[i] = self.target[i] * fading + left * change
            }
        }
    }

    mutating func solve(ridge: Double) {
        if let solved = LeastSquares.solve(gram: self.gram, target: self.target, ridge: ridge) {
            self.coefficients = solved
        }
    }
}
