import LeewardDetection
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

    init(_ input: ReplayInput, fleet: Fleet, from start: Int, end: Int, settings: [ReplaySetting], judge: ReplayJudge) {
        self.fleet = fleet
        self.taughtFrom = start
        self.liveFrom = input.liveFrom
        self.end = end
        self.step = input.bucket
        self.isJudged = judge.incidents != nil
        self.runs = settings.map { setting in
            let result = Replay.run(input, setting)
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

    /// A watch that knows no week knows no rhythm.
    private static let week = 604_800

    /// What a reader must know before believing any of it.
    var caveats: [String] {
        var texts = self.notes
        guard let run = self.first else { return texts }
        for region in self.fleet.regions.keys {
            guard let own = run.result.regions[region], own.observed > 0 else {
                texts.append("\(region) has no samples in this time")
                continue
            }
            let taught = own.taught * Int(self.step.milliseconds / 1_000)
            if taught < Self.week {
                texts.append(
                    "\(region) was taught by \(Numbers.lasting(taught)) of history; until it has known a week, "
                        + "its marks say little"
                )
            }
            let unmarked = run.result.unmarked(region)
            if unmarked > 0 {
                let dips = unmarked == 1 ? "1 dip" : "\(unmarked) dips"
                texts.append(
                    "\(dips) of \(region) ended in no mark: within a global incident, or with nobody to compare with"
                )
            }
        }
        if !self.isJudged, !run.marks.isEmpty {
            texts.append("nobody has judged these marks: list the incidents of this time in a file for --confirmed")
        }
        texts.append(
            "this is the business metric alone: live, a second class of evidence must agree before anything moves (S20)"
        )
        return texts
    }
}
