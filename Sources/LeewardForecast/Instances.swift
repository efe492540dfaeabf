public import LeewardModel

extension Forecast {
    /// Ready instances that carry nine of ten outcomes with each of them loaded to at most `limit` basis points.
    ///
    /// - Parameters:
    ///   - capacity: Requests per second that one instance carries.
    ///   - limit: Load over capacity that is allowed, in basis points.
    /// - Returns: Nil where capacity or limit is not positive, or the forecast is no finite number.
    public func instances(capacity: Int, limit: Int) -> Int? {
        guard capacity > 0, limit > 0, self.p90.isFinite, self.p90 >= 0 else { return nil }
        let each = Double(capacity) * Double(limit) / 10_000
        return Int(exactly: (self.p90 / each - 1e-9).rounded(.up))
    }
}

/// What one instance of a service carries, as measured.
public struct InstanceCapacity: Sendable, Hashable, Codable {
    /// Requests per second at which one instance stops keeping its promise.
    public var requestsPerSecond: Double
    /// The part of that which is allowed, in basis points, from 1 to 10,000.
    public var limit: Int
    /// How much more than the mean the busiest instance gets, as a part of the mean: 0.15 where it has 15 % more.
    public var spread: Double
    /// From the order to the first request served.
    public var warmUp: Span

    /// A measurement; nothing is checked here, an unusable one has no `effective` load.
    public init(requestsPerSecond: Double, limit: Int = 10_000, spread: Double = 0, warmUp: Span = .zero) {
        self.requestsPerSecond = requestsPerSecond
        self.limit = limit
        self.spread = spread
        self.warmUp = warmUp
    }

    /// The mean load at which the busiest instance stands at the limit: capacity x limit / (1 + spread); nil if unusable.
    public var effective: Double? {
        let each = self.requestsPerSecond * Double(self.limit) / 10_000 / (1 + self.spread)
        let isUsable = self.limit > 0 && self.limit <= 10_000 && self.spread >= 0 && each.isFinite && each > 0
        return isUsable ? each : nil
    }

    /// The spread that was measured: the busiest instance over the mean, less one; nil without load.
    ///
    /// - Parameter loads: Requests per second by instance over the same minutes.
    public static func spread(of loads: [Double]) -> Double? {
        let usable = loads.filter { $0.isFinite && $0 >= 0 }
        guard let most = usable.max(), most > 0 else { return nil }
        return most / (usable.reduce(0, +) / Double(usable.count)) - 1
    }
}

/// Instances to order, and when, so that they are warm in time.
public struct Launch: Sendable, Hashable {
    /// From now.
    public var orderIn: Span
    /// From now: when they must serve.
    public var neededIn: Span
    /// How many to order.
    public var instances: Int
    /// How long the load will be without them because warming takes longer than what is left; zero if in time.
    public var late: Span

    /// One order.
    public init(orderIn: Span, neededIn: Span, instances: Int, late: Span) {
        self.orderIn = orderIn
        self.neededIn = neededIn
        self.instances = instances
        self.late = late
    }

    /// The orders that meet a rising need: each as late as its warm-up allows, none for a need that is met already.
    ///
    /// - Parameters:
    ///   - needs: Instances needed by distance from now, in any order.
    ///   - ready: Instances that serve, or will before the first need.
    public static func schedule(needs: [(ahead: Span, instances: Int)], ready: Int, warmUp: Span) -> [Launch] {
        var have = ready
        var launches: [Launch] = []
        let inOrder = needs.sorted { ($0.ahead, $0.instances) < ($1.ahead, $1.instances) }
        for need in inOrder where need.instances > have {
            let slack = need.ahead.milliseconds - warmUp.milliseconds
            launches.append(
                Launch(
                    orderIn: .milliseconds(max(0, slack)),
                    neededIn: need.ahead,
                    instances: need.instances - have,
                    late: .milliseconds(max(0, -slack))
                )
            )
            have = need.instances
        }
        return launches
    }
}

extension EvacuationForecaster {
    /// Says what one instance carries there, from its measurement; an unusable one makes instances unknown.
    public mutating func setCapacity(_ capacity: InstanceCapacity, of service: ServiceID, in region: RegionID) {
        self.setCapacity(capacity.effective ?? 0, of: service, in: region)
    }

    /// What to order now and later so that a savior is big enough for that evacuation throughout the next hour.
    ///
    /// Nil where a forecast or the capacity is unknown. Needs that warm-up no longer meets come out as late, never left out.
    public func launches(
        _ service: ServiceID,
        _ evacuation: EvacuationCase,
        ready: Int,
        warmUp: Span,
        risk: Double = 0.1
    ) -> [Launch]? {
        var needs: [(ahead: Span, instances: Int)] = []
        for minutes in stride(from: Int64(5), through: 60, by: 5) {
            let answer = self.demand(service, evacuation, ahead: .minutes(minutes), risk: risk)
            guard let instances = answer.forecast?.instances else { return nil }
            needs.append((.minutes(minutes), instances))
        }
        return Launch.schedule(needs: needs, ready: ready, warmUp: warmUp)
    }
}
