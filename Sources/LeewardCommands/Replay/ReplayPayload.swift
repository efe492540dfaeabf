import LeewardDetection
import LeewardModel

/// A replay for programs; times are UTC, parts of a whole are basis points.
struct ReplayPayload: Encodable {
    struct Setting: Encodable {
        var threshold: String
        var marks: Int
        var regional: Int
        var global: Int
        var marksPerWeek: Double?
        var confirmed: Int
        var wrong: Int
        var unconfirmed: Int
        var precision: Int?
        /// Null where nobody has judged.
        var falseAlarmsPerWeek: Double?
        /// The limit that the threshold changes, in basis points.
        var dipBelow: Int
        var reliefs: Int
        var evacuations: Int
        var missed: [Incident]
    }

    struct Mark: Encodable {
        var at: String
        var kind: ReplayMark.Kind
        var regions: [RegionID]
        var missing: Int
        var evidence: SortedMap<RegionID, String>
        var judgement: Judgement
        var judgementReason: String
        /// Seconds from proof to end; null while it lasted at the end of the replay.
        var lastedSeconds: Int?
        var more: Int?
        var moreAtMost: Int?
        var capacity: MarkCapacity?
        /// The controller's sentence about the fleet.
        var reason: String
        /// Gates that kept relief from beginning then; empty where it began.
        var refusals: [String]
        /// Of what followed; only for regional marks.
        var reliefAt: String?
        /// Where relief does not help, and where it does.
        var evacuationAt: String?
        var evacuationIfRelievedAt: String?
        var stops: [String]
        var endedAt: String?
        var endedBecause: String?
    }

    /// Bad buckets that the controller called neither regional nor global.
    struct Dip: Encodable {
        var region: RegionID
        var from: String
        var lastedSeconds: Int?
        var deepest: Int
        var reason: String
    }

    struct Incident: Encodable {
        var start: String
        var end: String
        var region: String

        init(_ incident: ReplayIncident) {
            self.start = Numbers.time(incident.start)
            self.end = Numbers.time(incident.end)
            self.region = incident.region?.text ?? "*"
        }
    }

    struct Region: Encodable {
        var region: RegionID
        var weeksObserved: Double
        var alarms: Int
        var confirmed: Int
        var wrong: Int
        var missed: Int
        var precision: Int?
        var allowed: TrustRung
        var next: TrustRung?
        var lacks: [String]
    }

    var fleet: String
    var taughtFrom: String
    var from: String
    var until: String
    var stepSeconds: Int
    var weeksObserved: Double
    var settings: [Setting]
    /// Of the first setting.
    var marks: [Mark]
    var regions: [Region]
    /// Of the first setting.
    var unmarkedDips: [Dip]
    var notes: [String]

    init(_ outcome: ReplayOutcome) {
        self.fleet = outcome.fleet.name
        self.taughtFrom = Numbers.time(outcome.taughtFrom)
        self.from = Numbers.time(outcome.liveFrom)
        self.until = Numbers.time(outcome.end)
        self.stepSeconds = Int(outcome.step.milliseconds / 1_000)
        self.weeksObserved = outcome.first?.result.weeks ?? 0
        self.settings = outcome.runs.map { run in
            Setting(
                threshold: run.result.setting.name,
                marks: run.marks.count,
                regional: run.count(.regional),
                global: run.count(.global),
                marksPerWeek: run.result.marksPerWeek,
                confirmed: run.count(.confirmed),
                wrong: run.count(.wrong),
                unconfirmed: run.count(.unconfirmed),
                precision: run.precision.map(Self.points),
                falseAlarmsPerWeek: outcome.isJudged ? run.falsePerWeek : nil,
                dipBelow: run.result.setting.dipBelow(outcome.fleet.limits.dipBelow),
                reliefs: run.reliefs,
                evacuations: run.evacuations,
                missed: run.missed.map(Incident.init)
            )
        }
        self.marks = (outcome.first?.marks ?? []).enumerated().map { index, judged in
            let dip = outcome.dip(of: judged.mark)
            let capacity = outcome.capacities[index]
            return Mark(
                at: Numbers.time(judged.mark.time),
                kind: judged.mark.kind,
                regions: judged.mark.regions,
                missing: Self.points(judged.mark.depth),
                evidence: judged.mark.evidence,
                judgement: judged.judgement,
                judgementReason: judged.reason,
                lastedSeconds: dip.flatMap { dip in dip.until.map { $0 - dip.from } },
                more: capacity?.more,
                moreAtMost: capacity?.moreAtMost,
                capacity: capacity,
                reason: judged.mark.reason,
                refusals: judged.mark.refusals,
                reliefAt: judged.mark.course.reliefAt.map(Numbers.time),
                evacuationAt: judged.mark.course.evacuationAt.map(Numbers.time),
                evacuationIfRelievedAt: judged.mark.course.evacuationIfRelievedAt.map(Numbers.time),
                stops: judged.mark.course.stops,
                endedAt: judged.mark.course.endedAt.map(Numbers.time),
                endedBecause: judged.mark.course.endedBecause
            )
        }
        self.unmarkedDips = outcome.unmarked.map { region, dip in
            Dip(
                region: region,
                from: Numbers.time(dip.from),
                lastedSeconds: dip.until.map { $0 - dip.from },
                deepest: Self.points(dip.deepest),
                reason: dip.unmarked ?? ""
            )
        }
        self.regions = outcome.trust.map { trust in
            Region(
                region: trust.region,
                weeksObserved: trust.record.weeks,
                alarms: trust.record.alarms,
                confirmed: trust.record.confirmed,
                wrong: trust.record.wrong,
                missed: trust.record.missed,
                precision: trust.record.precision.map(Self.points),
                allowed: trust.ruling.allowed,
                next: trust.ruling.next,
                lacks: trust.ruling.lacks
            )
        }
        self.notes = outcome.caveats
    }

    private static func points(_ part: Double) -> Int { Int((part * 10_000).rounded()) }
}
