/// Natural logarithm and exponential from IEEE operations alone, the same to the last bit on every machine.
///
/// The platform's own differ between C libraries, and a journal must replay to the same plan everywhere. Relative error is
/// below 1e-13, checked against the platform's by a test.
public enum Natural {
    /// The natural logarithm of 2.
    public static let ln2 = 0.693_147_180_559_945_309_4
    /// The first 32 bits of it, so that its product with an exponent is exact, and the rest (Cody and Waite 1980).
    @usableFromInline static let ln2High = 0.693_147_180_369_123_816_490
    @usableFromInline static let ln2Low = 1.908_214_929_270_587_700_02e-10

    /// The logarithm of a positive finite number; -infinity for 0, not a number for anything else.
    @inlinable
    public static func log(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return x == 0 ? -.infinity : .nan }
        var fraction = x.significand
        var exponent = Double(x.exponent)
        if fraction > 1.414_213_562_373_095 {
            fraction *= 0.5
            exponent += 1
        }
        // ln m = 2 artanh((m - 1) / (m + 1)); |z| <= 0.1716, so the term after z^19 is below 1e-16.
        let z = (fraction - 1) / (fraction + 1)
        let y = z * z
        var sum = 1.0 / 19
        sum = sum * y + 1.0 / 17
        sum = sum * y + 1.0 / 15
        sum = sum * y + 1.0 / 13
        sum = sum * y + 1.0 / 11
        sum = sum * y + 1.0 / 9
        sum = sum * y + 1.0 / 7
        sum = sum * y + 1.0 / 5
        sum = sum * y + 1.0 / 3
        sum = sum * y + 1
        return exponent * self.ln2 + 2 * z * sum
    }

    /// The exponential; 0 far below zero and infinity far above.
    @inlinable
    public static func exp(_ x: Double) -> Double {
        guard x > -700 else { return x.isNaN ? .nan : 0 }
        guard x < 700 else { return x.isNaN ? .nan : .infinity }
        let whole = (x / self.ln2).rounded()
        let rest = (x - whole * self.ln2High) - whole * self.ln2Low
        // Taylor's series on |rest| <= 0.3466; the term after the last is below 1e-16.
        var sum = 1 + rest / 14
        sum = 1 + sum * rest * (1.0 / 13)
        sum = 1 + sum * rest * (1.0 / 12)
        sum = 1 + sum * rest * (1.0 / 11)
        sum = 1 + sum * rest * (1.0 / 10)
        sum = 1 + sum * rest * (1.0 / 9)
        sum = 1 + sum * rest * (1.0 / 8)
        sum = 1 + sum * rest * (1.0 / 7)
        sum = 1 + sum * rest * (1.0 / 6)
        sum = 1 + sum * rest * (1.0 / 5)
        sum = 1 + sum * rest * 0.25
        sum = 1 + sum * rest * (1.0 / 3)
        sum = 1 + sum * rest * 0.5
        sum = 1 + sum * rest
        return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
    }

    /// The factor that halves a weight after `halfLife` steps.
    @inlinable
    public static func decay(halfLife: Double) -> Double { self.exp(-self.ln2 / halfLife) }
}
