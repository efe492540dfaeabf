/// Up to five numbers in order, without an allocation.
struct FewNumbers: Sendable {
    private var values = (0.0, 0.0, 0.0, 0.0, 0.0)
    private(set) var count = 0
    /// Farther from the others, and it is no season but an event.
    private static let agreement = 0.015

    mutating func add(_ value: Double) {
        withUnsafeMutableBytes(of: &self.values) { bytes in
            let list = bytes.bindMemory(to: Double.self)
            var at = self.count
            while at > 0, list[at - 1] > value {
                list[at] = list[at - 1]
                at -= 1
            }
            list[at] = value
        }
        self.count += 1
    }

    private func withValues<Result>(_ body: (UnsafeBufferPointer<Double>) -> Result) -> Result {
        withUnsafeBytes(of: self.values) { body($0.bindMemory(to: Double.self)) }
    }

    /// Nil without any.
    var median: Double? {
        guard self.count > 0 else { return nil }
        return self.withValues { list in
            let middle = self.count / 2
            return self.count % 2 == 1 ? list[middle] : (list[middle - 1] + list[middle]) / 2
        }
    }

    /// The mean, each number held to within the agreement of their median; of two that contradict each other the smaller one.
    var agreed: Double {
        self.withValues { list in
            switch self.count {
            case 0: return 0
            case 1: return max(-2 * Self.agreement, min(2 * Self.agreement, list[0]))
            case 2 where list[1] - list[0] > 2 * Self.agreement: return abs(list[0]) < abs(list[1]) ? list[0] : list[1]
            default: break
            }
            let middle = (list[(self.count - 1) / 2] + list[self.count / 2]) / 2
            var sum = 0.0
            for index in 0..<self.count {
                sum += max(middle - Self.agreement, min(middle + Self.agreement, list[index]))
            }
            return sum / Double(self.count)
        }
    }
}
