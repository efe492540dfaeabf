public import LeewardModel

/// Says of each proven dip whether it is one region's or everybody's, once.
///
/// Another region counts as dipping already at a third of the depth: a global incident hits regions unevenly and up to a
/// bucket apart, and calling it regional would send its users into it. Blind to all others, it says nothing (S02, S18).
public struct DipArbiter: Sendable, Equatable {
    public enum Event: Hashable, Sendable {
        /// This region, and nothing of it in the others.
        case regional(RegionID)
        /// These regions together, in their order.
        case global([RegionID])
    }

    /// Part of the deepest dip that another region must show to count as dipping too.
    static let alike = 0.35
    /// The same for a region that is in a dip or a surge anyway.
    static let alikeInTrouble = 0.2
    static let least = 0.03
    /// Deviations that another region's dip must have.
    static let certain = 3.0
    /// A global incident is over when every region has been calm this long.
    static let calmAfterGlobal = 600

    private var judged: SortedMap<RegionID, Bool> = [:]
    private var globalUntil: Int?

    public init() {}

    /// True from the first sign of a global incident until all have been calm for ten minutes.
    public var isGlobal: Bool { self.globalUntil != nil }

    /// - Parameter now: The newest time that a bucket may have ended at, in seconds since 1970.
    public mutating func step(_ watches: SortedMap<RegionID, SeriesWatch>, now: Int) -> [Event] {
        if let until = self.globalUntil {
            if watches.values.contains(where: { $0.mode == .dip || $0.isBad }) {
                self.globalUntil = max(until, now)
            } else if now - until > Self.calmAfterGlobal {
                self.globalUntil = nil
            }
        }
        var events: [Event] = []
        for (region, watch) in watches {
            guard watch.mode == .dip else {
                self.judged[region] = nil
                continue
            }
            guard self.judged[region] == nil, watch.isBad || watch.isProven else { continue }
            guard self.globalUntil == nil else {
                self.judged[region] = true
                continue
            }
            let others = watches.filter { $0.0 != region && Self.isFresh($0.1, now) }
            guard !others.isEmpty else { continue }
            let alike = others.filter { Self.dips($0.1, with: watch) }.map(\.0)
            self.judged[region] = true
            if alike.isEmpty {
                events.append(.regional(region))
            } else {
                self.globalUntil = now
                for (other, state) in watches where state.mode == .dip { self.judged[other] = true }
                events.append(.global((alike + [region]).sorted()))
            }
        }
        return events
    }

    private static func isFresh(_ watch: SeriesWatch, _ now: Int) -> Bool {
        watch.newest.map { now - $0 <= 2 * watch.length } ?? false
    }

    private static func dips(_ other: SeriesWatch, with watch: SeriesWatch) -> Bool {
        let mine = max(watch.missing, 0.01)
        let theirs = other.missing
        if theirs > max(self.alike * mine, self.certain * other.uncertainty, self.least) { return true }
        return other.mode != .calm && theirs > max(self.alikeInTrouble * mine, self.least)
    }
}
