public import LeewardModel

/// How much load each service gets from its region's traffic, and how much traffic a region gets, by time of day and week.
///
/// Fitted by least squares on weeks of history. What the history does not carry has no model: it is unknown, never zero.
public struct DemandModel: Sendable, Equatable, Codable {
    private var loads: SortedMap<ClusterID, LinearModel> = [:]
    private var traffics: SortedMap<RegionID, LinearModel> = [:]
    /// One sentence for each series that has no model, and why; in order of their names.
    public private(set) var problems: [String] = []

    /// Fits every service and region that `history` has enough of; order, duplicates and non-numbers in it do no harm.
    public static func fit(history samples: [Sample]) -> DemandModel {
        let history = History(samples)
        var model = DemandModel()
        for (region, series) in history.traffic {
            if let problem = series.problem {
                model.problems.append("traffic of \(region): \(problem)")
            } else if let fitted = LinearModel.fit(
                series.points.map { ($0.time, $0.value) },
                { [1] + Seasons.sharp($0) }
            ) {
                model.traffics[region] = fitted
            } else {
                model.problems.append("traffic of \(region): its history determines no model")
            }
        }
        for (cluster, series) in history.load {
            let traffic = history.traffic[cluster.region] ?? Series()
            let pairs = series.paired(with: traffic)
            if let problem = Series(points: pairs.map { ($0.time, $0.own) }).problem {
                model.problems.append("load of \(cluster): \(problem)")
                continue
            }
            let mean = pairs.reduce(0) { $0 + $1.other } / Double(pairs.count)
            let rows = pairs.map { (traffic: $0.other, time: $0.time, load: $0.own) }
            if mean > 0, let fitted = LinearModel.fit(rows, scale: mean) {
                model.loads[cluster] = fitted
            } else {
                model.problems.append(
                    "load of \(cluster): \(mean > 0 ? "its history determines no model" : "no traffic")"
                )
            }
        }
        if history.traffic.isEmpty { model.problems.append("there is no history of traffic") }
        return model
    }

    /// Requests per second that `traffic` good starts per second at that time mean for a service; nil where unknown.
    public func load(of service: ServiceID, in region: RegionID, traffic: Double, at time: WallTime) -> Forecast? {
        guard traffic.isFinite, traffic >= 0, let model = self.loads[ClusterID(region, service)] else { return nil }
        return model.forecast(LinearModel.loadRow(traffic / model.scale, time))
    }

    /// Good starts per second that a region's users make at that time; nil where unknown.
    public func traffic(of region: RegionID, at time: WallTime) -> Forecast? {
        self.traffics[region]?.forecast([1] + Seasons.sharp(time))
    }
}

/// Coefficients, and how far reality strays above them.
struct LinearModel: Sendable, Equatable, Codable {
    var coefficients: [Double]
    /// What traffic is divided by, so that all columns are of one size.
    var scale: Double
    /// Nine of ten outcomes are at most this part above the middle.
    var spread: Double

    /// Only keeps flat histories solvable; far below what would bend a coefficient.
    private static let ridge = 1e-9

    /// Load is traffic times a part that follows the clock, and a rest that comes without any traffic.
    static func loadRow(_ traffic: Double, _ time: WallTime) -> [Double] {
        var row = [1, traffic]
        for wave in Seasons.gentle(time) { row.append(traffic * wave) }
        return row
    }

    static func fit(_ rows: [(traffic: Double, time: WallTime, load: Double)], scale: Double) -> LinearModel? {
        self.fit(self.thinned(rows).map { (self.loadRow($0.traffic / scale, $0.time), $0.load) }, scale: scale)
    }

    static func fit(_ points: [(WallTime, Double)], _ row: (WallTime) -> [Double]) -> LinearModel? {
        self.fit(self.thinned(points).map { (row($0.0), $0.1) }, scale: 1)
    }

    /// More observations make the fit slower and no better: four weeks of every twentieth minute.
    private static let enough = 2016

    private static func thinned<Row>(_ rows: [Row]) -> [Row] {
        let every = max(1, rows.count / self.enough)
        return every == 1 ? rows : stride(from: 0, to: rows.count, by: every).map { rows[$0] }
    }

    private static func fit(_ rows: [(row: [Double], value: Double)], scale: Double) -> LinearModel? {
        guard let first = rows.first else { return nil }
        var squares = LeastSquares(dimension: first.row.count)
        var sum = 0.0
        for (row, value) in rows {
            squares.add(row, value)
            sum += value
        }
        guard let coefficients = squares.solve(ridge: self.ridge) else { return nil }
        var model = LinearModel(coefficients: coefficients, scale: scale, spread: 0)
        // Below a twentieth of the mean a relative error says more about the divisor than about the model.
        let floor = max(sum / Double(rows.count) / 20, 1e-9)
        let above = rows.map { ($0.value - model.middle($0.row)) / max(model.middle($0.row), floor) }.sorted()
        model.spread = max(0, above[min(above.count - 1, above.count * 9 / 10)])
        return model
    }

    func forecast(_ row: [Double]) -> Forecast? {
        let middle = max(0, self.middle(row))
        guard middle.isFinite, self.spread.isFinite else { return nil }
        return Forecast(p50: middle, p90: middle * (1 + self.spread))
    }

    private func middle(_ row: [Double]) -> Double {
        var sum = 0.0
        for index in row.indices { sum += self.coefficients[index] * row[index] }
        return sum
    }
}
