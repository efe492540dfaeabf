import LeewardDetection
import LeewardModel
import LeewardTestModel
import Testing

@testable import LeewardLab

/// A whole day of the lab's own users in five-second buckets, with a deploy's blip every two hours.
@Suite struct CalmDayTests {
    @Test func aDayWithDeploysEvacuatesNobody() {
        var day = Day()
        day.run(blip: 0.6, seconds: 8)
        #expect(day.evacuations == 0)
        #expect(day.reliefs <= 1, "\(day.reliefs) reliefs")
    }

    /// The same day sees what it should see: the check above is not blind.
    @Test func theSameDayNoticesOutages() {
        var day = Day()
        day.run(blip: 0.1, seconds: 150)
        #expect(day.reliefs == 11)
        #expect(day.evacuations == 11)
    }
}

private struct Day {
    static let regions: [RegionID] = ["eu-west-1", "us-east-1", "us-west-2"]
    static let start = WallTime(milliseconds: 1_521_676_800_000)
    static let bucket = 5

    let traffic = Traffic()
    var detector = Detector(fleet: Day.fleet)
    var reliefs = 0
    var evacuations = 0
    private var noise = UInt64(7)
    private var live: SortedMap<RegionID, [Sample]> = [:]

    init() {
        var history: [Sample] = []
        for region in Self.regions {
            for slot in (0..<8_064).reversed() {
                let value = self.rate(region, minute: -5 * slot)
                for signal in [Signal.served, .entered] {
                    let time = Self.start - .minutes(5 * Int64(slot))
                    history.append(.init(signal: signal, region: region, time: time, value: value))
                }
            }
        }
        self.detector.learn(history: history)
    }

    /// Every two hours one region serves only `blip` of its users for some seconds.
    mutating func run(blip: Double, seconds: Int) {
        var regionalSince: Int?
        for second in stride(from: Self.bucket, through: 86_400, by: Self.bucket) {
            var edges = SortedMap<RegionID, EdgeWindow>()
            var probes: [ProbeWindow] = []
            for (index, region) in Self.regions.enumerated() {
                let works = { (at: Int) in
                    let into = at % 7_200 - index
                    let isHit = at >= 7_200 && (at / 7_200) % 3 == index && into >= 0 && into < seconds
                    return isHit ? blip : 1.0
                }
                let share = (second - Self.bucket..<second).reduce(0.0) { $0 + works($1) } / Double(Self.bucket)
                self.serve(region, second, share)
                let now = works(second - 1)
                edges[region] = self.window(region, second, now)
                for vantage in Self.regions {
                    probes.append(.init(vantage: vantage, target: region, attempts: 12, good: Int(12 * now)))
                }
            }
            let verdict = self.look(second, edges, probes)
            if case .regional = verdict {
                if regionalSince == nil { self.reliefs += 1 }
                let since = regionalSince ?? second
                regionalSince = since
                if second - since == 60 { self.evacuations += 1 }
            } else {
                regionalSince = nil
            }
        }
    }

    private mutating func look(
        _ second: Int,
        _ edges: SortedMap<RegionID, EdgeWindow>,
        _ probes: [ProbeWindow]
    ) -> Verdict {
        let readAt = Self.start + .seconds(Int64(second))
        let own = SortedMap(Self.regions.map { ($0, SortedMap([($0, 1.0)])) })
        let baseline = Self.regions.flatMap { region in
            [1, 7, 14, 21, 28].flatMap { days in
                [Signal.served, .entered].map { signal in
                    Sample(
                        signal: signal,
                        region: region,
                        time: readAt - .days(Int64(days)),
                        value: self.rate(region, minute: second / 60 - days * 1_440)
                    )
                }
            }
        }
        let input = DetectionInput(
            signals: SignalReport(readAt: readAt, live: self.live.values.flatMap(\.self), baseline: baseline),
            signalsAge: .zero,
            edges: edges,
            probes: probes,
            placement: own,
            entry: own
        )
        return self.detector.step(input, at: Timestamp(milliseconds: 9_000_000 + Int64(second) * 1_000)).fleet
    }

    private mutating func serve(_ region: RegionID, _ second: Int, _ share: Double) {
        let expected = self.rate(region, minute: second / 60) * Double(Self.bucket) * share
        // The spread of a count; three uniform numbers are close enough to a normal one.
        let wobble = (0..<3).reduce(0.0) { sum, _ in sum + self.next() } * 2 - 3
        let count = max(0, expected + wobble * expected.squareRoot())
        let time = Self.start + .seconds(Int64(second))
        for signal in [Signal.served, .entered] {
            let sample = Sample(signal: signal, region: region, time: time, value: count / Double(Self.bucket))
            self.live[region, default: []].append(sample)
        }
        let old = (self.live[region]?.count ?? 0) - 24
        if old > 0 { self.live[region]?.removeFirst(old) }
    }

    private func window(_ region: RegionID, _ second: Int, _ works: Double) -> EdgeWindow {
        let started = Int(self.rate(region, minute: second / 60) * 3)
        let good = Int(Double(started) * works)
        let counts = RequestCounts(started: started, good: good, failed: started - good, active: 0)
        return EdgeWindow(span: .seconds(3), served: counts, entered: counts)
    }

    private func rate(_ region: RegionID, minute: Int) -> Double {
        Traffic.users.filter { $0.home == region }
            .reduce(0) { $0 + self.traffic.rate(of: $1, minutesFromNow: minute) }
    }

    private mutating func next() -> Double {
        self.noise = self.noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(self.noise >> 11) / 9_007_199_254_740_992
    }

    static let fleet: Fleet = {
        func region(_ name: RegionID, _ address: String) -> RegionSpec {
            let agent = Endpoint.tcp(host: address, port: 9000)
            let edge = EdgeSpec(address: address, port: 8080, tunnelPort: 8081, agent: agent)
            let provider = Endpoint.tcp(host: address, port: 9001)
            return RegionSpec(failureGroups: [FailureGroup(name.text)], edge: edge, provider: provider)
        }
        let addresses = ["127.0.1.3", "127.0.1.1", "127.0.1.2"]
        return Fleet(
            name: "lab",
            zone: .init(name: "lab.test", servers: ["127.0.0.1:5353"], keyName: "leeward", keyFile: "/key"),
            regions: SortedMap(zip(Day.regions, addresses).map { ($0, region($0, $1)) }),
            geographies: [:],
            services: [:],
            signals: .init(prometheus: .tcp(host: "127.0.0.1", port: 8428), served: "s", entered: "e", load: "l"),
            policy: .init(relief: .act, evacuation: .act),
            limits: Limits.test()
        )
    }()
}
