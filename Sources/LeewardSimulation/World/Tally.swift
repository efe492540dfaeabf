/// What users got: requests by geography and second, whole and failed.
struct Tally: Sendable {
    private let geographies: Int
    private(set) var total = 0.0
    private(set) var failed = 0.0
    /// By second times geographies plus geography.
    private(set) var failedBySecond: [Double] = []

    init(geographies: Int) { self.geographies = geographies }

    mutating func add(_ amount: Double, failed: Double, of geography: Int, at time: Int64) {
        self.total += amount
        self.failed += failed
        guard failed > 0 else { return }
        let cell = Int(time / 1000) * self.geographies + geography
        while self.failedBySecond.count <= cell { self.failedBySecond.append(0) }
        self.failedBySecond[cell] += failed
    }

    /// Requests that had failed when this second of the run began.
    func failed(before second: Int) -> Double {
        self.failedBySecond.prefix(max(0, second) * self.geographies).reduce(0, +)
    }
}
