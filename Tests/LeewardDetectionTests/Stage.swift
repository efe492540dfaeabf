import LeewardDetection
import LeewardModel
import LeewardTestModel

let east: RegionID = "us-east-1"
let west: RegionID = "us-west-2"
let europe: RegionID = "eu-west-1"

/// Three regions, second by second: tests change what goes wrong, `run` produces the evidence and asks the detector.
struct Stage {
    static let usual: SortedMap<RegionID, Double> = [east: 610, europe: 420, west: 380]
    /// Wednesday, 2018-03-21 20:00 in us-east, as the store stamps it.
    static let start = WallTime(milliseconds: 1_521_676_800_000)

    var detector: Detector
    var second = 0
    /// What a region's users ask for today, as a part of the usual.
    var demand: SortedMap<RegionID, Double> = [east: 1, europe: 1, west: 1]
    /// Part of a region's requests that end well; 1 when all is fine.
    var works: SortedMap<RegionID, Double> = [east: 1, europe: 1, west: 1]
    /// Requests that arrive at a region over those that its users make.
    var attack: SortedMap<RegionID, Double> = [:]
    /// Where what does not work never ends, so that no error is counted.
    var hangs: [RegionID] = []
    /// Regions whose agent and proxy are silent.
    var silent: [RegionID] = []
    /// (vantage, target) -> part of the probes that succeed, where it differs from `works`.
    var links: SortedMap<RegionID, SortedMap<RegionID, Double>> = [:]
    var probesRun = true
    var placement: SortedMap<RegionID, SortedMap<RegionID, Double>> = [
        east: [east: 1], europe: [europe: 1], west: [west: 1],
    ]
    var entry: SortedMap<RegionID, SortedMap<RegionID, Double>> = [
        east: [east: 1], europe: [europe: 1], west: [west: 1],
    ]
    /// Last word on the report before the detector sees it.
    var tamper: @Sendable (inout SignalReport) -> Void = { _ in }
    /// Added to every time stamp that the store gives.
    var clockShift: Span = .zero
    private var served: SortedMap<RegionID, [Double]> = [:]
    private var entered: SortedMap<RegionID, [Double]> = [:]
    private var arrived: SortedMap<RegionID, [Double]> = [:]
    private var probed: SortedMap<RegionID, SortedMap<RegionID, [Double]>> = [:]

    /// A stage on which a minute has passed and everything was fine.
    init(demand: Double = 1, calendar: [CalendarEvent] = []) {
        self.demand[east] = demand
        var fleet = stageFleet
        fleet.calendar = calendar
        self.detector = Detector(fleet: fleet)
        for _ in 0..<60 { self.live() }
        self.second = 60
    }

    /// Four flat weeks, as the store tells them when the controller starts.
    mutating func teach() {
        var history: [Sample] = []
        for (region, usual) in Self.usual {
            for slot in (0..<8_064).reversed() {
                let time = self.wall - .minutes(5 * Int64(slot))
                for signal in [Signal.served, .entered] {
                    history.append(.init(signal: signal, region: region, time: time, value: usual))
                }
            }
        }
        self.detector.learn(history: history)
    }

    /// Lets seconds pass, four looks each; the last assessment.
    @discardableResult
    mutating func run(_ seconds: Int = 1) -> Assessment {
        var last = Assessment()
        for _ in 0..<seconds {
            self.live()
            self.second += 1
            let input = self.input()
            for quarter in 0..<4 {
                var look = input
                look.signalsAge = .milliseconds(Int64(quarter) * 250)
                last = self.detector.step(look, at: self.now + look.signalsAge)
            }
        }
        return last
    }

    /// One look by another detector at what there is now.
    func look(with other: inout Detector) -> Assessment { other.step(self.input(), at: self.now) }

    /// Seconds until the predicate holds, at most `limit`; nil when it never does.
    mutating func seconds(until limit: Int, _ predicate: (Assessment) -> Bool) -> Int? {
        for passed in 1...limit where predicate(self.run()) { return passed }
        return nil
    }

    var now: Timestamp { .init(milliseconds: 5_000_000 + Int64(self.second) * 1000) }
    var wall: WallTime { Self.start + .seconds(Int64(self.second)) + self.clockShift }

    private mutating func live() {
        for (region, _) in Self.usual {
            let count = self.arrived[region]?.count ?? 0
            let arriving = (self.placement[region] ?? [:]).reduce(0.0) {
                $0 + $1.1 * (Self.usual[$1.0] ?? 0) * (self.demand[$1.0] ?? 0)
            }
            // A little noise that never repeats within a bucket's worth of seconds.
            let noise = 1 + Double((count * 37 + region.text.utf8.count * 11) % 23 - 11) / 400
            self.arrived[region, default: []].append(arriving * noise)
            self.served[region, default: []].append(arriving * noise * (self.works[region] ?? 0))
            var good = 0.0
            for (home, part) in self.entry[region] ?? [:] {
                for (server, row) in self.placement {
                    let users = part * (Self.usual[home] ?? 0) * (self.demand[home] ?? 0)
                    good += users * (row[home] ?? 0) * (self.works[server] ?? 0)
                }
            }
            self.entered[region, default: []].append(self.silent.contains(region) ? 0 : good * noise)
            for (target, _) in Self.usual {
                let link = self.links[region]?[target] ?? (self.silent.contains(target) ? 0 : self.works[target] ?? 0)
                self.probed[region, default: [:]][target, default: []].append(link)
            }
        }
    }

    private func input() -> DetectionInput {
        var live: [Sample] = []
        var baseline: [Sample] = []
        for (region, usual) in Self.usual {
            for (signal, series) in [(Signal.served, self.served), (.entered, self.entered)] {
                guard let values = series[region] else { continue }
                for bucket in (0..<12).reversed() {
                    let end = values.count - bucket * 5
                    guard end >= 5 else { continue }
                    let mean = values[(end - 5)..<end].reduce(0, +) / 5
                    let time = self.wall - .seconds(Int64(bucket) * 5)
                    live.append(.init(signal: signal, region: region, time: time, value: mean))
                }
                for days in [1, 7, 14, 21, 28] {
                    for minute in -3...3 {
                        let time = self.wall - .days(Int64(days)) + .minutes(Int64(minute))
                        let value = usual * (1 + Double(minute) / 100)
                        baseline.append(.init(signal: signal, region: region, time: time, value: value))
                    }
                }
            }
        }
        var report = SignalReport(readAt: self.wall, live: live, baseline: baseline)
        self.tamper(&report)
        return DetectionInput(
            signals: report,
            signalsAge: .zero,
            edges: self.edges(),
            probes: self.probeWindows(),
            placement: self.placement,
            entry: self.entry
        )
    }

    private func edges() -> SortedMap<RegionID, EdgeWindow> {
        var result = SortedMap<RegionID, EdgeWindow>()
        for (region, arrived) in self.arrived where !self.silent.contains(region) {
            let started = Int(arrived.suffix(3).reduce(0, +) * (self.attack[region] ?? 1))
            let good = Int((self.served[region] ?? []).suffix(3).reduce(0, +))
            let failed = self.hangs.contains(region) ? 0 : started - good
            let counts = RequestCounts(started: started, good: good, failed: failed, active: started - good - failed)
            result[region] = EdgeWindow(span: .seconds(3), served: counts, entered: counts)
        }
        return result
    }

    private func probeWindows() -> [ProbeWindow] {
        guard self.probesRun else { return [] }
        var result: [ProbeWindow] = []
        for (vantage, targets) in self.probed where !self.silent.contains(vantage) {
            for (target, links) in targets {
                let good = links.suffix(3).reduce(0) { $0 + Int(($1 * 4).rounded()) }
                result.append(.init(vantage: vantage, target: target, attempts: 12, good: good))
            }
        }
        return result
    }
}

let stageFleet: Fleet = {
    func region(_ group: FailureGroup, _ address: String) -> RegionSpec {
        let agent = Endpoint.tcp(host: address, port: 9000)
        let edge = EdgeSpec(address: address, port: 8080, tunnelPort: 8081, agent: agent)
        return RegionSpec(failureGroups: [group], edge: edge, provider: .tcp(host: address, port: 9001))
    }
    return Fleet(
        name: "stage",
        zone: .init(name: "lab.test", servers: ["127.0.0.1:5353"], keyName: "leeward", keyFile: "key"),
        regions: [
            east: region("us-east", "127.0.1.1"), west: region("us-west", "127.0.1.2"),
            europe: region("europe", "127.0.1.3"),
        ],
        geographies: [:],
        services: [:],
        signals: .init(prometheus: .tcp(host: "127.0.0.1", port: 8428), served: "s", entered: "e", load: "l"),
        policy: .init(relief: .act, evacuation: .act),
        limits: stageLimits
    )
}()

let stageLimits = Limits.test()
