import LeewardModel

/// One value for each of the two business signals of each region.
struct BySeries<Value: Sendable>: Sendable {
    private let regions: Int
    private var values: [Value]

    init(regions: Int, _ value: Value) {
        self.regions = regions
        self.values = Array(repeating: value, count: 2 * regions)
    }

    /// - Parameters:
    ///   - signal: `served` or `entered`.
    ///   - region: By its number among the fleet's regions, in the order of their names.
    subscript(signal: Signal, region: Int) -> Value {
        _read { yield self.values[signal == .served ? region : self.regions + region] }
        _modify { yield &self.values[signal == .served ? region : self.regions + region] }
    }

    /// Changes every value in its place.
    mutating func updateAll(_ change: (inout Value) -> Void) {
        for index in self.values.indices { change(&self.values[index]) }
    }
}

extension BySeries: Equatable where Value: Equatable {}
