import Foundation
import LeewardModel

/// What the lab's users do: requests per second by geography and service, for now and for every minute of the past weeks.
///
/// The lab's clock is shifted so that the real now is `now`, local time of the us-east users.
package struct Traffic: Hashable, Sendable, Codable {
    /// One geography: whose home it is and when it sleeps.
    package struct Users: Hashable, Sendable, Codable {
        package var id: GeographyID
        package var home: RegionID
        /// Hours ahead of the us-east users.
        package var hoursAhead: Int
        /// Requests per second on Wednesday 20:00 us-east time.
        package var reference: Double
    }

    package static let users: [Users] = [
        .init(id: "us-east", home: "us-east-1", hoursAhead: 0, reference: 310),
        .init(id: "south-america", home: "us-east-1", hoursAhead: 2, reference: 305),
        .init(id: "us-west", home: "us-west-2", hoursAhead: -3, reference: 305),
        .init(id: "europe", home: "eu-west-1", hoursAhead: 6, reference: 305),
    ]

    /// Average part of each service, how much it swings over a day, and the us-east hour at which it is largest.
    private static let services: [(id: ServiceID, part: Double, swing: Double, hour: Double)] = [
        ("browse", 0.35, 0.06, 18), ("play", 0.30, 0.10, 21), ("search", 0.20, 0.08, 16), ("profile", 0.15, 0.10, 8),
    ]

    package var now: WeekTime
    /// Part of the usual users that there are, above 0.
    package var part: Double

    package init(now: WeekTime = .wednesdayEvening, part: Double = 1) {
        self.now = now
        self.part = part
    }

    /// Requests per second of one geography, so many minutes after now (before, where negative), without noise.
    package func rate(of users: Users, minutesFromNow: Int = 0) -> Double {
        let reference = TrafficShape.value(at: Self.local(.wednesdayEvening, users))
        let time = WeekTime(minute: self.now.minute + minutesFromNow)
        return self.part * users.reference * TrafficShape.value(at: Self.local(time, users)) / reference
    }

    /// Requests per second that clients really send now: whole numbers.
    package func clientRate(of users: Users) -> Int { max(1, Int(self.rate(of: users).rounded())) }

    /// Part of each service in the requests, in basis points that sum to 10,000; changes slowly with the time of day.
    package func mix(minutesFromNow: Int = 0) -> SortedMap<ServiceID, Int> {
        let minute = WeekTime(minute: self.now.minute + minutesFromNow).minute % (24 * 60)
        let hour = Double(minute) / 60
        let weights = Self.services.map { service in
            service.part * (1 + service.swing * cos((hour - service.hour) / 24 * 2 * .pi))
        }
        let sum = weights.reduce(0, +)
        var mix = SortedMap<ServiceID, Int>()
        for (service, weight) in zip(Self.services, weights) {
            mix[service.id] = Int((weight / sum * 10_000).rounded())
        }
        let rest = 10_000 - mix.values.reduce(0, +)
        mix[Self.services[0].id, default: 0] += rest
        return mix
    }

    /// Requests per second by region and service, every geography at home.
    package func load() -> SortedMap<RegionID, SortedMap<ServiceID, Double>> {
        var load = SortedMap<RegionID, SortedMap<ServiceID, Double>>()
        for users in Self.users {
            for (service, part) in self.mix() {
                load[users.home, default: [:]][service, default: 0] +=
                    Double(self.clientRate(of: users)) * Double(part) / 10_000
            }
        }
        return load
    }

    private static func local(_ time: WeekTime, _ users: Users) -> WeekTime {
        WeekTime(minute: time.minute + users.hoursAhead * 60)
    }
}
