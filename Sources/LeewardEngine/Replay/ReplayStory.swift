import LeewardDetection
import LeewardModel
import LeewardSafety

/// Writes down what the controller says bucket by bucket: marks, what followed them, and dips that got none.
struct ReplayStory: Sendable {
    private(set) var marks: [ReplayMark] = []
    private(set) var regions: SortedMap<RegionID, ReplayRegion>
    /// Place of the regional mark that is not over yet.
    private var open: Int?
    /// What was opened at that mark.
    private var evacuation: EvacuationID?
    private var isGlobal = false
    private let limits: Limits

    init(_ fleet: Fleet) {
        self.regions = fleet.regions.mapValues { _ in ReplayRegion() }
        self.limits = fleet.limits
    }

    mutating func teach(_ region: RegionID, seconds: Int) { self.regions[region, default: .init()].taught = seconds }

    /// Takes one region's bucket as the controller has judged it.
    ///
    /// - Parameters:
    ///   - start: Of the bucket, in seconds since 1970; a bucket that is missing is not told.
    ///   - rate: Per second.
    ///   - served: How it was judged; nil where it could not be.
    mutating func take(
        _ region: RegionID,
        _ start: Int,
        rate: Double,
        _ served: ServedBucket?,
        _ controller: Controller
    ) {
        var own = self.regions[region] ?? ReplayRegion()
        self.regions[region] = nil
        defer { self.regions[region] = own }
        own.observed += 1
        guard let served else { return }
        own.curve.append(.init(time: start, rate: rate, expected: served.expected, lower: served.least))
        let missing = served.expected > 0 ? max(0, 1 - served.rate / served.expected) : 0
        let last = own.dips.count - 1
        let isOpen = last >= 0 && own.dips[last].until == nil
        if served.badRun == 0 {
            if isOpen { own.dips[last].until = start }
        } else if isOpen {
            own.dips[last].deepest = max(own.dips[last].deepest, missing)
        } else if served.badRun >= self.limits.reliefAfter {
            let length = Int(self.limits.bucket.milliseconds / 1_000)
            own.dips.append(.init(from: start - (served.badRun - 1) * length, deepest: missing))
        } else {
            return
        }
        guard let dip = own.dips.last, dip.until == nil else { return }
        own.dips[own.dips.count - 1].unmarked =
            self.isMarked(region, since: dip.from) ? nil : Self.why(region, controller)
    }

    private func isMarked(_ region: RegionID, since start: Int) -> Bool {
        if let open, self.marks[open].regions.contains(region) { return true }
        return self.isGlobal || self.marks.contains { $0.time > start && $0.regions.contains(region) }
    }

    private static func why(_ region: RegionID, _ controller: Controller) -> String {
        let verdict = controller.assessment.regions[region]
        return verdict?.health == .sick ? controller.assessment.reason : verdict?.reason ?? "nobody knows"
    }

    // MARK: - Marks

    /// Takes what one look at the end of a bucket brought; call it BEFORE the regions' buckets of the same look.
    mutating func look(_ controller: Controller, _ records: [Record], at end: Int) {
        switch controller.assessment.fleet {
        case .regional(let region):
            if self.open.map({ self.marks[$0].regions != [region] }) ?? true {
                self.open = self.marks.count
                self.evacuation = nil
                var mark = self.mark(.regional, [region], controller, end)
                mark.refusals = Self.refusals(region, controller, end)
                self.marks.append(mark)
            }
        case .global:
            if !self.isGlobal {
                let bad = self.regions.keys.filter {
                    (controller.detector.served(by: $0)?.badRun ?? 0) > 0 || controller.health($0) == .sick
                }
                self.marks.append(self.mark(.global, bad, controller, end))
            }
            self.isGlobal = true
        case .normal:
            self.isGlobal = false
        case .unknown: break
        }
        if let open { self.follow(open, controller, records, end) }
        if controller.assessment.fleet == .normal, controller.state.evacuation == nil { self.open = nil }
    }

    /// Why nothing began at this moment; empty where it did.
    private static func refusals(_ region: RegionID, _ controller: Controller, _ end: Int) -> [String] {
        guard let active = controller.state.evacuation else { return controller.lastRefusal }
        guard active.evacuee != region else { return [] }
        let now = Timestamp(milliseconds: Int64(end) * 1_000) + ReplayRun.settling
        return StartGates.findings(controller.startContext(region, isAutomatic: true, isRelief: true, now)).refusals
    }

    private func mark(_ kind: ReplayMark.Kind, _ regions: [RegionID], _ controller: Controller, _ end: Int)
        -> ReplayMark
    {
        var expected = SortedMap<RegionID, Double>()
        var depth = 0.0
        for region in self.regions.keys {
            guard let served = controller.detector.served(by: region) else { continue }
            expected[region] = served.expected
            if regions.contains(region), served.expected > 0 { depth = max(depth, 1 - served.rate / served.expected) }
        }
        let evidence = regions.map { ($0, controller.assessment.regions[$0]?.reason ?? "no evidence") }
        return ReplayMark(
            time: end,
            kind: kind,
            regions: regions,
            depth: depth,
            evidence: SortedMap(evidence),
            expected: expected,
            reason: controller.assessment.reason
        )
    }

    private mutating func follow(_ place: Int, _ controller: Controller, _ records: [Record], _ end: Int) {
        guard let region = self.marks[place].regions.first else { return }
        var course = self.marks[place].course
        for record in records {
            switch record {
            case .opened(let evacuation, _) where evacuation.evacuee == region:
                self.evacuation = evacuation.id
                course.reliefAt = course.reliefAt ?? end
            case .approved(let id, _, _) where id == self.evacuation: course.evacuationAt = course.evacuationAt ?? end
            case .refused(region, _, let findings) where end > self.marks[place].time:
                for sentence in findings.refusals where !course.stops.contains(sentence) {
                    course.stops.append(sentence)
                }
            case .held(let id, let reason, _) where id == self.evacuation:
                // Gates that refused have been told one by one.
                if !course.stops.contains(where: reason.contains) { course.stops.append(reason) }
            case .turned(let id, _, let reason) where id == self.evacuation:
                course.endedAt = end
                course.endedBecause = reason
            default: break
            }
        }
        if let evacuation = controller.state.evacuation, evacuation.id == self.evacuation, evacuation.phase != .held,
            !evacuation.isReturning,
            course.evacuationIfRelievedAt == nil, let since = controller.assessment.sickSince[region],
            Timestamp(milliseconds: Int64(end) * 1_000) + ReplayRun.settling - since >= self.limits.hardenAfterRelieved
        {
            course.evacuationIfRelievedAt = end
        }
        self.marks[place].course = course
    }
}
