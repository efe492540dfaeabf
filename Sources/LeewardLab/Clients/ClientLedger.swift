import Histogram
import LeewardModel

/// Counts every request once, in the second in which it was due, and finishes seconds in order.
struct ClientLedger {
    /// Names of the entry regions, then "unknown" for answers that name no region of the settings.
    let regions: [RegionID]
    let geographies: [GeographyID]
    private(set) var seconds: [ClientSecond] = []
    private(set) var total = RequestTally()
    private(set) var latency: Histogram<UInt64>
    /// Requests and good ones since the start, by geography and entry region: what `/metrics` shows.
    private(set) var cumulative: [[RequestTally]]

    private let start: WallTime
    private let limitMicroseconds: UInt64
    /// Cells of unfinished seconds; the first belongs to the second `seconds.count`.
    private var open: [[SecondCell]] = []
    private var spare: [[SecondCell]] = []

    /// `start` is the beginning of second zero.
    init(start: WallTime, entries: [RegionID], geographies: [GeographyID], timeout: Span) {
        var regions: [RegionID] = []
        for region in entries where !regions.contains(region) { regions.append(region) }
        self.regions = regions + ["unknown"]
        self.geographies = geographies
        self.start = start
        self.limitMicroseconds = UInt64(max(timeout.milliseconds, 1)) * 1000
        self.cumulative = geographies.map { [count = self.regions.count] _ in
            Array(repeating: RequestTally(), count: count)
        }
        self.latency = Histogram(
            lowestDiscernibleValue: 1,
            highestTrackableValue: self.limitMicroseconds * 4,
            numberOfSignificantValueDigits: .three
        )
    }

    /// Index of a region as an answer names it.
    func index(of region: String) -> Int {
        self.regions.firstIndex { $0.text == region } ?? self.regions.count - 1
    }

    mutating func noteDue(second: Int, geography: Int, honoursTTL: Bool) {
        guard let slot = self.slot(second) else { return }
        self.open[slot][geography].noteDue(honoursTTL: honoursTTL)
    }

    /// `microseconds` count from the moment at which the request was due, so a late start counts as latency.
    mutating func note(
        _ outcome: ClientOutcome,
        second: Int,
        geography: Int,
        entry: Int?,
        honoursTTL: Bool,
        microseconds: UInt64
    ) {
        guard let slot = self.slot(second) else { return }
        let isGood = self.open[slot][geography].note(
            outcome,
            entry: entry,
            honoursTTL: honoursTTL,
            microseconds: min(microseconds, self.limitMicroseconds * 3)
        )
        self.total.due += 1
        if isGood { self.total.good += 1 }
        if let entry {
            self.cumulative[geography][entry].due += 1
            if isGood { self.cumulative[geography][entry].good += 1 }
        }
    }

    /// Closes every second before `second` and returns them; the caller knows that nothing in them is undecided.
    mutating func finish(before second: Int) -> [ClientSecond] {
        var finished: [ClientSecond] = []
        while self.seconds.count < second, self.slot(self.seconds.count) != nil {
            var cells = self.open.removeFirst()
            var geographies = SortedMap<GeographyID, GeographySecond>()
            for index in cells.indices {
                geographies[self.geographies[index]] = cells[index].summary(regions: self.regions)
                cells[index].add(to: &self.latency)
                cells[index].reset()
            }
            self.spare.append(cells)
            let whole = ClientSecond(
                start: self.start + .seconds(Int64(self.seconds.count)),
                geographies: geographies
            )
            self.seconds.append(whole)
            finished.append(whole)
        }
        return finished
    }

    /// Where an unfinished second's cells are, made when needed; nil for a finished one.
    private mutating func slot(_ second: Int) -> Int? {
        let slot = second - self.seconds.count
        guard slot >= 0 else { return nil }
        while self.open.count <= slot {
            let fresh = self.geographies.map { _ in
                SecondCell(regions: self.regions.count, limitMicroseconds: self.limitMicroseconds)
            }
            self.open.append(self.spare.popLast() ?? fresh)
        }
        return slot
    }
}
