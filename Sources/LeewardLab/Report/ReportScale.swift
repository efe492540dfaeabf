import LeewardModel

/// A stretch of the drill during which the phase stayed the same.
struct PhaseBand: Hashable {
    var phase: String
    var from: Double
    var to: Double
}

/// A moment worth a line through all charts.
struct ReportEvent: Hashable {
    var name: String
    var at: Double
}

/// Seconds from the outage to pixels, and what all charts of one report share.
struct ReportScale {
    static let width = 1060.0
    static let left = 118.0
    static let right = 14.0

    let zero: WallTime
    let first: Double
    let last: Double
    let regions: [RegionID]
    let geographies: [GeographyID]
    let bands: [PhaseBand]
    let events: [ReportEvent]

    init(_ record: DrillRecord) {
        let moments = record.moments
        self.zero = moments.outage ?? moments.begun
        let zero = self.zero
        let starts = record.timeline.map { ($0.start - zero).seconds }
        self.first = max(starts.first ?? 0, -20)
        self.last = max((starts.last ?? 0) + 1, self.first + 30)
        var regions = SortedMap<RegionID, Bool>([(record.region, true)])
        var geographies = SortedMap<GeographyID, Bool>()
        for second in record.timeline {
            for (geography, cell) in second.geographies {
                geographies[geography] = true
                for region in cell.served.keys { regions[region] = true }
                for region in cell.entered.keys { regions[region] = true }
            }
        }
        for shares in [record.before, record.during, record.after] {
            for row in shares.values { for region in row.keys { regions[region] = true } }
        }
        self.regions = regions.keys
        self.geographies = geographies.keys
        self.bands = Self.bands(record.samples, zero: zero, last: self.last)
        let named: [(String, WallTime?)] = [
            (record.isPlanned ? "command" : "outage", moments.outage), ("verdict", moments.verdict),
            ("first intent", moments.intent), ("DNS committed", moments.committed), ("evacuated", moments.evacuated),
            ("healed", moments.healed), ("failback", moments.failback),
        ]
        self.events = named.compactMap { name, time in time.map { ReportEvent(name: name, at: ($0 - zero).seconds) } }
    }

    func seconds(_ time: WallTime) -> Double { (time - self.zero).seconds }

    func x(_ seconds: Double) -> Double {
        let inner = Self.width - Self.left - Self.right
        return Self.left + (min(max(seconds, self.first), self.last) - self.first) / (self.last - self.first) * inner
    }

    /// Round seconds, about ten of them.
    var ticks: [Double] {
        let steps = [5.0, 10, 15, 30, 60, 120, 300, 600, 1800]
        let step = steps.first { (self.last - self.first) / $0 <= 12 } ?? 3600
        var tick = (self.first / step).rounded(.up) * step
        var ticks: [Double] = []
        while tick <= self.last {
            ticks.append(tick)
            tick += step
        }
        return ticks
    }

    /// 0 is the first region's colour.
    func color(_ region: RegionID) -> Int { (self.regions.firstIndex(of: region) ?? 0) % 6 }

    private static func bands(_ samples: [DrillSample], zero: WallTime, last: Double) -> [PhaseBand] {
        var bands: [PhaseBand] = []
        for sample in samples {
            let at = (sample.time - zero).seconds
            if let index = bands.indices.last {
                bands[index].to = at
                if bands[index].phase == sample.phase { continue }
            }
            bands.append(PhaseBand(phase: sample.phase, from: at, to: at))
        }
        if let index = bands.indices.last { bands[index].to = max(bands[index].to, last) }
        return bands.filter { !$0.phase.isEmpty && $0.phase != "done" && $0.to > $0.from }
    }
}
