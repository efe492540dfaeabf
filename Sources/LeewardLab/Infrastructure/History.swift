import Foundation
import LeewardModel

/// One counter of the past weeks; `values` belong to the minutes that end at `History.minutes`.
package struct HistorySeries: Hashable, Sendable {
    /// Metric name under `__name__`, and its labels.
    package var labels: [String: String]
    package var values: [Int]
    init(_ name: String, _ labels: [String: String], _ values: [Int]) {
        self.labels = labels.merging(["__name__": name]) { $1 }
        self.values = values
    }
}

/// Four weeks of counters at one-minute steps that end now, from a seed.
///
/// The same seed and the same now give the same numbers. Noise fades towards now, so that the last minute is what
/// the clients really send.
package struct History: Sendable {
    /// Four weeks, and a day more so that a query four weeks back has points on both sides.
    package static let minutes = 29 * 24 * 60

    package var series: [HistorySeries]

    package init(traffic: Traffic, seed: UInt64, minutes: Int = History.minutes) {
        let regions = Array(Set(Traffic.users.map(\.home))).sorted()
        let services = traffic.mix().keys
        var served = regions.map { _ in Counter() }
        var loads = regions.map { _ in services.map { _ in Counter() } }
        var entered = Traffic.users.map { _ in Counter() }
        var noise = Traffic.users.indices.map { Noise(seed: seed &* 1_000_003 &+ UInt64($0)) }
        let homes = Traffic.users.map { users in regions.firstIndex(of: users.home) ?? 0 }
        let mixes = Self.mixesByMinute(traffic)
        let rates = Traffic.users.map { Self.ratesByMinute(traffic, $0) }
        for index in 0..<minutes {
            let ahead = index + 1 - minutes
            let week = WeekTime(minute: ahead).minute
            let mix = mixes[week % mixes.count]
            // Ten minutes before now the noise begins to fade.
            let loudness = min(1, Double(-ahead) / 10)
            for (place, home) in homes.enumerated() {
                let requests = rates[place][week] * 60 * (1 + noise[place].next() * loudness)
                // One request in ten thousand fails on an ordinary day.
                entered[place].add(requests * 0.9999)
                served[home].add(requests * 0.9999)
                for service in services.indices { loads[home][service].add(requests * mix[service]) }
            }
            for place in entered.indices { entered[place].endMinute() }
            for region in regions.indices {
                served[region].endMinute()
                for service in services.indices { loads[region][service].endMinute() }
            }
        }
        self.series = []
        for (region, name) in regions.enumerated() {
            self.series.append(.init("leeward_edge_good_total", ["region": name.text], served[region].values))
            for (service, id) in services.enumerated() {
                let labels = ["region": name.text, "service": id.text]
                self.series.append(.init("leeward_edge_requests_total", labels, loads[region][service].values))
            }
        }
        for (users, counter) in zip(Traffic.users, entered) {
            let labels = ["region": users.home.text, "geography": users.id.text]
            self.series.append(.init("leeward_client_good_total", labels, counter.values))
        }
    }

    /// Indexed by minutes after now within the week.
    private static func ratesByMinute(_ traffic: Traffic, _ users: Traffic.Users) -> [Double] {
        let exact = Double(traffic.clientRate(of: users)) / traffic.rate(of: users)
        return (0..<WeekTime.minutesInWeek).map { traffic.rate(of: users, minutesFromNow: $0) * exact }
    }

    /// Indexed by minutes after now within the day, then by service in the order of names.
    private static func mixesByMinute(_ traffic: Traffic) -> [[Double]] {
        (0..<(24 * 60)).map { minute in
            traffic.mix(minutesFromNow: minute).values.map { Double($0) / 10_000 }
        }
    }
}

/// Sums fractions and keeps whole numbers, minute by minute.
private struct Counter {
    private var sum = 0.0
    var values: [Int] = []
    mutating func add(_ amount: Double) { self.sum += amount }
    mutating func endMinute() { self.values.append(Int(self.sum)) }
}

/// Slowly wandering noise of about two percent.
private struct Noise {
    private var random: SplitMix
    private var drift = 0.0
    init(seed: UInt64) { self.random = SplitMix(state: seed) }
    mutating func next() -> Double {
        self.drift = self.drift * 0.9 + self.random.normal() * 0.006
        return self.drift + self.random.normal() * 0.012
    }
}

extension SplitMix {
    /// Close to a normal distribution with mean 0 and deviation 1, within -6...6.
    fileprivate mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += Double.random(in: 0..<1, using: &self) }
        return sum
    }
}
