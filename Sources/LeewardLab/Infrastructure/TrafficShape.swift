import Foundation

/// How busy users are by their own local time: 1 at the evening peak of a working day, a fifth of that before dawn.
package enum TrafficShape {
    /// One value for each full hour; people start watching after dinner and stop around midnight.
    private static let hours: [Double] = [
        0.62, 0.45, 0.33, 0.25, 0.21, 0.20, 0.22, 0.27, 0.32, 0.36, 0.39, 0.42,
        0.46, 0.48, 0.50, 0.54, 0.60, 0.68, 0.78, 0.88, 0.96, 1.00, 0.95, 0.80,
    ]
    /// Whole days against a working day, at noon; in between it changes gradually.
    private static let days: [Double] = [1, 1, 1, 1, 1.03, 1.12, 1.10]
    /// How much more is watched in the middle of the day by weekday, against a working day.
    private static let afternoons: [Double] = [0, 0, 0, 0, 0.05, 0.45, 0.40]

    /// Relative to the evening peak of a working day.
    package static func value(at time: WeekTime) -> Double {
        let minute = time.minute
        let hour = Double(minute % (24 * 60)) / 60
        return self.hour(hour) * self.wholeDay(minute) * (1 + self.afternoons[time.day] * self.afternoon(hour))
    }

    private static func hour(_ hour: Double) -> Double {
        let index = Int(hour)
        let next = self.hours[(index + 1) % 24]
        return self.blend(self.hours[index], next, hour - Double(index))
    }

    private static func wholeDay(_ minute: Int) -> Double {
        let fromNoon = Double(minute) / (24 * 60) - 0.5
        let day = Int(fromNoon.rounded(.down))
        return self.blend(self.days[(day + 7) % 7], self.days[(day + 8) % 7], fromNoon - Double(day))
    }

    /// A bump from 9 to 19 o'clock that begins and ends at nothing.
    private static func afternoon(_ hour: Double) -> Double {
        guard hour > 9, hour < 19 else { return 0 }
        return 0.5 - 0.5 * cos((hour - 9) / 10 * 2 * .pi)
    }

    /// From `start` to `end` without a kink at either.
    private static func blend(_ start: Double, _ end: Double, _ part: Double) -> Double {
        start + (end - start) * (0.5 - 0.5 * cos(part * .pi))
    }
}
