/// How many users come by time of day and week, as a part of the weekly peak.
enum Season {
    /// Part of the day's peak at each full hour, local time.
    private static let hours: [Double] = [
        0.62, 0.52, 0.45, 0.41, 0.40, 0.41, 0.45, 0.51, 0.58, 0.62, 0.65, 0.68,
        0.70, 0.71, 0.72, 0.74, 0.78, 0.84, 0.91, 0.97, 1.00, 0.98, 0.89, 0.76,
    ]
    /// Part of the week's peak, beginning with the day of 1 January 1970, a Thursday.
    private static let days: [Double] = [0.88, 0.95, 1.00, 0.99, 0.85, 0.86, 0.87]
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000

    /// 0.3...1, between the hours on a straight line.
    ///
    /// - Parameters:
    ///   - wall: Milliseconds since 1970, not negative.
    ///   - shift: Hours that the place is ahead of UTC.
    static func part(at wall: Int64, shift: Int) -> Double {
        let local = wall + Int64(shift) * self.hour
        let inDay = local % self.day
        let index = Int(inDay / self.hour)
        let between = Double(inDay % self.hour) / Double(self.hour)
        let next = index == 23 ? 0 : index + 1
        let today = self.days[Int(local / self.day % 7)]
        let tomorrow = self.days[Int((local / self.day + 1) % 7)]
        // The last hour leads to the first of the next day, so that midnight is no step.
        let from = self.hours[index] * today
        let to = self.hours[next] * (index == 23 ? tomorrow : today)
        return from + (to - from) * between
    }
}
