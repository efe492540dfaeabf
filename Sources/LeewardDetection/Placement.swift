import LeewardModel

/// Who should have served (or received) whose traffic, and since when.
///
/// A bucket that was filled while shares moved is judged by the least that any placement around it promised, so that
/// a savior is not called sick for traffic that had not reached it yet.
struct PlacementHistory: Sendable, Equatable {
    typealias Row = SortedMap<RegionID, Double>
    typealias Rows = SortedMap<RegionID, Row>

    private struct Entry: Sendable, Equatable {
        var since: Timestamp
        var rows: Rows
    }

    /// Oldest first.
    ///
    /// What was in force before the first is not known: a controller that was restarted in the middle of a shift must not
    /// take the traffic of before for a dip. Bounded: a crisis makes no more of them than this.
    private var entries: [Entry] = []
    private static let most = 128

    /// True when the placement is another than before.
    mutating func record(_ rows: Rows, at now: Timestamp, keeping span: Span) -> Bool {
        if let last = self.entries.last, Self.isSame(last.rows, rows) { return false }
        self.entries.append(.init(since: now, rows: rows))
        let horizon = now - span
        let outdated = self.entries.dropFirst().prefix { $0.since <= horizon }.count
        self.entries.removeFirst(max(outdated, self.entries.count - Self.most, 0))
        return true
    }

    /// Parts that come from measured weights tremble; less than this is no move.
    private static let tremble = 0.002

    private static func isSame(_ left: Rows, _ right: Rows) -> Bool {
        left.keys == right.keys
            && zip(left.values, right.values).allSatisfy { old, new in
                old == new
                    || old.keys == new.keys && zip(old.values, new.values).allSatisfy { abs($0 - $1) <= self.tremble }
            }
    }

    /// True where the region served all its own users and nobody else between `start` and `end`.
    func isOwn(_ region: RegionID, from start: Timestamp, to end: Timestamp) -> Bool {
        self.rows(of: region, from: start, to: end).allSatisfy { row in
            abs((row[region] ?? 0) - 1) <= Self.tremble && row.allSatisfy { $0.0 == region || $0.1 <= Self.tremble }
        }
    }

    /// The rows of one region that were in force at any moment between `start` and `end`; a missing row is an empty one.
    func rows(of region: RegionID, from start: Timestamp, to end: Timestamp) -> [Row] {
        var found: [Row] = []
        for (index, entry) in self.entries.enumerated() {
            let isBefore = index + 1 < self.entries.count && self.entries[index + 1].since <= start
            let isAfter = index > 0 && entry.since > end
            if !isBefore && !isAfter { found.append(entry.rows[region] ?? [:]) }
        }
        if let first = self.entries.first, start < first.since { found.append([region: 1]) }
        return found
    }
}
