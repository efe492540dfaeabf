import LeewardModel

/// The errors of all services of one evacuation at one horizon, and what they say about the next forecast.
///
/// The scale of a service's error is its mean absolute error of late, times how much worse this half hour of the day is than
/// others, times how much worse the last hour was, both over all services and by their square roots.
struct Calibration: Sendable, Equatable {
    /// One service at this horizon.
    struct Service: Sendable, Equatable {
        var scale = 0.0
        /// For the load.
        var load = Thresholds()
        /// For whole instances: rounding up to one is already some safety, more of it for small services.
        var instances = Thresholds()
        var truths = 0
        var score = Score()
        /// Middle, scale, upper quantile and instances of forecasts whose truth is still to come, by target.
        var pending: [SIMD4<Double>]
        var targets: [Int]

        init(pending count: Int) {
            self.pending = Array(repeating: SIMD4(), count: count)
            self.targets = Array(repeating: Int.min, count: count)
        }
    }

    /// Steps ahead.
    let ahead: Int
    /// A far horizon is scored every hour and not every five minutes.
    let stride: Int
    private(set) var services: [Service] = []
    private var halfHours = [Double](repeating: 1, count: 48)
    private var recent = 1.0
    private var rounds = 0
    private static let halfLife = 2.0 * 288
    private static let recently = Natural.decay(halfLife: 12)
    private static let usual = Natural.decay(halfLife: halfLife)

    init(ahead: Int) {
        self.ahead = ahead
        self.stride = ahead > 24 ? 12 : 1
    }

    private var slots: Int { self.ahead / self.stride + 8 }

    mutating func grow(to count: Int) {
        while self.services.count < count { self.services.append(Service(pending: self.slots)) }
    }

    mutating func forgetScores() {
        for index in self.services.indices { self.services[index].score = Score() }
    }

    mutating func forget(_ index: Int) { self.services[index] = Service(pending: self.slots) }

    /// The scale of one service's error at a target, in parts of its middle.
    func scale(_ index: Int, halfHour: Int, prior: Double) -> Double {
        let own = self.services[index].truths > 0 ? self.services[index].scale : prior
        let neighbours = [halfHour + 47, halfHour, halfHour + 1].map { self.halfHours[$0 % 48] }
        let time = min(max(neighbours.reduce(0, +) / 3, 0.3), 4)
        return own * time.squareRoot() * min(max(self.recent, 0.3), 4).squareRoot()
    }

    mutating func expect(_ index: Int, target: Int, median: Double, scale: Double, upper: Double, instances: Int?) {
        let place = Trace.floorMod(target / self.stride, self.slots)
        self.services[index].targets[place] = target
        self.services[index].pending[place] = SIMD4(median, scale, upper, instances.map(Double.init) ?? -1)
    }

    /// Takes in the truth at one target for every service; not a number where there is none.
    mutating func learn(_ truths: [Double], target: Int, halfHour: Int, capacities: [Double], risk: Double) {
        guard target % self.stride == 0 else { return }
        let place = Trace.floorMod(target / self.stride, self.slots)
        var sum = 0.0
        var count = 0.0
        for index in self.services.indices where self.services[index].targets[place] == target {
            self.services[index].targets[place] = Int.min
            let truth = truths[index]
            let forecast = self.services[index].pending[place]
            guard truth.isFinite else { continue }
            let capacity = capacities[index]
            self.services[index].score.add(truth: truth, forecast: forecast, capacity: capacity, risk: risk)
            guard forecast[0] > 0 else { continue }
            let error = Natural.log(max(truth, 0.5) / max(forecast[0], 0.5))
            let before = self.services[index].truths > 0 ? self.services[index].scale : max(forecast[1], 1e-6)
            sum += min(abs(error) / max(before, 1e-9), 6) / 0.8
            count += 1
            self.services[index].load.learn { error > $0 * forecast[1] }
            if capacity > 0 {
                let need = (truth / capacity).rounded(.up)
                self.services[index].instances.learn {
                    need > (forecast[0] * Natural.exp($0 * forecast[1]) / capacity).rounded(.up)
                }
            }
            self.services[index].truths += 1
            // What was expected of a new service counts as an hour of errors: a lucky first truth makes no one sure.
            let part = max(1 - Self.usual, 1 / Double(self.services[index].truths + 12))
            self.services[index].scale = before + part * (1.2533 * abs(error) - before)
        }
        guard count > 0 else { return }
        self.learnTimes(sum / count, halfHour: halfHour)
    }

    private mutating func learnTimes(_ ratio: Double, halfHour: Int) {
        self.rounds += 1
        if self.rounds * self.stride > Trace.day {
            let part = min(1, 0.06 * Double(self.stride))
            self.halfHours[halfHour] += part * (ratio - self.halfHours[halfHour])
        }
        let part = 1 - Self.recently
        self.recent += part * (ratio / max(self.halfHours[halfHour], 0.2) - self.recent)
    }
}
