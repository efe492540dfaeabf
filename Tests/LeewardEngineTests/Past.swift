import LeewardDetection
import LeewardEngine
import LeewardModel

let east: RegionID = "us-east-1"
let west: RegionID = "us-west-2"
let europe: RegionID = "eu-west-1"

/// A fleet's past, minute by minute, with what a test wants to go wrong in it.
struct Past {
    static let day = 1_440
    /// 2024-01-01T00:00:00Z, a Monday.
    static let start = 1_704_067_200
    static let rates: SortedMap<RegionID, Double> = [east: 610, europe: 420, west: 380]

    var minutes: Int
    /// Regions, first and last minute, and what is left of the traffic.
    var faults: [(regions: [RegionID], minutes: Range<Int>, part: Double)] = []
    var holes: [(region: RegionID, minutes: Range<Int>)] = []

    func series(_ minutes: Range<Int>) -> SortedMap<RegionID, [RatePoint]> {
        SortedMap(Self.rates.map { region, _ in (region, self.points(region, minutes)) })
    }

    private func points(_ region: RegionID, _ minutes: Range<Int>) -> [RatePoint] {
        minutes.compactMap { minute in
            self.rate(region, minute).map { RatePoint(time: Self.start + minute * 60, rate: $0) }
        }
    }

    /// Nil in a hole.
    func rate(_ region: RegionID, _ minute: Int) -> Double? {
        guard !self.holes.contains(where: { $0.region == region && $0.minutes.contains(minute) }) else { return nil }
        // A day that rises and falls like a parabola, and a tremble of one percent that every machine repeats.
        let turn = Double(minute % Self.day) / Double(Self.day)
        var hash = StableHash()
        hash.combine(region.text)
        hash.combine(Int64(minute))
        let tremble = 1 + (Double(hash.value % 1_000) / 1_000 - 0.5) / 50
        var rate = (Self.rates[region] ?? 0) * (0.5 + 2 * turn * (1 - turn)) * tremble
        for fault in self.faults where fault.regions.contains(region) && fault.minutes.contains(minute) {
            rate *= fault.part
        }
        return rate
    }

    func input(liveFrom: Int, until: Int? = nil) -> ReplayInput {
        ReplayInput(
            bucket: .minutes(1),
            liveFrom: Self.start + liveFrom * 60,
            series: self.series(0..<(until ?? self.minutes))
        )
    }

    /// Seconds since 1970.
    static func time(_ minute: Int) -> Int { self.start + minute * 60 }
}
