import LeewardDetection
import LeewardModel

/// What the metrics store would have told at any moment of the past: nothing in an answer is later than the moment.
struct ReplayPast: Sendable {
    /// The year 10000 in seconds since 1970: what claims to be later, or before 1970, is no time.
    static let times = 0..<253_402_300_800
    /// Weeks beyond these are no history to ask for.
    private static let longest = 500 * 86_400

    /// As the daemon reads: buckets in a report, the lags of the baseline, its points a minute apart to either side.
    static let buckets = 12
    static let lags: [Span] = [.days(1), .days(7), .days(14), .days(21), .days(28)]
    static let reach = -3...3
    /// Five minutes, in minutes, seconds and as a step.
    static let stepMinutes = 5
    static let historyWeeks = 4

    let regions: [RegionID]
    /// Of a live bucket, in seconds.
    let length: Int
    /// Start of the first live bucket and end of the last one; equal where there is none.
    let start: Int
    let end: Int
    private var tracks: SortedMap<Signal, SortedMap<RegionID, Track>> = [:]

    /// One region's series: live buckets, and means by the minute of everything.
    private struct Track {
        /// NaN where a bucket is missing.
        var live: [Double]
        /// Number of the first minute since 1970.
        var origin: Int
        /// Sums and counts of the buckets that end in the minutes before each.
        var sums: [Double]
        var counts: [Int]
    }

    init(_ input: ReplayInput, regions: [RegionID]) {
        self.regions = regions
        let length = Int(min(60, max(1, input.bucket.milliseconds / 1_000)))
        let teaching = Int(min(300, max(1, input.teaching.milliseconds / 1_000)))
        let liveFrom = min(Self.times.upperBound - 60, max(0, input.liveFrom))
        // Buckets begin at whole multiples of their length, wherever live begins.
        let start = (liveFrom + length - 1) / length * length
        var last = start
        for (region, points) in input.series where regions.contains(region) {
            guard let time = points.last?.time, Self.times.contains(time), time >= start else { continue }
            last = max(last, min(time, start + Self.longest) / length * length + length)
        }
        self.length = length
        self.start = start
        self.end = last
        for (signal, series) in [(Signal.served, input.series), (.entered, input.entered)] {
            for (region, points) in series where regions.contains(region) {
                self.tracks[signal, default: [:]][region] = Self.track(
                    points.filter { Self.times.contains($0.time) && $0.time >= start - Self.longest && $0.time < last },
                    from: start,
                    to: last,
                    lengths: (teaching, length)
                )
            }
        }
    }

    private static func track(_ points: [RatePoint], from start: Int, to end: Int, lengths: (Int, Int)) -> Track {
        var live = [Double](repeating: .nan, count: (end - start) / lengths.1)
        let origin = (points.first?.time ?? start) / 60
        var sums = [Double](repeating: 0, count: end / 60 - origin + 2)
        var counts = [Int](repeating: 0, count: sums.count)
        for point in points where point.rate.isFinite && point.rate >= 0 {
            let isLive = point.time >= start
            if isLive {
                let index = (point.time - start) / lengths.1
                // A second row in one bucket is not newer.
                guard live[index].isNaN else { continue }
                live[index] = point.rate
            }
            // In the minute in which it ends, so that nothing is known before.
            let minute = (point.time + (isLive ? lengths.1 : lengths.0) - 1) / 60 - origin + 1
            guard sums.indices.contains(minute) else { continue }
            sums[minute] += point.rate
            counts[minute] += 1
        }
        for index in sums.indices.dropFirst() {
            sums[index] += sums[index - 1]
            counts[index] += counts[index - 1]
        }
        return Track(live: live, origin: origin, sums: sums, counts: counts)
    }

    /// Number of live buckets.
    var count: Int { (self.end - self.start) / self.length }

    /// The bucket of `served` with that number; nil where it is missing.
    func rate(_ region: RegionID, _ bucket: Int) -> Double? {
        guard let live = self.tracks[.served]?[region]?.live, live.indices.contains(bucket), !live[bucket].isNaN else {
            return nil
        }
        return live[bucket]
    }

    /// Seconds with samples before the live time.
    func taught(_ region: RegionID) -> Int {
        guard let track = self.tracks[.served]?[region] else { return 0 }
        var minutes = 0
        for index in 1..<max(1, min(track.counts.count, self.start / 60 - track.origin + 1))
        where track.counts[index] > track.counts[index - 1] { minutes += 1 }
        return minutes * 60
    }

    /// The newest buckets up to the one with that number, oldest first in each series.
    func live(through bucket: Int) -> [Sample] {
        var samples: [Sample] = []
        samples.reserveCapacity(Self.buckets * self.regions.count * 2)
        let oldest = max(0, bucket - Self.buckets + 1)
        for (signal, tracks) in self.tracks {
            for (region, track) in tracks {
                for index in oldest...max(oldest, bucket) where track.live.indices.contains(index) {
                    let value = track.live[index]
                    guard !value.isNaN else { continue }
                    let time = WallTime(milliseconds: Int64(self.start + (index + 1) * self.length) * 1_000)
                    samples.append(.init(signal: signal, region: region, time: time, value: value))
                }
            }
        }
        return samples
    }

    /// The same time one day and one to four weeks before, each point over the five minutes that end at its time.
    func baseline(at now: WallTime) -> [Sample] {
        var samples: [Sample] = []
        for (signal, tracks) in self.tracks {
            for lag in Self.lags {
                for (region, track) in tracks {
                    for minute in Self.reach {
                        let time = now - lag + .minutes(Int64(minute))
                        guard let value = Self.mean(track, endingAt: time) else { continue }
                        samples.append(.init(signal: signal, region: region, time: time, value: value))
                    }
                }
            }
        }
        return samples
    }

    /// Four weeks of five-minute means before `now`, as the daemon reads them when it starts.
    func history(at now: WallTime) -> [Sample] {
        var samples: [Sample] = []
        let step = Int64(Self.stepMinutes) * 60_000
        let end = now.milliseconds / step * step
        let steps = Self.historyWeeks * 7 * 24 * 60 / Self.stepMinutes
        for (signal, tracks) in self.tracks {
            for (region, track) in tracks {
                for back in (1...steps).reversed() {
                    let time = WallTime(milliseconds: end - Int64(back) * step)
                    guard let value = Self.mean(track, endingAt: time) else { continue }
                    samples.append(.init(signal: signal, region: region, time: time, value: value))
                }
            }
        }
        return samples
    }

    /// Series of which the store has at least so much before `now`.
    func series(before now: WallTime, atLeast span: Span) -> Int {
        let first = (now - span).milliseconds / 60_000
        return self.tracks.reduce(0) {
            $0 + $1.1.filter { Int64($0.1.origin) <= first && $0.1.counts.last ?? 0 > 0 }.count
        }
    }

    private static func mean(_ track: Track, endingAt time: WallTime) -> Double? {
        let end = Int(time.milliseconds / 60_000) - track.origin
        let begin = end - self.stepMinutes
        guard end > 0, begin < track.sums.count else { return nil }
        let (last, first) = (min(end, track.sums.count - 1), max(0, begin))
        let count = track.counts[last] - track.counts[first]
        return count > 0 ? (track.sums[last] - track.sums[first]) / Double(count) : nil
    }
}
