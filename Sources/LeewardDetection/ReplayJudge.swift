import LeewardModel

/// What people's word makes of a mark.
public enum Judgement: String, Hashable, Sendable, Codable {
    case confirmed
    /// People said that nothing was wrong there, or something else.
    case wrong
    /// Nobody has judged it: neither right nor wrong.
    case unconfirmed
}

/// A mark with its judgement and why.
public struct JudgedMark: Hashable, Sendable {
    public var mark: ReplayMark
    public var judgement: Judgement
    public var reason: String
}

/// Compares marks with the incidents that people confirm.
public struct ReplayJudge: Sendable {
    /// People write down when they noticed: the metric may have dipped a little earlier.
    static let early = 300
    /// The longest window of a test ends this much after a short incident, at one minute a bucket.
    static let late = 600

    /// Nil where nobody has judged anything; otherwise everything that happened.
    public var incidents: [ReplayIncident]?

    /// - Parameter incidents: Every incident of the time that is replayed, or nil where nobody has listed them.
    public init(_ incidents: [ReplayIncident]?) { self.incidents = incidents }

    public func judge(_ mark: ReplayMark) -> JudgedMark {
        guard let incidents else {
            return JudgedMark(mark: mark, judgement: .unconfirmed, reason: "nobody has judged it")
        }
        let then = incidents.filter { Self.covers($0, mark.time) }
        let isEverybody = then.contains { $0.region == nil }
        let regions = SortedMap(then.compactMap { incident in incident.region.map { ($0, true) } }).keys
        let names = Words.list(regions)
        let (isRight, reason): (Bool, String) =
            switch mark.kind {
            case .regional where regions.contains(where: mark.regions.contains): (true, "an incident of its own")
            case .regional where isEverybody: (false, "everybody was in trouble")
            case .regional where !regions.isEmpty: (false, "the incident was one of \(names)")
            case .global where isEverybody: (true, "an incident of everybody")
            case .global where regions.count > 1: (true, "incidents of \(names)")
            case .global where regions.count == 1: (false, "only \(names) was in trouble")
            default: (false, "no incident then")
            }
        return JudgedMark(mark: mark, judgement: isRight ? .confirmed : .wrong, reason: reason)
    }

    /// Incidents within the replayed time that no mark named at all.
    ///
    /// - Parameters:
    ///   - result: What was replayed.
    ///   - start: Of the live time, in seconds since 1970.
    ///   - end: Of the live time.
    public func missed(by result: ReplayResult, from start: Int, to end: Int) -> [ReplayIncident] {
        (self.incidents ?? []).filter { incident in
            guard incident.end > start, incident.start < end else { return false }
            return !result.marks.contains { mark in
                let isOfIt = incident.region.map { mark.regions.contains($0) } ?? true
                return isOfIt && Self.covers(incident, mark.time)
            }
        }
    }

    private static func covers(_ incident: ReplayIncident, _ time: Int) -> Bool {
        time >= incident.start - self.early && time <= incident.end + self.late
    }
}
