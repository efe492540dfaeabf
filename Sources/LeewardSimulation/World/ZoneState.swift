import LeewardModel

/// One authoritative server with the zone as it has it.
struct ZoneServer: Hashable, Sendable {
    var serial: UInt32 = 1
    var marker: SnapshotMark?
    /// By host: the addresses in order.
    var records: [[String]]
    /// Answers nobody and takes nothing, though resolvers still know what it said last.
    var isSilent = false
    /// Answers, and takes nothing.
    var isStale = false

    /// One compare-and-set, whole or not at all (S15).
    ///
    /// - Returns: What the server says, and whether anything changed.
    mutating func apply(
        _ effect: Effect,
        _ fence: Fence,
        _ hosts: [HostName],
        _ checks: Receivers
    ) -> (outcome: Outcome, changed: Bool) {
        let compares = checks.stands(.compareAndSet)
        switch effect {
        case .claimZone(let old):
            if compares, let refusal = self.refusal(old, fence) { return (refusal, false) }
            let generation = self.marker?.generation ?? Generation(0)
            self.marker = SnapshotMark(generation: generation, epoch: fence.epoch, key: fence.key)
            self.serial += 1
            return (.done, true)
        case .updateZone(let change):
            if compares, let refusal = self.refusal(change.oldMarker, fence, change.newGeneration) {
                return (refusal, false)
            }
            if compares, let reason = change.staleness(fence) { return (.refused(reason), false) }
            if checks.stands(.noEmptySet), let reason = change.emptiness { return (.refused(reason), false) }
            for (host, set) in change.sets {
                guard let index = hosts.firstIndex(of: host) else {
                    return (.refused("\(host) is no name of the zone"), false)
                }
                guard self.records[index] == set.old || !compares else {
                    return (.refused("a prerequisite failed: \(host) is \(self.records[index])"), false)
                }
            }
            let mark = SnapshotMark(generation: change.newGeneration, epoch: fence.epoch, key: fence.key)
            if compares, self.marker == mark { return (.done, false) }
            for (host, set) in change.sets {
                if let index = hosts.firstIndex(of: host) { self.records[index] = set.new.sorted() }
            }
            self.marker = mark
            self.serial += 1
            return (.done, true)
        default: return (.refused("a name server does not do this"), false)
        }
    }

    /// The prerequisite on the marker; one's own key after a lost answer means success.
    private func refusal(_ old: SnapshotMark?, _ fence: Fence, _ generation: Generation? = nil) -> Outcome? {
        if let old, fence.epoch < old.epoch {
            return .refused(fence.refusal(below: old))
        }
        guard self.marker != old else { return nil }
        if let marker = self.marker, marker.key == fence.key, generation.map({ $0 == marker.generation }) ?? true {
            return .done
        }
        return .refused("a prerequisite failed: the marker is \(self.marker?.key.text ?? "missing")")
    }
}

/// What resolvers have seen of one server: which entries each geography had, and since when.
struct EntryHistory: Sendable {
    /// Oldest first; milliseconds since which these parts by region were answered.
    private var steps: [(since: Int64, parts: [Double])]

    init(parts: [Double]) { self.steps = [(.min / 4, parts)] }

    mutating func change(to parts: [Double], at now: Int64) { self.steps.append((now, parts)) }

    /// When nobody who keeps an address for `keeps` milliseconds has an older one.
    func settles(after keeps: Int64) -> Int64 {
        (self.steps.last?.since ?? 0) + keeps
    }

    /// Adds `weight` spread over the regions whose addresses clients hold who asked at a random time within `keeps`.
    func add(_ weight: Double, keeps: Int64, at now: Int64, to sum: inout [Double], from base: Int) {
        let start = now - keeps
        for (index, step) in self.steps.enumerated() {
            let until = index + 1 < self.steps.count ? self.steps[index + 1].since : now
            let overlap = min(until, now) - max(step.since, start)
            let isOnly = keeps == 0 && index == self.steps.count - 1
            guard overlap > 0 || isOnly else { continue }
            let part = keeps == 0 ? weight : weight * Double(overlap) / Double(keeps)
            for region in step.parts.indices { sum[base + region] += part * step.parts[region] }
        }
    }
}
