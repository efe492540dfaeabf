import LeewardEngine
import LeewardModel

/// One year of one fleet, lived through twice: by the minute from its first day to its last, and in buckets of five seconds
/// wherever something happens.
///
/// Between events the minutes are shown by the hour: nothing can be decided while no edge and no probe says anything bad, and
/// `YearTests` compares it with looks every minute.
public struct FleetYear: Sendable {
    /// By the minute, looks come each minute from so long before an event until so long after.
    private static let minuteLead = 600
    private static let minuteTail = 900
    /// In buckets of five seconds a daemon starts so long before, and looks each five seconds from here to there.
    private static let fineLead = 120
    private static let fineTail = 90
    private static let fineLongest = 900
    /// A daemon was started so many seconds before it looks that closely.
    static let started = 1_200...9_000
    /// Long enough for a daemon to have learnt how far the series stray by themselves.
    static let learnt = 14_400...21_600

    let world: YearWorld
    private let seed: UInt64
    private let year: Int

    /// Draws the fleet and its year.
    public init(seed: UInt64, year: Int) {
        self.init(seed: seed, year: year, world: YearWorld(seed: seed, year: year))
    }

    init(seed: UInt64, year: Int, world: YearWorld) {
        self.seed = seed
        self.year = year
        self.world = world
    }

    /// Lives through it, or through some of its days.
    public func run(days: Range<Int> = 0..<365) -> YearTally {
        let days = days.clamped(to: 0..<YearShape.days)
        let range =
            (YearShape.start + days.lowerBound * YearShape.day)..<(YearShape.start + days.upperBound * YearShape.day)
        var tally = self.byTheMinute(range)
        tally.add(self.inFineBuckets(range))
        tally.years = days.count == YearShape.days ? 1 : 0
        return tally
    }

    /// How long steps of exactly this depth take to be found in 5-second buckets: errors, hangs and users who cannot reach
    /// the edge, in regions by turns, at any time of day and week.
    ///
    /// - Parameters:
    ///   - depth: Part of the users who fail, 0.1...1.
    ///   - count: How many steps, each alone for hours; 1...1,000.
    public static func steps(seed: UInt64, year: Int, depth: Double, count: Int) -> YearTally {
        let shape = YearShape(seed: seed, year: year)
        var draws = Draws(shape.luck, subject: 3)
        let apart = (YearShape.days - 4) * YearShape.day / max(1, min(1_000, count))
        let kinds: [YearEvent.Kind] = [.outage, .hang, .ingress]
        let events = (0..<max(1, min(1_000, count))).map { index in
            let from = YearShape.start + 2 * YearShape.day + index * apart + draws.number(0...3_600)
            var event = YearEvent(
                kind: kinds[index % kinds.count],
                regions: [draws.number(0...(shape.regions.count - 1))],
                from: from,
                to: from + 240,
                depth: depth,
                rise: 0
            )
            event.variant = index
            return event
        }
        let world = YearWorld(seed: seed, year: year, events: YearEvents(events))
        let all = YearShape.start..<YearShape.end
        return FleetYear(seed: seed, year: year, world: world).inFineBuckets(all, started: Self.learnt)
    }

    // MARK: - By the minute

    /// - Parameter isSparse: False looks each minute of the whole time.
    func byTheMinute(_ range: Range<Int>, isSparse: Bool = true) -> YearTally {
        let end = range.upperBound
        let stage = YearStage(self.world, bucket: 60, start: range.lowerBound)
        var watch = YearWatch(stage, seed: self.seed, year: self.year)
        let dense = Self.merged(
            self.world.events.all.map { ($0.from - Self.minuteLead)..<($0.to + Self.minuteTail) }
        )
        var next = 0
        var time = range.lowerBound
        while time < end {
            while next < dense.count, dense[next].upperBound <= time { next += 1 }
            let isDense = next < dense.count && dense[next].contains(time) || !watch.isAtRest || !isSparse
            if isDense {
                time += 60
            } else {
                let border = next < dense.count ? (dense[next].lowerBound + 59) / 60 * 60 : end
                time = min(time + 3_600, max(time + 60, border))
            }
            watch.look(time)
        }
        return watch.finish()
    }

    // MARK: - In fine buckets

    func inFineBuckets(_ range: Range<Int>, started: ClosedRange<Int> = FleetYear.started) -> YearTally {
        var tally = YearTally()
        var week = -1
        var template: YearStage?
        for window in self.fineWindows() where range.contains(window.lowerBound) {
            var draws = Draws(self.world.shape.luck, subject: 1_000 + window.lowerBound % 100_000)
            let begin = window.lowerBound - draws.number(started) / 60 * 60
            if template == nil || begin / (7 * YearShape.day) != week {
                week = begin / (7 * YearShape.day)
                template = YearStage(self.world, bucket: 5, start: week * 7 * YearShape.day)
            }
            guard var stage = template else { continue }
            stage.skip(to: begin)
            var watch = YearWatch(stage, seed: self.seed, year: self.year)
            for time in stride(from: begin + 60, through: window.lowerBound, by: 60) { watch.look(time) }
            for time in stride(from: window.lowerBound + 5, through: window.upperBound, by: 5) { watch.look(time) }
            tally.add(watch.finish())
        }
        return tally
    }

    /// From whole minute to whole minute; of long events the beginning and the end.
    private func fineWindows() -> [Range<Int>] {
        var windows: [Range<Int>] = []
        for event in self.world.events.all {
            let begin = (event.from - Self.fineLead) / 60 * 60
            let last = event.to + Self.fineTail
            if last - begin <= Self.fineLongest + 600 {
                windows.append(begin..<last)
            } else {
                windows.append(begin..<(begin + Self.fineLongest))
                windows.append(((event.to - event.rise - 120) / 60 * 60)..<last)
            }
        }
        return Self.merged(windows)
    }

    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
