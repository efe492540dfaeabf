import LeewardModel

/// Buckets of good starts by region, as the metrics store collects them.
struct MetricPipeline: Sendable {
    /// One closed bucket, per second.
    struct Bucket: Sendable {
        /// Milliseconds since the start of the run.
        var end: Int64
        var served: [Double]
        var entered: [Double]
    }

    /// More than any judgement looks back.
    private static let kept = 16

    private let bucket: Int64
    /// Oldest first.
    private(set) var buckets: [Bucket] = []
    private(set) var nextEnd: Int64
    /// Good starts of the open bucket, by region.
    var served: [Double]
    var entered: [Double]

    init(regions: Int, bucket: Int64) {
        self.bucket = bucket
        self.nextEnd = bucket
        self.served = Array(repeating: 0, count: regions)
        self.entered = self.served
    }

    mutating func close() {
        let seconds = Double(self.bucket) / 1000
        self.buckets.append(
            Bucket(
                end: self.nextEnd,
                served: self.served.map { $0 / seconds },
                entered: self.entered.map { $0 / seconds }
            )
        )
        if self.buckets.count > Self.kept { self.buckets.removeFirst() }
        for region in self.served.indices {
            self.served[region] = 0
            self.entered[region] = 0
        }
        self.nextEnd += self.bucket
    }
}

/// What of one region's series the store has: the faults of the metrics, from the moment they began.
struct SeriesView: Sendable {
    /// Milliseconds; no bucket that ended later is there.
    var until = Int64.max
    /// Nothing of it is a number from here on.
    var nanFrom = Int64.max
    /// From here on each bucket repeats the last one before.
    var frozenFrom = Int64.max
    /// From here on a bucket holds only this part of what was measured.
    var partFrom = Int64.max
    var part = 1.0

    init(_ fault: TelemetryFault?, since: Int64, now: Int64) {
        switch fault {
        case .vanish: self.until = since
        case .freeze: self.frozenFrom = since
        case .lag(let span): self.until = now - span.milliseconds
        case .notANumber: self.nanFrom = since
        case .part(let points): (self.partFrom, self.part) = (since, Double(points) / 10_000)
        case .storeDown, .clock, nil: break
        }
    }
}
