/// Ordinary least squares with a touch of ridge, by normal equations and Cholesky; sums run in a fixed order.
struct LeastSquares: Sendable {
    let dimension: Int
    /// Lower triangle, row by row.
    private var gram: [Double]
    private var target: [Double]
    private(set) var count = 0

    init(dimension: Int) {
        self.dimension = dimension
        self.gram = Array(repeating: 0, count: dimension * (dimension + 1) / 2)
        self.target = Array(repeating: 0, count: dimension)
    }

    /// One observation; `row` has `dimension` finite numbers.
    mutating func add(_ row: [Double], _ value: Double) {
        var index = 0
        for i in 0..<self.dimension {
            let left = row[i]
            for j in 0...i {
                self.gram[index] += left * row[j]
                index += 1
            }
            self.target[i] += left * value
        }
        self.count += 1
    }

    /// The coefficients, or nil where the observations do not determine them even with the ridge.
    ///
    /// `ridge` is a part of each column's own mean square, so that it means the same at every scale.
    func solve(ridge: Double) -> [Double]? {
        guard self.count >= self.dimension else { return nil }
        return Self.solve(gram: self.gram, target: self.target, ridge: ridge)
    }

    /// The same for sums that are kept elsewhere; `gram` is a lower triangle, row by row.
    static func solve(gram: [Double], target: [Double], ridge: Double) -> [Double]? {
        let dimension = target.count
        var lower = gram
        let at = { (i: Int, j: Int) in i * (i + 1) / 2 + j }
        let largest = (0..<dimension).reduce(0) { max($0, gram[at($1, $1)]) }
        guard largest > 0, largest.isFinite else { return nil }
        for i in 0..<dimension {
            lower[at(i, i)] += max(gram[at(i, i)] * ridge, largest * 1e-12)
            for j in 0...i {
                var sum = lower[at(i, j)]
                for k in 0..<j { sum -= lower[at(i, k)] * lower[at(j, k)] }
                if i == j {
                    guard sum > 0 else { return nil }
                    lower[at(i, i)] = sum.squareRoot()
                } else {
                    lower[at(i, j)] = sum / lower[at(j, j)]
                }
            }
        }
        var solution = target
        for i in 0..<dimension {
            for k in 0..<i { solution[i] -= lower[at(i, k)] * solution[k] }
            solution[i] /= lower[at(i, i)]
        }
        for i in (0..<dimension).reversed() {
            for k in (i + 1)..<max(dimension, i + 1) { solution[i] -= lower[at(k, i)] * solution[k] }
            solution[i] /= lower[at(i, i)]
        }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }
}
