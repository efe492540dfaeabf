public import LeewardModel

/// What an evacuation would need in one savior for one service, hour by hour of the next day.
///
/// The difference to what the savior needs for its own users is the dark stock: instances to keep warm and unseen.
public struct DarkStock: Sendable, Equatable {
    /// One hour of the day.
    public struct Hour: Sendable, Hashable {
        /// Of the savior's local day, 0 to 23.
        public var hour: Int
        /// Instances for the savior's own users and the evacuee's share of users together.
        public var total: Int
        /// Instances for the savior's own users alone.
        public var own: Int
        /// One hour; counts are not negative.
        public init(hour: Int, total: Int, own: Int) {
            self.hour = hour
            self.total = total
            self.own = own
        }
        /// Instances to hold dark.
        public var dark: Int { max(0, self.total - self.own) }
    }

    /// Whose instances.
    public var service: ServiceID
    /// For which evacuation; the stock is held in its savior.
    public var evacuation: EvacuationCase
    /// All 24, by hour of the day.
    public var hours: [Hour]

    /// The most that any hour asks for.
    public var peak: Int { self.hours.map(\.dark).max() ?? 0 }
}

extension EvacuationForecaster {
    /// The dark stock of one service in one savior; nil where a forecast or the capacity is unknown.
    ///
    /// Each hour holds the worst of its quarters: a stock is changed hourly and must last the hour. Both
    /// needs are taken at the same risk, the savior's own by the forecaster's spread alone, because only sums are calibrated.
    public func darkStock(_ service: ServiceID, _ evacuation: EvacuationCase, risk: Double = 0.1) -> DarkStock? {
        guard let now = self.filling, let capacity = self.capacity(of: service, in: evacuation.savior) else {
            return nil
        }
        var hours = [DarkStock.Hour?](repeating: nil, count: 24)
        for step in stride(from: 1, through: Trace.day, by: 3) {
            let ahead = RegionForecaster.step * step
            guard let total = self.demand(service, evacuation, ahead: ahead, risk: risk).forecast?.instances,
                case .known(let median, let spread) = self.own(service, in: evacuation.savior, target: now + step)
            else { return nil }
            let upper = median * Natural.exp(Thresholds().value(risk: risk) * spread)
            guard let own = Int(exactly: (upper / capacity - 1e-9).rounded(.up)) else { return nil }
            let hour = self.hourOfDay(now + step, evacuation.savior)
            let before = hours[hour] ?? DarkStock.Hour(hour: hour, total: 0, own: 0)
            let isWorse = total - own > before.total - before.own || before.total == 0
            hours[hour] = isWorse ? DarkStock.Hour(hour: hour, total: total, own: own) : before
        }
        return DarkStock(service: service, evacuation: evacuation, hours: hours.compactMap { $0 })
    }
}
