import LeewardModel

/// How far a region may be left to itself, by what was measured.
public enum TrustRung: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// Only looks.
    case observe
    /// Shows the plan to people.
    case recommend
    /// Moves the first rung by itself, and people approve the rest.
    case canary
    /// Acts after the gates permit.
    case automatic

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    /// The one above; nil at the top.
    public var next: TrustRung? { Self.allCases.dropFirst(self.rank + 1).first }
}

/// What was measured about one region.
public struct TrustRecord: Hashable, Sendable, Codable {
    /// Live time with data.
    public var weeks: Double
    /// Regional marks: those that would have moved its users.
    public var alarms: Int
    public var confirmed: Int
    public var wrong: Int
    /// Its confirmed incidents that no mark named.
    public var missed: Int

    public init(weeks: Double, alarms: Int, confirmed: Int, wrong: Int, missed: Int) {
        self.weeks = weeks
        self.alarms = alarms
        self.confirmed = confirmed
        self.wrong = wrong
        self.missed = missed
    }

    public var judged: Int { self.confirmed + self.wrong }
    /// Part of the judged alarms that people confirm; nil where none was judged.
    public var precision: Double? { self.judged == 0 ? nil : Double(self.confirmed) / Double(self.judged) }
    /// Nil where nothing was observed.
    public var unconfirmedPerWeek: Double? {
        self.weeks > 0 ? Double(self.alarms - self.confirmed) / self.weeks : nil
    }
}

/// The highest rung that a record allows, and what keeps it from the next.
public struct TrustRuling: Hashable, Sendable, Codable {
    public var allowed: TrustRung
    public var next: TrustRung?
    /// What the next rung lacks; empty only at the top.
    public var lacks: [String]
}

/// The rules of the trust ladder; each rung needs all below it.
public enum TrustLadder {
    /// Two weekends and every hour of the week twice: less says nothing about a rhythm.
    static let weeksToRecommend = 2.0
    /// A person who is shown more than one doubtful plan a week stops reading them.
    static let mostUnconfirmedPerWeek = 1.0
    /// A month holds its paydays, releases and maintenance windows.
    static let weeksToCanary = 4.0
    /// A canary that is wrong costs 1 % of one region's users a detour: one in ten is bearable.
    static let precisionToCanary = 0.9
    /// Fewer judged alarms are an anecdote; confirmed drills count.
    static let leastJudged = 3
    /// Nobody asks a person any more: two months hold every kind of week.
    static let weeksToAutomatic = 8.0
    /// Not one wrong alarm: each would move a whole region's users for nothing.
    static let precisionToAutomatic = 1.0
    /// A store drops a scrape now and then; more than this part missing is time that nobody observed.
    static let leastCovered = 0.95

    public static func climb(_ record: TrustRecord) -> TrustRuling {
        var allowed = TrustRung.observe
        while let next = allowed.next {
            let lacks = self.lacks(next, record)
            guard lacks.isEmpty else { return TrustRuling(allowed: allowed, next: next, lacks: lacks) }
            allowed = next
        }
        return TrustRuling(allowed: allowed, next: nil, lacks: [])
    }

    private static func lacks(_ rung: TrustRung, _ record: TrustRecord) -> [String] {
        var lacks: [String] = []
        func observed(_ weeks: Double) {
            guard record.weeks < weeks * self.leastCovered else { return }
            lacks.append("\(Words.tenths(record.weeks)) of \(Words.tenths(weeks)) weeks observed")
        }
        func precise(_ precision: Double) {
            if record.judged < self.leastJudged {
                lacks.append("\(record.judged) of \(Words.count(self.leastJudged, "judged alarm"))")
            } else if let own = record.precision, own < precision {
                lacks.append("precision \(Words.part(own)) of \(Words.part(precision))")
            }
        }
        switch rung {
        case .observe: break
        case .recommend:
            observed(self.weeksToRecommend)
            if let rate = record.unconfirmedPerWeek, rate > self.mostUnconfirmedPerWeek {
                lacks.append(
                    "\(Words.tenths(rate)) unconfirmed alarms a week, at most \(Words.tenths(self.mostUnconfirmedPerWeek))"
                )
            }
        case .canary:
            observed(self.weeksToCanary)
            // A region that never alarmed never moved anybody for nothing.
            if record.alarms > 0 { precise(self.precisionToCanary) }
        case .automatic:
            observed(self.weeksToAutomatic)
            precise(self.precisionToAutomatic)
            if record.missed > 0 { lacks.append("\(Words.count(record.missed, "confirmed incident")) missed") }
        }
        return lacks
    }
}

extension Words {
    /// "3.9", "4".
    static func tenths(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        let tenths = Int((value * 10).rounded())
        let text = "\(abs(tenths) / 10)" + (tenths % 10 == 0 ? "" : ".\(abs(tenths) % 10)")
        return tenths < 0 ? "-" + text : text
    }
}
