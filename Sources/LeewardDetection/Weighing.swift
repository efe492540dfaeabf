import LeewardModel

/// How much one source says, from what it counted.
///
/// Each source is compared with its own border between sick and not: the logarithm of how much likelier what it saw is
/// under what it saw than at that border (a generalised likelihood ratio, Wilks 1938), divided by how much more than chance
/// the source strays by itself (quasi-likelihood, Wedderburn 1974). So the sign is always the one that the decision takes.
enum Weighing {
    /// Of three sources none counts more than a third, however loud it is.
    static let most = 1.0 / 3
    /// Odds of ten thousand to one, as a natural logarithm, count half of that.
    static let half = 9.210_340_371_976_184
    /// Requests within the same seconds share their fate: so many count as one.
    static let requestsPerFate = 5.0
    /// Deviation of one bucket as a logarithm, of a series whose own noise nobody has learnt.
    static let unknownSpread = 0.1

    /// - Parameter ratio: A logarithm; above zero it speaks for "sick".
    static func weight(_ ratio: Double) -> Double {
        guard ratio.isFinite else { return ratio.isNaN ? 0 : ratio > 0 ? self.most : -self.most }
        return self.most * ratio / (abs(ratio) + self.half)
    }

    /// The ratio of `good` among `all` against the border `part`, 0...1 exclusive; fewer good ones are above zero.
    static func ratio(good: Int, of all: Int, border part: Double) -> Double {
        guard all > 0, part > 0, part < 1 else { return 0 }
        let count = Double(all)
        let seen = min(max(Double(good) / count, 0), 1)
        let divergence =
            (seen > 0 ? seen * Natural.log(seen / part) : 0)
            + (seen < 1 ? (1 - seen) * Natural.log((1 - seen) / (1 - part)) : 0)
        return (seen < part ? 1 : -1) * count * max(0, divergence)
    }

    /// The ratio of buckets in a row against their border, for values whose logarithms stray normally.
    ///
    /// - Parameter spread: Deviation of one bucket as a logarithm.
    static func ratio(_ run: ArraySlice<JudgedBucket>, of bucket: Span, spread: Double) -> Double {
        var sum = 0.0
        for one in run {
            let expected = one.expected * bucket.seconds
            guard expected > 0, one.floor > 0 else { continue }
            // Half a request stands for none: its logarithm is finite, and counting can say no more.
            let distance = Natural.log(max(one.value * bucket.seconds, 0.5) / (expected * one.floor))
            let variance = spread * spread + 1 / expected
            sum += (one.isBad ? 1 : -1) * distance * distance / (2 * variance)
        }
        return sum
    }
}
