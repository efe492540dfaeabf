/// How one service's load answers to its region's trace: its logarithm is a quadratic of the trace, some steps apart.
///
/// A service at `shift` -2 sees the region's movement two steps before the region as a whole does, one at 2 two steps later.
/// The quadratic is the second-order form of `log(base + part * traffic^exponent)`: work that comes without traffic, and
/// work that grows faster or slower than traffic.
struct Response: Sendable, Equatable {
    /// Steps; negative leads.
    var shift = 0
    var level = 0.0
    var slope = 1.0
    var curve = 0.0
    /// The range of the trace that the fit has seen; outside of it the answer goes on as a straight line.
    var low = -10.0
    var high = 10.0
    /// Standard deviation of the logarithm around the fit.
    var noise = 0.3

    func value(_ trace: Double) -> Double {
        let inside = min(max(trace, self.low), self.high)
        return self.level + inside * (self.slope + inside * self.curve) + (trace - inside) * self.steepness(inside)
    }

    /// Never flat: a service that does not answer to the trace says nothing about it.
    func steepness(_ trace: Double) -> Double {
        let inside = min(max(trace, self.low), self.high)
        return max(self.slope + 2 * self.curve * inside, 0.05)
    }

    /// The trace at which the fit gives `logarithm`, by Newton's steps from `start`.
    func inverse(_ logarithm: Double, from start: Double) -> Double {
        var trace = start.isFinite ? start : 0
        for _ in 0..<6 {
            trace -= (self.value(trace) - logarithm) / self.steepness(trace)
            trace = min(max(trace, self.low - 1), self.high + 1)
        }
        return trace
    }
}

/// Weighted sums that determine a response at one shift: of the trace's powers, of the load's logarithm, and their products.
struct ResponseMoments: Sendable, Equatable {
    /// Sums of the trace to the powers 0 to 4.
    var powers = SIMD8<Double>()
    /// Sums of the logarithm times the trace to the powers 0, 1 and 2; then of the logarithm's square.
    var products: [SIMD4<Double>]

    init(shifts: Int) { self.products = Array(repeating: SIMD4(), count: shifts) }

    mutating func add(trace: Double) {
        let square = trace * trace
        self.powers += SIMD8(1, trace, square, square * trace, square * square, 0, 0, 0)
    }

    mutating func add(logarithm: Double, trace: Double, shift: Int) {
        self.products[shift] += SIMD4(1, trace, trace * trace, logarithm) * logarithm
    }

    mutating func fade(_ factor: Double) {
        self.powers *= factor
        for index in self.products.indices { self.products[index] *= factor }
    }

    /// What the sums would be had every logarithm been `change` higher: history moves with a service's level.
    mutating func raise(_ change: Double) {
        for index in self.products.indices {
            let old = self.products[index]
            self.products[index] += SIMD4(
                change * self.powers[0],
                change * self.powers[1],
                change * self.powers[2],
                change * (2 * old[0] + change * self.powers[0])
            )
        }
    }

    /// Least squares with a little weight for "in proportion to the trace": level, slope, curve and mean square of the rest.
    func solve(shift: Int) -> (level: Double, slope: Double, curve: Double, square: Double)? {
        let n = self.powers[0]
        guard n > 1 else { return nil }
        let p = self.powers / n
        let y = self.products[shift] / n
        // Centred on the mean of the trace and of its square, so that the level is free of the prior.
        let prior = 0.3 / n
        let a = p[2] - p[1] * p[1] + prior
        let b = p[3] - p[1] * p[2]
        let c = p[4] - p[2] * p[2] + prior
        let u = y[1] - p[1] * y[0] + prior
        let v = y[2] - p[2] * y[0]
        let determinant = a * c - b * b
        guard determinant > 0, determinant.isFinite else { return nil }
        let slope = (u * c - v * b) / determinant
        let curve = (a * v - b * u) / determinant
        let level = y[0] - slope * p[1] - curve * p[2]
        let explained = slope * (u - prior) + curve * v
        let total = y[3] - y[0] * y[0]
        let square = max(
            total - 2 * explained + slope * slope * (a - prior) + 2 * slope * curve * b + curve * curve * (c - prior),
            1e-12
        )
        guard level.isFinite, slope.isFinite, curve.isFinite, square.isFinite else { return nil }
        return (level, slope, curve, square)
    }
}
