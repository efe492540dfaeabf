import LeewardDetection
import LeewardEngine
import LeewardModel

/// Everything a replay found; table, JSON and page are three views of it.
struct ReplayOutcome: Sendable {
    /// What one setting would have done, judged.
    struct Run: Sendable {
        var result: ReplayResult
        var marks: [JudgedMark]
        var missed: [ReplayIncident]

        func count(_ kind: ReplayMark.Kind) -> Int { self.marks.filter { $0.mark.kind == kind }.count }
        func count(_ judgement: Judgement) -> Int { self.marks.filter { $0.judgement == judgement }.count }
        /// Part of the judged marks that people confirm; nil where none was judged.
        var precision: Double? {
            let judged = self.count(.confirmed) + self.count(.wrong)
            return judged == 0 ? nil : Double(self.count(.confirmed)) / Double(judged)
        }
        /// Marks that people call wrong, a week; nil where nothing was observed.
        var falsePerWeek: Double? { self.result.observed == 0 ? nil : Double(self.count(.wrong)) / self.result.weeks }
        /// Marks at which relief would have begun.
        var reliefs: Int { self.marks.filter { $0.mark.course.reliefAt != nil }.count }
        /// Those of them that would have become an evacuation where relief does not help.
        var evacuations: Int { self.marks.filter { $0.mark.course.evacuationAt != nil }.count }
    }

    /// What was measured about a region, and how far that lets it go.
    struct Trust: Sendable {
        var region: RegionID
        var record: TrustRecord
        var ruling: TrustRuling
    }

    var fleet: Fleet
    /// Start of what taught, start and end of the live time, in seconds since 1970.
    var taughtFrom: Int
    var liveFrom: Int
    var end: Int
    var step: Span
    var isJudged: Bool
    /// One for each setting; marks, capacity and trust are those of the first.
    var runs: [Run]
    /// By the place of the mark in the first run; only regional ones have one.
    var capacities: SortedMap<Int, MarkCapacity> = [:]
    var notes: [String] = []

    init(
        _ input: ReplayInput,
        fleet: Fleet,
        from start: Int,
        end: Int,
        settings: [ReplaySetting],
        judge: ReplayJudge,
        progress: (Int, Double) -> Void = { _, _ in }
    ) {
        self.fleet = fleet
        self.taughtFrom = start
        self.liveFrom = input.liveFrom
        self.end = end
        self.step = input.bucket
        self.isJudged = judge.incidents != nil
        self.runs = settings.enumerated().map { index, setting in
            let result = Replay.run(input, setting, fleet: fleet) { progress(index, $0) }
            return Run(
                result: result,
                marks: result.marks.map(judge.judge),
                missed: judge.missed(by: result, from: input.liveFrom, to: end)
            )
        }
    }

    var first: Run? { self.runs.first }

    var trust: [Trust] {
        guard let run = self.first else { return [] }
        return self.fleet.regions.keys.map { region in
            let own = run.marks.filter { $0.mark.kind == .regional && $0.mark.regions.contains(region) }
            let record = TrustRecord(
                weeks: run.result.weeks(run.result.regions[region]?.observed ?? 0),
                alarms: own.count,
                confirmed: own.filter { $0.judgement == .confirmed }.count,
                wrong: own.filter { $0.judgement == .wrong }.count,
                missed: run.missed.filter { $0.region == region }.count
            )
            return Trust(region: region, record: record, ruling: TrustLadder.climb(record))
        }
    }

    /// The dip that a mark announced, with what was known only later.
    func dip(of mark: ReplayMark) -> ReplayDip? {
        mark.regions.first.flatMap { region in
            self.first?.result.regions[region]?.dips.last { $0.from < mark.time }
        }
    }

    /// Dips that the controller called neither regional nor global, oldest first.
    var unmarked: [(region: RegionID, dip: ReplayDip)] {
        (self.first?.result.regions ?? [:]).flatMap { region, own in
            own.dips.filter { $0.unmarked != nil }.map { (region: region, dip: $0) }
        }.sorted { ($0.dip.from, $0.region) < ($1.dip.from, $1.region) }
    }

    /// A watch that knows no week knows no rhythm.
    private static let week = 604_800
    private static let day = 86_400

    /// What history does not hold, and what stands in its place.
    private var assumptions: [String] {
        var texts = [
            "the store keeps no edge counters and no probes (S20): they are taken to fail exactly the part of the users that "
                + "a bad bucket of `served` lacks, so a fall of traffic that is no failure counts as one here and would "
                + "begin nothing live; a shallow dip that hits probes harder than users would begin more",
            "nobody was moved: no capacity provider answers a replay, so that every rung waits, relief never helps, and an "
                + "evacuation begins after \(self.fleet.limits.hardenAfter); a person ends it once the region is well",
        ]
        let policy = self.fleet.policy
        if policy.relief != .act || policy.evacuation != .act {
            texts.append(
                "automation is taken to act; the fleet's policy is \(policy.relief.rawValue) for relief and "
                    + "\(policy.evacuation.rawValue) for evacuation"
            )
        }
        if self.step != self.fleet.limits.bucket {
            texts.append(
                "buckets are \(self.step) and live ones \(self.fleet.limits.bucket): `reliefAfter` and `staleAfter` count as "
                    + "many of these"
            )
        }
        return texts
    }

    /// What a reader must know before believing any of it.
    var caveats: [String] {
        var texts = self.notes
        guard let run = self.first else { return texts }
        for region in self.fleet.regions.keys {
            guard let own = run.result.regions[region], own.observed > 0 else {
                texts.append("\(region) has no samples in this time")
                continue
            }
            if own.taught < Self.week {
                texts.append(
                    "\(region) was taught by \(Numbers.lasting(own.taught)) of history; until it has known a week, "
                        + "its marks say little"
                )
            }
            let unjudged = own.observed - own.curve.count
            if unjudged > 0 {
                texts.append(
                    "\(unjudged) of \(own.observed) buckets of \(region) could not be judged, or hold too few users"
                )
            }
            for dip in own.dips where (dip.until ?? self.end) - dip.from >= Self.day {
                texts.append(
                    "\(region) dips from \(Numbers.time(dip.from)) for \(Numbers.lasting((dip.until ?? self.end) - dip.from)): "
                        + "what else went wrong meanwhile is not seen"
                )
            }
        }
        if !self.isJudged, !run.marks.isEmpty {
            texts.append("nobody has judged these marks: list the incidents of this time in a file for --confirmed")
        }
        return texts + self.assumptions
    }
}
