import LeewardModel

/// Four weeks of one series as logarithms of five-minute means, cleaned of incidents, in 16 KiB.
///
/// An incident is stored as what was expected in its place, so that it does not echo a day or a week later.
struct SeasonRing: Sendable, Equatable {
    /// Seconds.
    static let slotLength = 300
    static let day = 86_400 / slotLength
    static let week = 7 * day
    /// A slot's weights reach this many neighbours to either side: a season is smooth, its measurement is not.
    private static let reach = 2
    /// Four weeks, and what the reach needs beyond.
    private static let capacity = 4 * week + 8

    /// Logarithm in steps of 1/2048 from -2 on; 0 is missing.
    private var codes = ContiguousArray<UInt16>(repeating: 0, count: Self.capacity)
    private var newest: Int?
    private var open: (slot: Int, sum: Double, count: Int)?

    static func == (left: SeasonRing, right: SeasonRing) -> Bool {
        left.codes == right.codes && left.newest == right.newest && left.open?.slot == right.open?.slot
            && left.open?.sum == right.open?.sum && left.open?.count == right.open?.count
    }

    /// Adds a logarithm to its slot; a slot that is closed takes nothing any more.
    mutating func add(_ value: Double, slot: Int) {
        if let open, open.slot == slot {
            self.open = (slot, open.sum + value, open.count + 1)
            return
        }
        if let open {
            guard slot > open.slot else { return }
            self.close(open)
        }
        self.open = (slot, value, 1)
    }

    private mutating func close(_ open: (slot: Int, sum: Double, count: Int)) {
        if let newest {
            var missing = max(newest + 1, open.slot - Self.capacity)
            while missing < open.slot {
                self.codes[Self.index(missing)] = 0
                missing += 1
            }
        }
        let code = (open.sum / Double(open.count) + 2) * 2048
        self.codes[Self.index(open.slot)] = code.isFinite ? UInt16(min(65_535, max(1, code))) : 0
        self.newest = open.slot
    }

    private static func index(_ slot: Int) -> Int {
        let rest = slot % Self.capacity
        return rest < 0 ? rest + Self.capacity : rest
    }

    private func raw(_ slot: Int) -> Double? {
        guard let newest, slot <= newest, slot > newest - Self.capacity else { return nil }
        let code = self.codes[Self.index(slot)]
        return code == 0 ? nil : Double(code) / 2048 - 2
    }

    /// The smoothed level of a slot; nil where most of its neighbourhood is missing.
    private func level(_ slot: Int) -> Double? {
        var sum = 0.0
        var weights = 0.0
        for offset in -Self.reach...Self.reach {
            guard let value = self.raw(slot + offset) else { continue }
            let weight = Double(Self.reach + 1 - abs(offset))
            sum += weight * value
            weights += weight
        }
        return weights < Double(Self.reach) ? nil : sum / weights
    }

    private func slope(_ slot: Int) -> Double? {
        guard let from = self.level(slot), let to = self.level(slot + 1) else { return nil }
        return to - from
    }

    /// By how much the series should change from this slot to the next, as a logarithm.
    ///
    /// The mean over one to four weeks ago, each held to within 0.015 of their median so that a step which stayed in
    /// the history does no harm; days ago where weeks are missing; 0 without any history.
    func expectedChange(from slot: Int) -> Double {
        var found = FewNumbers()
        for lag in 1...4 { if let slope = self.slope(slot - lag * Self.week) { found.add(slope) } }
        if found.count < 2 {
            for lag in 1...4 where found.count < 5 {
                if let slope = self.slope(slot - lag * Self.day) { found.add(slope) }
            }
        }
        return found.agreed
    }
}
