public import LeewardModel

/// The newest judged bucket of one region's users.
public struct ServedBucket: Hashable, Sendable {
    /// When it ended, by the store's clock.
    public var end: WallTime
    /// All three per second: what was, what should have been, and below what it is bad.
    public var rate: Double
    public var expected: Double
    public var least: Double
    /// Newest buckets in a row that are bad, by the region that served or by the region of entry.
    public var badRun: Int
}

extension Detector {
    /// What the newest bucket of a region showed at the last `step`; nil while it could not be judged.
    public func served(by region: RegionID) -> ServedBucket? {
        guard let number = self.number(of: region) else { return nil }
        let metric = self.signals.served[number]
        guard metric.state == .judged, let newest = metric.buckets.first else { return nil }
        return ServedBucket(
            end: newest.time,
            rate: newest.value,
            expected: newest.expected,
            least: newest.least,
            badRun: max(metric.badRun, self.signals.entered[number].badRun)
        )
    }

    /// Good starts per second of a home region's users that are usual now by what was learnt or by its other days, above zero;
    /// nil where neither says anything.
    public func usualUsers(of home: RegionID) -> Double? {
        self.number(of: home).flatMap { self.signals.usual(.served, of: $0) }.flatMap {
            $0.isFinite && $0 > 0 ? $0 : nil
        }
    }

    /// What a bucket that has not been shown yet should hold while the region serves its own users alone, and below what it
    /// would be bad, both per second; nil where nobody knows, or where too little is due for a judgement.
    ///
    /// - Parameters:
    ///   - end: When the bucket ends.
    ///   - baseline: Samples around the same time yesterday and one to four weeks ago.
    public func promise(_ region: RegionID, at end: WallTime, baseline: [Sample]) -> (expected: Double, least: Double)?
    {
        let watch = self.number(of: region).flatMap { self.signals.watches[.served, $0] }
        guard
            let expected = watch?.expectation(at: end)
                ?? Baseline.promise(of: SeriesTable(baseline, regions: [region])[.served, 0], at: end).value,
            expected * self.limits.bucket.seconds >= BucketJudge.enoughRequests
        else { return nil }
        let floor = BucketJudge.floor(watch?.floor, watch?.dip?.depth, self.limits)
        return (expected, expected * floor * self.calendar.allowance(of: region, at: end).least)
    }
}
