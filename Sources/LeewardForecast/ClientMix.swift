public import LeewardModel

/// A service's load as a sum over kinds of clients, where the traffic of each kind is known.
///
/// A phone's start asks a service for more, or less, than a television's. When the mix changes - a savior receives users of
/// another mix - a load's own history misleads, and coefficients per kind do not. Ridge regression with fading sums; a sample
/// costs O(k²) for k kinds, whatever the history.
public struct ClientMix: Sendable, Equatable {
    /// In order; the columns of the regression, before the rest that comes without any client.
    public let clients: [String]
    private var gram: [Double]
    private var target: [Double]
    private var weight = 0.0
    private static let fading = Natural.decay(halfLife: 14 * Double(Trace.day))
    private static let ridge = 1e-4

    /// Observations that the coefficients need: a day.
    public static let enough = 288

    /// A mix of which nothing is known yet; names in any order.
    public init(clients: [String]) {
        self.clients = clients.sorted()
        let width = clients.count + 1
        self.gram = Array(repeating: 0, count: width * (width + 1) / 2)
        self.target = Array(repeating: 0, count: width)
    }

    /// Takes in one bucket; one with a kind missing or a value that is no number is left out.
    ///
    /// - Parameters:
    ///   - load: Requests per second of the service.
    ///   - traffic: Requests per second of each kind of client, by its name.
    public mutating func add(load: Double, traffic: SortedMap<String, Double>) {
        guard load.isFinite, load >= 0, let row = self.row(traffic) else { return }
        self.weight = self.weight * Self.fading + 1
        var index = 0
        for i in row.indices {
            for j in 0...i {
                self.gram[index] = self.gram[index] * Self.fading + row[i] * row[j]
                index += 1
            }
            self.target[i] = self.target[i] * Self.fading + row[i] * load
        }
    }

    /// Requests that one request of each kind means for the service, and the rest without any; nil before a day is known.
    public var coefficients: (byClient: SortedMap<String, Double>, rest: Double)? {
        guard self.weight >= Double(Self.enough) * 0.9,
            let solved = LeastSquares.solve(gram: self.gram, target: self.target, ridge: Self.ridge)
        else { return nil }
        return (SortedMap(zip(self.clients, solved).map { ($0, $1) }), solved[self.clients.count])
    }

    /// The load that this traffic means, in requests per second; nil before a day is known or with a kind missing.
    public func load(for traffic: SortedMap<String, Double>) -> Double? {
        guard let row = self.row(traffic), let (byClient, rest) = self.coefficients else { return nil }
        let sum = zip(byClient.values, row).reduce(rest) { $0 + $1.0 * $1.1 }
        return sum.isFinite ? max(0, sum) : nil
    }

    private func row(_ traffic: SortedMap<String, Double>) -> [Double]? {
        var row: [Double] = []
        for client in self.clients {
            guard let value = traffic[client], value.isFinite, value >= 0 else { return nil }
            row.append(value)
        }
        return row + [1]
    }
}
