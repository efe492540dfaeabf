import LeewardModel

/// What is expected of a load before its errors have calibrated it.
public enum Expectation: Sendable, Equatable {
    /// The middle in requests per second, and the standard deviation of its logarithm.
    case known(median: Double, spread: Double)
    /// Why there is no answer; unknown is never zero.
    case unknown(String)
}

extension RegionForecaster {
    /// A day, and what an answer may be late by: the longest that the newest bucket may lie before a forecast's target.
    static let longest = Trace.day + 24
    /// A new service is unknown for its first hour.
    static let hour = 12

    /// A service's load some five-minute steps after the newest bucket.
    func expectation(_ index: Int, ahead: Int) -> Expectation {
        guard self.hasBegun, let newest = self.newest else {
            return .unknown("its region has less than eight days of history")
        }
        let state = self.states[index]
        if state.isIdle(at: newest) { return .known(median: 0, spread: 0) }
        guard state.samples >= Self.hour else { return .unknown("it was first seen less than an hour ago") }
        guard ahead <= Self.longest else { return .unknown("its region has sent no load for too long") }
        let logarithm = state.isAlone ? self.alone(index, ahead: ahead) : self.follow(index, ahead: ahead)
        guard let logarithm else { return .unknown("its region's history has holes where the forecast needs it") }
        let median = max(0, Natural.exp(logarithm) - 0.5)
        guard median.isFinite else { return .unknown("its history determines no model") }
        return .known(median: median, spread: self.spread(state, ahead: ahead))
    }

    /// The service's own noise and the trace's error at that distance; a new service's is wide until it has its own fit.
    private func spread(_ state: ServiceState, ahead: Int) -> Double {
        if state.isAlone { return 1.2533 * state.aloneError }
        let trace = 1.2533 * self.model.error(ahead: ahead - state.response.shift) * state.response.slope
        let noise = state.isFitted ? state.response.noise : max(state.response.noise, 0.3)
        return (noise * noise + trace * trace).squareRoot()
    }
}

extension TraceForecaster {
    /// The trace's mean absolute error of late, some steps ahead; from the next horizon above.
    func error(ahead: Int) -> Double {
        guard ahead > -Trace.reach else { return 0 }
        let index = Self.steps.firstIndex { $0 >= ahead } ?? Self.steps.count - 1
        return self.horizons[index].error
    }
}
