/// Finds a region's trace and every service's response to it in the first weeks of history; from then on both move online.
///
/// A single-factor model by alternating least squares: given a trace, fit each service's shift and quadratic; given those,
/// the trace is the mean of the services' inverses, each weighed by how precisely it tells it.
struct FirstFit {
    /// Logarithms of the loads by service and slot; not a number in holes.
    let logs: [[Double]]
    let slots: Int
    private(set) var responses: [Response?]
    private var trace: [Double] = []
    private var shares: [Double]

    /// Below this part of its points a service takes no part; it joins later, as a new one.
    private static let leastCoverage = 0.5

    init(logs: [[Double]], slots: Int) {
        self.logs = logs
        self.slots = slots
        self.responses = Array(repeating: nil, count: logs.count)
        self.shares = Array(repeating: 0, count: logs.count)
        guard self.start() else { return }
        // The first pass is against one service, whose own shift is unknown: twice the reach, then centred.
        for round in 0..<4 {
            self.fitResponses(reach: round == 0 ? 2 * Trace.reach : Trace.reach, isFirst: round == 0)
            self.fitTrace()
        }
        self.fitResponses(reach: Trace.reach, isFirst: false)
    }

    /// Takes the smoothest service for the trace; false where there is none.
    private mutating func start() -> Bool {
        var best: (roughness: Double, service: Int)?
        var spreads: [Double] = []
        for service in self.logs.indices {
            let usable = self.logs[service].filter(\.isFinite)
            guard Double(usable.count) >= Self.leastCoverage * Double(self.slots), usable.count > 2 else { continue }
            let mean = usable.reduce(0, +) / Double(usable.count)
            let spread = (usable.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(usable.count)).squareRoot()
            guard spread > 0.02 else { continue }
            spreads.append(spread)
            self.responses[service] = Response()
            let bends = zip(usable.dropFirst(2), zip(usable.dropFirst(), usable)).map { abs($0 - 2 * $1.0 + $1.1) }
            let roughness = bends.sorted()[bends.count / 2] / spread
            if best.map({ roughness < $0.roughness }) ?? true { best = (roughness, service) }
        }
        guard let best else { return false }
        let chosen = self.logs[best.service]
        let usable = chosen.filter(\.isFinite)
        let mean = usable.reduce(0, +) / Double(usable.count)
        let spread = (usable.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(usable.count)).squareRoot()
        let scale = spreads.sorted()[spreads.count / 2] / spread
        self.trace = chosen.map { ($0 - mean) * scale }
        return true
    }

    private mutating func fitResponses(reach: Int, isFirst: Bool) {
        var low = Double.infinity
        var high = -Double.infinity
        for value in self.trace where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        for service in self.logs.indices where self.responses[service] != nil {
            var best: (shift: Int, fit: (level: Double, slope: Double, curve: Double, square: Double))?
            for shift in -reach...reach {
                guard let fit = self.moments(service, shift).solve(shift: 0) else { continue }
                if best.map({ fit.square < $0.fit.square }) ?? true { best = (shift, fit) }
            }
            guard let best else {
                self.responses[service] = nil
                continue
            }
            self.responses[service] = Response(
                shift: best.shift,
                level: best.fit.level,
                slope: best.fit.slope,
                curve: best.fit.curve,
                low: low,
                high: high,
                noise: best.fit.square.squareRoot() / (1 - min(self.shares[service], 0.7))
            )
        }
        guard isFirst else { return }
        let shifts = self.responses.compactMap { $0?.shift }
        let noises = self.responses.compactMap { $0?.noise }.sorted()
        guard let least = shifts.min(), let most = shifts.max(), !noises.isEmpty else { return }
        let middle = Int((Double(least + most) / 2).rounded())
        for service in self.responses.indices {
            guard var response = self.responses[service] else { continue }
            response.shift = min(max(response.shift - middle, -Trace.reach), Trace.reach)
            // Against itself the first service has no noise at all; that must not make it the trace for ever.
            response.noise = max(response.noise, noises[noises.count / 2])
            self.responses[service] = response
        }
    }

    private func moments(_ service: Int, _ shift: Int) -> ResponseMoments {
        var sums = ResponseMoments(shifts: 1)
        let own = self.logs[service]
        for slot in max(0, -shift)..<min(self.slots, self.slots - shift) {
            let trace = self.trace[slot]
            let load = own[slot + shift]
            guard trace.isFinite, load.isFinite else { continue }
            sums.add(trace: trace)
            sums.add(logarithm: load, trace: trace, shift: 0)
        }
        return sums
    }

    private mutating func fitTrace() {
        var sums = [Double](repeating: 0, count: self.slots)
        var weights = sums
        var own = [Double](repeating: 0, count: self.logs.count)
        for service in self.logs.indices {
            guard let response = self.responses[service] else { continue }
            for slot in max(0, -response.shift)..<min(self.slots, self.slots - response.shift) {
                let load = self.logs[service][slot + response.shift]
                guard load.isFinite else { continue }
                let inverse = response.inverse(load, from: self.trace[slot])
                let weight = response.precision(at: inverse)
                sums[slot] += inverse * weight
                weights[slot] += weight
                own[service] += weight
            }
        }
        for slot in 0..<self.slots { self.trace[slot] = weights[slot] > 0 ? sums[slot] / weights[slot] : .nan }
        let all = max(own.reduce(0, +), 1e-12)
        self.shares = own.map { $0 / all }
    }
}

extension Response {
    /// The weight of one service's word on the trace: the inverse variance of its inverse.
    func precision(at trace: Double) -> Double {
        let steepness = self.steepness(trace)
        return steepness * steepness / max(self.noise * self.noise, 1e-8)
    }
}
