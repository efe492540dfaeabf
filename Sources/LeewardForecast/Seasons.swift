import LeewardModel

/// Smooth functions of the time of day and of the week, as a few waves each.
enum Seasons {
    static let day: Span = .days(1)
    static let week: Span = .days(7)

    /// For a service's part of the traffic: it drifts gently, two waves a day and two a week are enough.
    static func gentle(_ time: WallTime) -> [Double] {
        self.waves(time, [(self.day, 1), (self.day, 2), (self.week, 1), (self.week, 2)])
    }

    /// For traffic itself: a sharper day, a weekend, and a weekend whose days have another shape (the side bands of a day).
    static func sharp(_ time: WallTime) -> [Double] {
        self.waves(
            time,
            [1, 2, 3, 6, 7, 8, 13, 14, 15, 21, 28].map { (self.week, $0) }
        )
    }

    private static func waves(_ time: WallTime, _ list: [(period: Span, harmonic: Int64)]) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(list.count * 2)
        for (period, harmonic) in list {
            let length = period.milliseconds
            let rest = ((time.milliseconds % length) + length) % length
            let turn = Double(rest * harmonic % length) / Double(length)
            result.append(Wave.cosine(turn))
            result.append(Wave.sine(turn))
        }
        return result
    }
}

/// Sine and cosine of whole turns, the same on every machine.
enum Wave {
    static func cosine(_ turns: Double) -> Double { self.sine(turns + 0.25) }

    static func sine(_ turns: Double) -> Double {
        var part = turns - turns.rounded(.down)
        var sign = 1.0
        if part >= 0.5 {
            part -= 0.5
            sign = -1
        }
        if part > 0.25 { part = 0.5 - part }
        // Taylor's series on a quarter turn; the term after the last is below 1e-13.
        let x = part * 2 * Double.pi
        let square = x * x
        var term = x
        var sum = x
        for k in stride(from: 2.0, through: 16.0, by: 2.0) {
            term *= -square / (k * (k + 1))
            sum += term
        }
        return sign * sum
    }
}
