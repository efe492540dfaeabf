import LeewardDetection
import LeewardModel
import Testing

@testable import LeewardEngine

/// The whole promise: a replay says what a controller says that is fed by hand, written down here without the replay's code.
@Suite struct ReplayAsLiveTests {
    static let past = Past(
        minutes: 10 * Past.day,
        faults: [
            ([east], (8 * Past.day + 600)..<(8 * Past.day + 625), 0.4),
            ([east, europe, west], (9 * Past.day + 700)..<(9 * Past.day + 715), 0.5),
        ]
    )
    static let regions = [europe, east, west]

    /// One sample over `minutes` that end with `minute`.
    private func sample(_ region: RegionID, endingWith minute: Int, minutes: Int, at time: WallTime) -> Sample? {
        guard minute - minutes + 1 >= 0 else { return nil }
        let rates = ((minute - minutes + 1)...minute).compactMap { Self.past.rate(region, $0) }
        guard !rates.isEmpty else { return nil }
        let mean = rates.reduce(0, +) / Double(rates.count)
        return Sample(signal: .served, region: region, time: time, value: mean)
    }

    private func wall(_ minute: Int) -> WallTime { .init(milliseconds: Int64(Past.time(minute)) * 1_000) }

    private func report(_ minute: Int) -> SignalReport {
        let now = self.wall(minute + 1) + .milliseconds(1_050)
        var live: [Sample] = []
        var baseline: [Sample] = []
        for region in Self.regions {
            for bucket in (minute - 11)...minute where bucket >= ReplayTests.live {
                live += [self.sample(region, endingWith: bucket, minutes: 1, at: self.wall(bucket + 1))].compactMap(
                    \.self
                )
            }
            for days in [1, 7, 14, 21, 28] {
                for apart in -3...3 {
                    let last = minute - days * Past.day + apart
                    let time = now - .days(Int64(days)) + .minutes(Int64(apart))
                    baseline += [self.sample(region, endingWith: last, minutes: 5, at: time)].compactMap(\.self)
                }
            }
        }
        return SignalReport(readAt: now, live: live, baseline: baseline)
    }

    private func history(_ minute: Int) -> [Sample] {
        var samples: [Sample] = []
        for region in Self.regions {
            for end in stride(from: 5, to: minute, by: 5) {
                samples += [self.sample(region, endingWith: end - 1, minutes: 5, at: self.wall(end))].compactMap(\.self)
            }
        }
        return samples
    }

    /// Counters as the stated assumption has them: nothing fails, or what the fault takes away.
    private struct Agents {
        var counters: SortedMap<RegionID, RequestCounts> = [:]
        var probes: SortedMap<RegionID, ProbeCounts> = [:]
        var sequence: Int64 = 0

        mutating func pass(_ seconds: Int, minute: Int) {
            for region in ReplayAsLiveTests.regions {
                let fault = ReplayAsLiveTests.past.faults.first {
                    $0.minutes.contains(minute) && $0.regions.contains(region)
                }
                let part = fault?.part ?? 1
                let started = Int((ReplayAsLiveTests.past.rate(region, minute) ?? 0) / part) * seconds
                let good = Int(Double(started) * part)
                let counts = RequestCounts(started: started, good: good, failed: started - good)
                self.counters[region] = (self.counters[region] ?? RequestCounts()) + counts
                self.probes[region, default: .init()].attempts += 20
                self.probes[region, default: .init()].good += Int((20 * part).rounded())
            }
            self.sequence += 1
        }

        func reports(_ fleet: Fleet) -> [EdgeReport] {
            ReplayAsLiveTests.regions.map { region in
                let home = fleet.geographies.first { $0.1.home == region }?.0 ?? "none"
                let counts = self.counters[region] ?? RequestCounts()
                return EdgeReport(
                    region: region,
                    agentStart: 1,
                    sequence: self.sequence,
                    accepted: SnapshotMark(generation: Generation(0), epoch: Epoch(0), key: ""),
                    loaded: LoadedEdge(generation: Generation(0), shares: fleet.homeShares, endpoints: [:]),
                    rejections: 0,
                    counters: EdgeCounters(
                        proxyStart: 1,
                        entered: [home: [region: counts]],
                        served: ["browse": counts]
                    ),
                    probes: self.probes
                )
            }
        }
    }

    @Test func theMarksAreThoseOfAControllerFedByHand() throws {
        var fleet = TestFleet.make()
        fleet.limits.bucket = .minutes(1)
        fleet.limits.staleAfter = .minutes(3)
        var controller = Controller(fleet: fleet, journal: [], boot: "b", at: Timestamp(milliseconds: 0))
        _ = controller.begin(at: Timestamp(milliseconds: 0))
        var agents = Agents()
        var heard: [(verdict: Verdict, reason: String, at: Int)] = []
        var opened: [Int] = []
        for minute in ReplayTests.live..<Self.past.minutes {
            let now = Timestamp(milliseconds: self.wall(minute + 1).milliseconds + 1_050)
            if minute == ReplayTests.live {
                _ = controller.step(.historyArrived(self.history(minute)), at: now - .seconds(60))
            }
            for seconds in [56, 4] {
                agents.pass(seconds, minute: minute)
                for report in agents.reports(fleet) {
                    _ = controller.step(.edgeReported(report), at: seconds == 4 ? now : now - .seconds(4))
                }
            }
            let output = controller.step(.signalsArrived(self.report(minute)), at: now)
            for record in output.records {
                if case .verdict(let verdict, let reason, _, _) = record {
                    heard.append((verdict, reason, Past.time(minute + 1)))
                }
                if case .opened = record { opened.append(Past.time(minute + 1)) }
            }
            if controller.state.evacuation != nil, controller.health(east) == .healthy {
                _ = controller.step(.commandArrived(CommandID(1), .rollback, by: "operator"), at: now)
            }
        }
        let marks = Replay.run(
            Self.past.input(liveFrom: ReplayTests.live),
            ReplaySetting(name: "1"),
            fleet: TestFleet.make()
        ).marks
        let calls = heard.filter { $0.verdict == .global || $0.verdict == .regional(east) }
        #expect(calls.map(\.at) == marks.map(\.time))
        #expect(opened == marks.compactMap(\.course.reliefAt) && opened.count == 1)
        #expect(marks.map(\.kind) == [.regional, .global])
        // Whole requests differ by one here and there: the edge's counts are the assumption, the metric's words are not.
        func words(_ reason: String) -> Substring? {
            reason.split(separator: "; ").first { $0.contains("good starts/s of ") }.flatMap { part in
                part.firstRange(of: "business ").map { part[$0.lowerBound...] } ?? part
            }
        }
        let said = calls.map { words($0.reason) }
        #expect(said == marks.map { words($0.reason) }, "\(calls.map(\.reason))")
        #expect(try #require(said.first ?? nil).contains("good starts/s of "))
    }
}
