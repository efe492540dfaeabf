/// A forecast in requests per second: the middle, and the value that nine of ten outcomes stay under.
public struct Forecast: Hashable, Sendable, Codable {
    public var p50: Double
    public var p90: Double
    public init(p50: Double, p90: Double) {
        self.p50 = p50
        self.p90 = p90
    }
}
