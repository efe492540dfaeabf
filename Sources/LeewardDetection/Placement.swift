import LeewardModel

/// Who should have served (or received) whose traffic, and since when.
///
/// A bucket that was filled while shares moved is judged by the least that any placement around it promised, so that
/// a savior is not called sick for traffic that had not reached it yet.
struct PlacementHistory: Sendable, Equatable {
    typealias Rows = SortedMap<RegionID, SortedMap<RegionID, Double>>

    /// What one region should serve or receive.
    struct Row: Sendable, Equatable {
        struct Part: Sendable, Equatable {
            /// By its number; nil for one that is no region of the fleet.
            var home: Int?
            var part: Double
        }
        /// Finite parts above zero, in the order of their homes.
        var parts: [Part]
        /// All its own users and nobody else.
        var isOwn: Bool
    }

    private struct Entry: Sendable, Equatable {
        var since: Timestamp
        /// By number of the region; a region that is missing has an empty row.
        var rows: [Row]
    }

    private let regions: [RegionID]
    /// Each region alone with its own users.
    private let before: [Row]
    /// Oldest first.
    ///
    /// What was in force before the first is not known: a controller that was restarted in the middle of a shift must not
    /// take the traffic of before for a dip. Bounded: a crisis makes no more of them than this.
    private var entries: [Entry] = []
    private static let most = 128
    /// What the newest entry was made of.
    private var last: Rows = [:]

    init(regions: [RegionID]) {
        self.regions = regions
        self.before = regions.indices.map { Row(parts: [.init(home: $0, part: 1)], isOwn: true) }
    }

    /// True when the placement is another than before.
    mutating func record(_ rows: Rows, at now: Timestamp, keeping span: Span) -> Bool {
        if !self.entries.isEmpty, Self.isSame(self.last, rows) { return false }
        self.last = rows
        self.entries.append(.init(since: now, rows: self.regions.map { self.row($0, rows[$0] ?? [:]) }))
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

    private func row(_ region: RegionID, _ parts: SortedMap<RegionID, Double>) -> Row {
        Row(
            parts: parts.compactMap { home, part in
                part.isFinite && part > 0 ? .init(home: self.regions.firstIndex(of: home), part: part) : nil
            },
            isOwn: abs((parts[region] ?? 0) - 1) <= Self.tremble
                && parts.allSatisfy { $0.0 == region || $0.1 <= Self.tremble }
        )
    }

    /// True where the region served all its own users and nobody else between `start` and `end`.
    func isOwn(_ region: Int, from start: Timestamp, to end: Timestamp) -> Bool {
        self.allRows(of: region, from: start, to: end, pass: \.isOwn)
    }

    /// True where each row of one region, by its number, that was in force at any moment between `start` and `end` passes.
    func allRows(of region: Int, from start: Timestamp, to end: Timestamp, pass: (Row) -> Bool) -> Bool {
        for index in self.entries.indices {
            let isBefore = index + 1 < self.entries.count && self.entries[index + 1].since <= start
            let isAfter = index > 0 && self.entries[index].since > end
            if !isBefore && !isAfter && !pass(self.entries[index].rows[region]) { return false }
        }
        if let first = self.entries.first, start < first.since { return pass(self.before[region]) }
        return true
    }
}
