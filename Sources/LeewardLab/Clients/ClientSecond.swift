import LeewardModel

/// Requests that were due, and those among them that were good.
package struct RequestTally: Hashable, Sendable, Codable {
    package var due: Int
    package var good: Int
    package init(due: Int = 0, good: Int = 0) {
        self.due = due
        self.good = good
    }
    package var failed: Int { self.due - self.good }
    package static func + (left: Self, right: Self) -> Self {
        .init(due: left.due + right.due, good: left.good + right.good)
    }
}

/// What one geography's users met in one second; every request is counted in the second in which it was due.
package struct GeographySecond: Hashable, Sendable, Codable {
    package var total: RequestTally
    /// By the region whose edge the request entered (was to enter, where it could not connect).
    package var entered: SortedMap<RegionID, RequestTally>
    /// Good requests by the region that says that it served them.
    package var served: SortedMap<RegionID, Int>
    /// Users who honour the TTL of their geography's name.
    package var honouring: RequestTally
    /// Users who keep an old address.
    package var ignoring: RequestTally
    /// Why requests failed: a status, "timeout", "refused", "reset", "unresolved".
    package var failures: SortedMap<String, Int>
    /// Milliseconds from the due moment to the answer, requests given up included at the time limit.
    package var p50: Double
    package var p99: Double
    package init(
        total: RequestTally,
        entered: SortedMap<RegionID, RequestTally> = [:],
        served: SortedMap<RegionID, Int> = [:],
        honouring: RequestTally? = nil,
        ignoring: RequestTally = .init(),
        failures: SortedMap<String, Int> = [:],
        p50: Double = 0,
        p99: Double = 0
    ) {
        self.total = total
        self.entered = entered
        self.served = served
        self.honouring = honouring ?? total
        self.ignoring = ignoring
        self.failures = failures
        self.p50 = p50
        self.p99 = p99
    }
}

/// One finished second of the whole load.
package struct ClientSecond: Hashable, Sendable, Codable {
    /// When the second began.
    package var start: WallTime
    package var geographies: SortedMap<GeographyID, GeographySecond>
    package init(start: WallTime, geographies: SortedMap<GeographyID, GeographySecond>) {
        self.start = start
        self.geographies = geographies
    }
    /// All geographies together.
    package var total: RequestTally { self.geographies.values.reduce(.init()) { $0 + $1.total } }
    /// All users who honour TTLs together.
    package var honouring: RequestTally { self.geographies.values.reduce(.init()) { $0 + $1.honouring } }
    /// All users who do not, together.
    package var ignoring: RequestTally { self.geographies.values.reduce(.init()) { $0 + $1.ignoring } }
    /// Good requests of all geographies by serving region.
    package var served: SortedMap<RegionID, Int> {
        var sum = SortedMap<RegionID, Int>()
        for geography in self.geographies.values {
            for (region, count) in geography.served { sum[region, default: 0] += count }
        }
        return sum
    }
}

/// What the load clients answer when asked how it goes.
package struct ClientStatus: Hashable, Sendable, Codable {
    /// Seconds that are finished and in the timeline.
    package var seconds: Int
    package var total: RequestTally
    /// The newest finished second.
    package var newest: ClientSecond?
    /// Requests that wait for an answer at this moment.
    package var waiting: Int
    package var openConnections: Int
    /// Milliseconds over the whole run.
    package var p50: Double
    package var p99: Double
    package var p999: Double
    /// Of the client process, user and system.
    package var processorSeconds: Double
    package init(
        seconds: Int,
        total: RequestTally,
        newest: ClientSecond?,
        waiting: Int,
        openConnections: Int,
        p50: Double,
        p99: Double,
        p999: Double,
        processorSeconds: Double
    ) {
        self.seconds = seconds
        self.total = total
        self.newest = newest
        self.waiting = waiting
        self.openConnections = openConnections
        self.p50 = p50
        self.p99 = p99
        self.p999 = p999
        self.processorSeconds = processorSeconds
    }
}
