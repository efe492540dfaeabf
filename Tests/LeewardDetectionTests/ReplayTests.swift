import LeewardModel
import Testing

@testable import LeewardDetection

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
        var points: [RatePoint] = []
        for minute in minutes where !self.holes.contains(where: { $0.region == region && $0.minutes.contains(minute) })
        {
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
            points.append(.init(time: Self.start + minute * 60, rate: rate))
        }
        return points
    }

    func input(liveFrom: Int, until: Int? = nil) -> ReplayInput {
        ReplayInput(
            bucket: .minutes(1),
            liveFrom: Self.start + liveFrom * 60,
            series: self.series(0..<(until ?? self.minutes))
        )
    }
}

@Suite struct ReplayTests {
    static let live = 7 * Past.day
    /// One outage of a region, one of everybody, one shallow dip; on the ninth, tenth and eleventh day.
    static let past = Past(
        minutes: 12 * Past.day,
        faults: [
            ([east], (8 * Past.day + 600)..<(8 * Past.day + 625), 0.4),
            ([east, europe, west], (9 * Past.day + 700)..<(9 * Past.day + 715), 0.5),
            ([west], (10 * Past.day + 800)..<(10 * Past.day + 830), 0.86),
        ]
    )

    @Test func eachDipIsMarkedOnceWithItsKindAndItsEvidence() throws {
        let result = Replay.run(Self.past.input(liveFrom: Self.live), ReplaySetting(name: "1"))
        #expect(result.marks.map(\.kind) == [.regional, .global, .regional])
        #expect(result.marks.map(\.regions) == [[east], [europe, east, west].sorted(), [west]])
        let first = try #require(result.marks.first)
        #expect(first.depth > 0.5 && first.depth < 0.7)
        #expect(first.time <= Past.start + (8 * Past.day + 604) * 60)
        #expect(first.evidence[east]?.hasPrefix("its last 3 buckets (3 min) are ") == true)
        #expect(first.evidence[east]?.contains("would have been enough") == true)
        #expect(abs((first.expected[east] ?? 0) - 610 * 0.98) < 40, "\(first.expected)")
        #expect(result.regions[east]?.dips.first?.until == Past.start + (8 * Past.day + 627) * 60)
        #expect(result.regions[east]?.taught == Self.live)
        #expect(abs(result.weeks - 5.0 / 7) < 1e-9)
        #expect(abs((result.marksPerWeek ?? 0) - 4.2) < 1e-9)
        for region in [east, europe, west] { #expect(result.unmarked(region) == 0) }
    }

    /// The whole promise: the replay is what a live controller would have done, written down by hand here.
    @Test func theMarksAreThoseOfALiveWatchFedBucketByBucket() {
        let input = Self.past.input(liveFrom: Self.live)
        var watches = SortedMap(input.series.keys.map { ($0, SeriesWatch(bucket: .minutes(1))) })
        var arbiter = DipArbiter()
        var events: [(Int, DipArbiter.Event)] = []
        for minute in 0..<Self.past.minutes {
            for (region, points) in input.series {
                watches[region]?.add(time: points[minute].time, rate: points[minute].rate, isLive: minute >= Self.live)
            }
            guard minute >= Self.live else { continue }
            let now = Past.start + (minute + 1) * 60
            for event in arbiter.step(watches, now: now) { events.append((now, event)) }
        }
        let marks = Replay.run(input, ReplaySetting(name: "1")).marks
        #expect(marks.map(\.time) == events.map(\.0))
        #expect(
            marks.map { $0.kind == .regional ? DipArbiter.Event.regional($0.regions[0]) : .global($0.regions) }
                == events.map(\.1)
        )
    }

    @Test func nothingLaterChangesAnEarlierMark() {
        let whole = Replay.run(Self.past.input(liveFrom: Self.live), ReplaySetting(name: "1"))
        for end in [8 * Past.day + 604, 9 * Past.day, 9 * Past.day + 705, 10 * Past.day + 900] {
            let part = Replay.run(Self.past.input(liveFrom: Self.live, until: end), ReplaySetting(name: "1"))
            let known = whole.marks.filter { $0.time <= Past.start + end * 60 }
            #expect(part.marks == known, "until minute \(end)")
            #expect(part.regions[east]?.curve == whole.regions[east].map { Array($0.curve.prefix(end - Self.live)) })
        }
    }

    @Test func twoSettingsStandSideBySide() {
        let input = Self.past.input(liveFrom: Self.live)
        let usual = Replay.run(input, ReplaySetting(name: "1"))
        let calmer = Replay.run(input, ReplaySetting(name: "2", caution: 2))
        #expect(usual.marks.count == 3)
        #expect(calmer.marks.map(\.kind) == [.regional, .global], "the shallow dip is below twice the threshold")
        let at = usual.regions[west]?.curve.last
        let same = calmer.regions[west]?.curve.last
        #expect((at?.lower ?? 0) > (same?.lower ?? 0), "the band follows the setting")
    }

    @Test func aFactorOfOneChangesNoBit() {
        var plain = SeriesWatch(bucket: .minutes(1))
        var set = SeriesWatch(bucket: .minutes(1))
        set.caution = ReplaySetting(name: "1", caution: 1).caution
        for point in Self.past.series(0..<Self.past.minutes)[east] ?? [] {
            plain.add(time: point.time, rate: point.rate, isLive: true)
            set.add(time: point.time, rate: point.rate, isLive: true)
        }
        #expect(plain == set)
    }

    @Test func historyTeachesAndNeverAlarms() {
        let late = Replay.run(Self.past.input(liveFrom: 9 * Past.day), ReplaySetting(name: "1"))
        #expect(late.marks.map(\.kind) == [.global, .regional])
        #expect(late.regions[east]?.curve.count == 3 * Past.day)
        // An hour old when live begins: history has made it the level, and nobody is called.
        let old = Past(minutes: 8 * Past.day, faults: [([east], (Self.live - 60)..<(Self.live + 30), 0.5)])
        #expect(Replay.run(old.input(liveFrom: Self.live), ReplaySetting(name: "1")).marks.isEmpty)
    }

    @Test func aGapIsNoDipAndIsNotObserved() {
        var past = Past(minutes: 9 * Past.day)
        past.holes = [(east, (8 * Past.day)..<(8 * Past.day + 90))]
        let result = Replay.run(past.input(liveFrom: Self.live), ReplaySetting(name: "1"))
        #expect(result.marks.isEmpty)
        #expect(result.regions[east]?.observed == 2 * Past.day - 90)
        #expect(result.observed == 2 * Past.day)
    }

    @Test func aRegionWithNobodyBesideItIsNeverMarkedButCounted() {
        var input = Self.past.input(liveFrom: Self.live)
        input.series = SortedMap(input.series.filter { $0.0 == east })
        let result = Replay.run(input, ReplaySetting(name: "1"))
        #expect(result.marks.isEmpty)
        #expect(result.unmarked(east) == 2)
    }

    @Test func nothingInIsNothingOut() {
        let empty = ReplayInput(bucket: .minutes(1), liveFrom: 0, series: [:])
        #expect(Replay.run(empty, ReplaySetting(name: "1")).marksPerWeek == nil)
        let silent = ReplayInput(bucket: .minutes(1), liveFrom: 0, series: [east: [], west: []])
        #expect(Replay.run(silent, ReplaySetting(name: "1")).regions.count == 2)
        let strange = [RatePoint(time: .min, rate: 1), .init(time: -1, rate: 1), .init(time: .max, rate: 1)]
        let odd = ReplayInput(bucket: .zero, liveFrom: .min, series: [east: strange, west: []])
        #expect(Replay.run(odd, ReplaySetting(name: "1")).observed == 0)
        #expect(ReplaySetting(name: "x", caution: .nan).caution == 1)
        #expect(ReplaySetting(name: "x", caution: 90).caution == 4)
    }

    @Test func aThinnedCurveKeepsItsLowsAndItsGaps() throws {
        var past = Self.past
        past.holes = [(east, (11 * Past.day)..<(11 * Past.day + 5))]
        let result = Replay.run(past.input(liveFrom: Self.live), ReplaySetting(name: "1"))
        let curve = try #require(result.regions[east]?.curve)
        let thin = ThinCurve(curve, length: 60, limit: 2_000).points
        #expect(thin.count <= 2_000 && thin.count > 1_500)
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.point.time < $1.point.time })
        #expect(thin.filter(\.isAfterGap).count == 1)
        // 7,195 buckets in 1,000 stretches of eight.
        for start in stride(from: 0, to: curve.count, by: 8) {
            let stretch = curve[start..<min(start + 8, curve.count)]
            let lowest = stretch.min { $0.rate < $1.rate }
            #expect(thin.contains { $0.point == lowest })
        }
        let few = Array(curve.prefix(100))
        #expect(ThinCurve(few, length: 60, limit: 2_000).points.map(\.point) == few)
        #expect(ThinCurve([], length: 60, limit: 2_000).points.isEmpty)
    }
}
