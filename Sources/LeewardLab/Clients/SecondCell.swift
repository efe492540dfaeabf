import Histogram
import LeewardModel

/// How one request ended.
enum ClientOutcome {
    /// A whole response came in time; `servedBy` is an index into the regions.
    case answered(status: Int, servedBy: Int?)
    /// No response: "timeout", "refused", "reset", "unresolved".
    case failed(String)
}

/// The counters of one geography in one second, reused from second to second.
///
/// Regions are indices here: this runs for every request.
struct SecondCell {
    private var total = RequestTally()
    private var entered: [RequestTally]
    private var served: [Int]
    private var honouring = RequestTally()
    private var ignoring = RequestTally()
    private var failures = SortedMap<String, Int>()
    private var latency: Histogram<UInt32>

    init(regions: Int, limitMicroseconds: UInt64) {
        self.entered = Array(repeating: .init(), count: regions)
        self.served = Array(repeating: 0, count: regions)
        self.latency = Histogram(
            lowestDiscernibleValue: 1,
            highestTrackableValue: max(limitMicroseconds * 4, 1000),
            numberOfSignificantValueDigits: .two
        )
    }

    mutating func noteDue(honoursTTL: Bool) {
        self.total.due += 1
        if honoursTTL { self.honouring.due += 1 } else { self.ignoring.due += 1 }
    }

    /// Returns true for a good request.
    ///
    /// `entry` is the region whose edge was spoken to, nil when no name was resolved.
    mutating func note(_ outcome: ClientOutcome, entry: Int?, honoursTTL: Bool, microseconds: UInt64) -> Bool {
        if let entry { self.entered[entry].due += 1 }
        switch outcome {
        case .answered(let status, let servedBy) where (200..<300).contains(status):
            self.latency.record(microseconds)
            self.total.good += 1
            if honoursTTL { self.honouring.good += 1 } else { self.ignoring.good += 1 }
            if let entry { self.entered[entry].good += 1 }
            if let servedBy { self.served[servedBy] += 1 }
            return true
        case .answered(let status, _):
            self.latency.record(microseconds)
            self.failures[String(status), default: 0] += 1
        case .failed(let reason):
            // A refused connection answers fast; counting it would make the latency look better than it is.
            if reason == "timeout" { self.latency.record(microseconds) }
            self.failures[reason, default: 0] += 1
        }
        return false
    }

    func add(to whole: inout Histogram<UInt64>) {
        for step in self.latency.recordedValues() { whole.record(step.value, count: UInt64(step.count)) }
    }

    func summary(regions: [RegionID]) -> GeographySecond {
        var entered = SortedMap<RegionID, RequestTally>()
        var served = SortedMap<RegionID, Int>()
        for (index, region) in regions.enumerated() {
            if self.entered[index].due > 0 { entered[region] = self.entered[index] }
            if self.served[index] > 0 { served[region] = self.served[index] }
        }
        return GeographySecond(
            total: self.total,
            entered: entered,
            served: served,
            honouring: self.honouring,
            ignoring: self.ignoring,
            failures: self.failures,
            p50: Double(self.latency.valueAtPercentile(50)) / 1000,
            p99: Double(self.latency.valueAtPercentile(99)) / 1000
        )
    }

    mutating func reset() {
        self.total = .init()
        for index in self.entered.indices { self.entered[index] = .init() }
        for index in self.served.indices { self.served[index] = 0 }
        self.honouring = .init()
        self.ignoring = .init()
        self.failures = [:]
        self.latency.reset()
    }
}
