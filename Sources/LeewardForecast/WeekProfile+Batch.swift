import LeewardModel

extension WeekProfile {
    /// The same answer as adding every value of whole weeks one by one from a Monday's midnight, for many series at once.
    ///
    /// - Parameters:
    ///   - series: Values on the five-minute grid; a multiple of 2,016 of them, at most eight weeks.
    ///   - ofLogarithms: Whether to learn the values' logarithms (a load below a half counts as a half).
    /// - Returns: Nil where the number of values is no whole number of weeks or a value is no finite number.
    public static func fit(wholeWeeks series: UnsafeBufferPointer<Float>, ofLogarithms: Bool = false) -> WeekProfile? {
        let week = 7 * self.slots
        guard series.count > 0, series.count % week == 0, series.count <= 8 * week else { return nil }
        let weeks = series.count / week
        var profile = WeekProfile()
        let values = UnsafeRawBufferPointer(series)
        profile.means.withUnsafeMutableBytes { means in
            for day in 0..<7 {
                let target = self.dayClass(day) * self.slots * 4
                var total = SIMD8<Float>()
                for number in 0..<weeks {
                    let source = (number * week + day * self.slots) * 4
                    for offset in stride(from: 0, to: self.slots * 4, by: 32) {
                        var part = values.loadUnaligned(fromByteOffset: source + offset, as: SIMD8<Float>.self)
                        if ofLogarithms { part = Natural.log(part) }
                        let sum = means.loadUnaligned(fromByteOffset: target + offset, as: SIMD8<Float>.self) + part
                        means.storeBytes(of: sum, toByteOffset: target + offset, as: SIMD8<Float>.self)
                        total += part
                    }
                }
                profile.weekdays[day] = total.sum() / Float(weeks * self.slots)
            }
        }
        for kind in 0..<3 {
            let days = (kind == 0 ? 5 : 1) * weeks
            let part = 1 / Float(days)
            for index in kind * self.slots..<(kind + 1) * self.slots {
                profile.means[index] *= part
                profile.counts[index] = UInt16(days)
            }
        }
        for day in 0..<7 { profile.weekdayCounts[day] = UInt16(weeks * self.slots) }
        guard profile.weekdays.allSatisfy(\.isFinite) else { return nil }
        profile.solve()
        return profile
    }

    /// The hour that follows whole weeks: the usual values, moved by how far the last hour was from them.
    public func nextHour(after series: UnsafeBufferPointer<Float>, ofLogarithms: Bool = false) -> [Double] {
        let count = series.count
        var distance = 0.0
        for slot in count - 12..<count {
            let value = ofLogarithms ? Natural.log(Double(max(series[slot], 0.5))) : Double(series[slot])
            distance += value - (self.value(weekday: (slot / Self.slots) % 7, slot: slot % Self.slots) ?? value)
        }
        return (count..<count + 12).map { slot in
            let usual = self.value(weekday: (slot / Self.slots) % 7, slot: slot % Self.slots) ?? 0
            let result = usual + distance / 12
            return ofLogarithms ? Natural.exp(result) : result
        }
    }

    /// Bytes that one profile takes.
    public static var bytes: Int {
        let empty = WeekProfile()
        let coefficients = 3 * self.width
        let arrays = (empty.means.count + empty.weekdays.count + coefficients) * 4
        return MemoryLayout<WeekProfile>.stride + arrays + (empty.counts.count + empty.weekdayCounts.count) * 2
    }
}

extension Natural {
    /// Eight logarithms at once, to a few units in the last place; values below a half count as a half.
    ///
    /// Series of S. Moshier's *Cephes* `logf` (1989).
    @inline(__always)
    static func log(_ values: SIMD8<Float>) -> SIMD8<Float> {
        let x = values.replacing(with: 0.5, where: values .< 0.5)
        let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
        // The mantissa in [0.707, 1.414), so that the series is short.
        let shifted = bits &- 0x3f35_04f3
        let exponent = SIMD8<Float>(shifted &>> 23)
        let mantissa = unsafeBitCast((shifted & 0x007f_ffff) &+ 0x3f35_04f3, to: SIMD8<Float>.self)
        let z = mantissa - 1
        var sum = SIMD8<Float>(repeating: 7.037_683_6e-2)
        sum = sum * z - 1.151_461e-1
        sum = sum * z + 1.167_699_9e-1
        sum = sum * z - 1.242_014_1e-1
        sum = sum * z + 1.424_932_3e-1
        sum = sum * z - 1.666_805_8e-1
        sum = sum * z + 2.000_071_5e-1
        sum = sum * z - 2.499_999_4e-1
        sum = sum * z + 3.333_333_1e-1
        let square = z * z
        return z + (sum * z * square - 0.5 * square) + exponent * 0.693_147_18
    }
}
