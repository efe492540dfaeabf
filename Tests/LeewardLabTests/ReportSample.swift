import LeewardModel

@testable import LeewardLab

/// Crafted seconds and a whole crafted drill, so that a figure can be told wrong by hand.
enum ReportSample {
    static let zero = WallTime(milliseconds: 1_700_000_000_000)

    /// One geography, one region; `good` of 1000 requests in each second.
    static func seconds(_ good: [Int], due: Int = 1000) -> [ClientSecond] {
        good.enumerated().map { index, good in
            ClientSecond(
                start: self.zero + .seconds(Int64(index)),
                geographies: [
                    "us-east": GeographySecond(total: .init(due: due, good: good), served: ["us-east-1": good])
                ]
            )
        }
    }

    /// An outage at second 30 that relief answers after 13 s; DNS follows, and the region is brought back.
    static func drill() -> DrillRecord {
        var moments = DrillRecord.Moments(begun: self.at(0), ended: self.at(300))
        moments.outage = self.at(30)
        moments.verdict = self.at(40.6)
        moments.intent = self.at(40.9)
        moments.committed = self.at(201)
        moments.evacuated = self.at(224)
        moments.healed = self.at(226)
        moments.failback = self.at(247)
        var record = DrillRecord(
            kind: "backends-down",
            region: "us-east-1",
            hasDaemon: true,
            hasShadow: true,
            moments: moments
        )
        record.evacuation = "ev-1"
        record.phase = "done"
        record.timeline = (0..<300).map(self.second)
        record.samples = (0..<600).map { self.sample(Double($0) / 2) }
        record.before = self.shares(moved: 0)
        record.during = self.shares(moved: 10_000)
        record.after = record.before
        record.ledger = .init(injected: 14, withdrawn: 14, orphans: 0)
        record.decisions = [
            .init(time: self.at(40.6), what: "verdict regional(us-east-1)", reason: "served 0 of 615 expected"),
            .init(time: self.at(40.9), what: "relief begins", reason: "eu-west-1 and us-west-2 carry it at 71 % (S06)"),
            .init(time: self.at(43.4), what: "shift to 100 %", reason: "evacuee serves nothing, the saviors have room"),
            .init(time: self.at(194), what: "evacuation", reason: "sick for 150 s while relieved"),
            .init(time: self.at(199), what: "publish DNS", reason: "generation 7, two names, marker matched"),
            .init(time: self.at(247), what: "failback by operator", reason: "probes were good for 20 s"),
        ]
        record.checks = [
            .init("shares after are the shares before", isMet: true, found: "agents, DNS and client counts agree"),
            .init("no orphan", isMet: true, found: "0 in the process table"),
            .init("no failure after recovery", isMet: true, found: "0 of 312,000 <requests>"),
        ]
        return record
    }

    private static func at(_ seconds: Double) -> WallTime { self.zero + .milliseconds(Int64(seconds * 1000)) }

    private static func moved(_ second: Double) -> Int {
        switch second {
        case ..<41.5: 0
        case ..<43.5: 100
        case ..<250: 10_000
        case ..<254: 9900
        case ..<258: 9000
        case ..<262: 7500
        case ..<266: 5000
        case ..<270: 2500
        default: 0
        }
    }

    private static func phase(_ second: Double) -> String {
        switch second {
        case ..<41: ""
        case ..<194: "relieving"
        case ..<195: "preparing"
        case ..<199: "shifting"
        case ..<202: "publishing"
        case ..<224: "settling"
        case ..<247: "evacuated"
        case ..<285: "returning"
        default: "done"
        }
    }

    private static func shares(moved: Int) -> ObservedShares {
        func row(_ savior: RegionID) -> SortedMap<RegionID, Int> {
            switch moved {
            case 0: ["us-east-1": 10_000]
            case 10_000: [savior: 10_000]
            default: ["us-east-1": 10_000 - moved, savior: moved]
            }
        }
        return [
            "us-east": row("eu-west-1"), "south-america": row("us-west-2"), "us-west": ["us-west-2": 10_000],
            "europe": ["eu-west-1": 10_000],
        ]
    }

    private static func sample(_ at: Double) -> DrillSample {
        let isSick = at > 40.6 && at < 250
        return DrillSample(
            time: self.at(at),
            phase: self.phase(at),
            verdict: isSick ? "regional(us-east-1)" : "normal",
            reason: "",
            shares: self.shares(moved: self.moved(at)),
            injected: at > 41 && at < 275 ? 14 : 0
        )
    }

    private static func second(_ index: Int) -> ClientSecond {
        let isBroken = index >= 30 && index < 226
        let moved = self.moved(Double(index))
        let isPublished = index >= 203 && index < 283
        var geographies = SortedMap<GeographyID, GeographySecond>()
        for (geography, regions) in self.shares(moved: moved) {
            let due = 310 + (index * 7 + geography.text.count) % 5
            var served = SortedMap<RegionID, Int>()
            for (region, points) in regions where points > 0 && !(isBroken && region == "us-east-1") {
                served[region] = due * points / 10_000
            }
            if !isBroken, let first = served.keys.first {
                served[first, default: 0] += due - served.values.reduce(0, +)
            }
            if moved == 10_000, let first = served.keys.first { served[first, default: 0] = due }
            let good = served.values.reduce(0, +)
            let isEast = geography == "us-east" || geography == "south-america"
            let entry: RegionID = isEast ? "us-east-1" : geography == "europe" ? "eu-west-1" : "us-west-2"
            let savior: RegionID = geography == "us-east" ? "eu-west-1" : "us-west-2"
            let stale = due / 10
            geographies[geography] = GeographySecond(
                total: .init(due: due, good: good),
                entered: isEast && isPublished
                    ? [entry: .init(due: stale, good: stale), savior: .init(due: due - stale, good: good - stale)]
                    : [entry: .init(due: due, good: good)],
                served: served,
                honouring: .init(due: due - stale, good: good - good / 10),
                ignoring: .init(due: stale, good: good / 10),
                failures: due > good ? ["503": due - good] : [:],
                p50: 4.2,
                p99: 18
            )
        }
        return ClientSecond(start: self.at(Double(index)), geographies: geographies)
    }
}
