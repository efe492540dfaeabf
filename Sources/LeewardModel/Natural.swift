/// Natural logarithm and exponential from IEEE operations alone, so that every machine decides alike.
///
/// A system's `log` may differ in the last bit from one library version to the next; decisions must not (DESIGN section 2).
public enum Natural {
    private static let ln2 = 0.693147180559945309417232121458

    /// The logarithm of a positive finite number; anything else gives not-a-number or -infinity.
    ///
    /// Relative error below 1e-14.
    @inlinable
    public static func log(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return x == 0 ? -.infinity : .nan }
        return self.ofPositive(x)
    }

    @usableFromInline
    static func ofPositive(_ x: Double) -> Double {
        var exponent = Double(x.exponent)
        var part = x.significand
        if part > 1.4142135623730951 {
            part /= 2
            exponent += 1
        }
        // log(m) = 2 artanh((m - 1) / (m + 1)); |s| <= 0.1716, so nine terms reach 1e-16.
        let s = (part - 1) / (part + 1)
        let q = s * s
        var sum = 1.0 / 19
        sum = sum * q + 1.0 / 17
        sum = sum * q + 1.0 / 15
        sum = sum * q + 1.0 / 13
        sum = sum * q + 1.0 / 11
        sum = sum * q + 1.0 / 9
        sum = sum * q + 1.0 / 7
        sum = sum * q + 1.0 / 5
        sum = sum * q + 1.0 / 3
        sum = sum * q + 1
        return 2 * s * sum + exponent * self.ln2
    }

    /// e to the power of `x`; beyond +-700 the answer is infinite or zero.
    ///
    /// Relative error below 1e-14.
    public static func exp(_ x: Double) -> Double {
        guard x > -700 else { return x.isNaN ? .nan : 0 }
        guard x < 700 else { return x.isNaN ? .nan : .infinity }
        let power = (x / self.ln2).rounded()
        let rest = x - power * self.ln2
        var sum = 1.0
        for k in stride(from: 14.0, through: 1.0, by: -1.0) { sum = 1 + sum * rest / k }
        return Double(sign: .plus, exponent: Int(power), significand: 1) * sum
    }
}
