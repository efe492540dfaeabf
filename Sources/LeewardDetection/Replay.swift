import LeewardModel

/// Runs the past through the watches and the arbiter, bucket by bucket and in the order in which it came.
public enum Replay {
    /// The year 10000 in seconds since 1970: what claims to be later, or before 1970, is no time.
    static let times = 0..<253_402_300_800

    /// What this setting would have said; what comes later in the input never changes an earlier mark.
    public static func run(_ input: ReplayInput, _ setting: ReplaySetting) -> ReplayResult {
        let length = Int(min(60, max(1, input.bucket.milliseconds / 1_000)))
        var tracks = input.series.map { region, points in
            ReplayTrack(region, points, bucket: .seconds(Int64(length)), setting)
        }
        let liveFrom = min(self.times.upperBound, max(0, input.liveFrom))
        for index in tracks.indices { tracks[index].teach(before: liveFrom) }
        var arbiter = DipArbiter()
        var result = ReplayResult(
            setting: setting,
            bucket: .seconds(Int64(length)),
            regions: [:],
            marks: [],
            observed: 0
        )
        let last = tracks.compactMap { $0.points.last?.time }.max() ?? Int.min
        // Buckets begin at whole multiples of their length, wherever live begins.
        var time = (liveFrom + length - 1) / length * length
        while time <= last {
            var isObserved = false
            for index in tracks.indices where tracks[index].observe(before: time + length) { isObserved = true }
            if isObserved { result.observed += 1 }
            let now = time + length
            // The map is gone before the next bucket, so that no watch is ever copied.
            for event in arbiter.step(SortedMap(tracks.map { ($0.region, $0.watch) }), now: now) {
                result.marks.append(self.mark(event, tracks, now, length))
            }
            time += length
        }
        for track in tracks { result.regions[track.region] = track.result }
        return result
    }

    private static func mark(_ event: DipArbiter.Event, _ tracks: [ReplayTrack], _ now: Int, _ length: Int)
        -> ReplayMark
    {
        let (kind, regions): (ReplayMark.Kind, [RegionID]) =
            switch event {
            case .regional(let region): (.regional, [region])
            case .global(let regions): (.global, regions)
            }
        let own = tracks.filter { regions.contains($0.region) }
        let fresh = tracks.filter { track in track.watch.newest.map { now - $0 <= 2 * length } ?? false }
        return ReplayMark(
            time: now,
            kind: kind,
            regions: regions,
            depth: max(0, own.map(\.watch.missing).max() ?? 0),
            evidence: SortedMap(own.map { ($0.region, $0.words) }),
            expected: SortedMap(fresh.compactMap { track in track.watch.expected.map { (track.region, $0) } })
        )
    }
}

/// One region's series, how far it has been read, and what was seen on the way.
struct ReplayTrack: Sendable {
    let region: RegionID
    let points: [RatePoint]
    private(set) var watch: SeriesWatch
    private(set) var result = ReplayRegion()
    private var next = 0
    /// What proved the dip that is open.
    private var proof: String?

    init(_ region: RegionID, _ points: [RatePoint], bucket: Span, _ setting: ReplaySetting) {
        self.region = region
        self.points = points.filter { Replay.times.contains($0.time) }
        self.watch = SeriesWatch(bucket: bucket)
        self.watch.caution = setting.caution
    }

    /// What proves the open dip, or what is missing where only the others have one.
    var words: String { self.proof ?? "it lacks \(Words.part(max(0, self.watch.missing)))" }

    mutating func teach(before end: Int) {
        while self.next < self.points.count, self.points[self.next].time < end {
            if self.take(isLive: false) { self.result.taught += 1 }
        }
    }

    /// Takes what starts before `end`; true where that was a bucket at all.
    mutating func observe(before end: Int) -> Bool {
        var isObserved = false
        while self.next < self.points.count, self.points[self.next].time < end {
            let before = self.watch.mode
            guard self.take(isLive: true) else { continue }
            isObserved = true
            self.result.observed += 1
            self.note(since: before)
        }
        return isObserved
    }

    /// False where the watch took nothing: not newer, or no number.
    private mutating func take(isLive: Bool) -> Bool {
        let point = self.points[self.next]
        self.next += 1
        if let newest = self.watch.newest, point.time <= newest { return false }
        self.watch.add(time: point.time, rate: point.rate, isLive: isLive)
        return self.watch.newest == point.time
    }

    private mutating func note(since before: SeriesWatch.Mode) {
        let point = self.points[self.next - 1]
        let missing = max(0, self.watch.missing)
        switch (before == .dip, self.watch.mode == .dip) {
        case (false, true):
            self.proof = self.watch.proofWords
            self.result.dips.append(.init(from: point.time, until: nil, deepest: missing))
        case (true, true):
            let last = self.result.dips.count - 1
            if last >= 0 { self.result.dips[last].deepest = max(self.result.dips[last].deepest, missing) }
        case (true, false):
            self.proof = nil
            let last = self.result.dips.count - 1
            if last >= 0 { self.result.dips[last].until = point.time }
        case (false, false): break
        }
        let expected = self.watch.expected ?? 0
        self.result.curve.append(
            .init(time: point.time, rate: point.rate, expected: expected, lower: expected * self.watch.lowerPart)
        )
    }
}
