import Foundation
import LeewardDetection
import LeewardHTTP
import LeewardModel
import LeewardPrometheus
import LeewardProviders
import LeewardTestKit
import Testing

/// One suite for every store that speaks the Prometheus HTTP API, against the real programs.
@Suite(.serialized) struct ConformanceTests {
    @Test(arguments: StoreKind.allCases.filter { Programs.isExpected($0.rawValue) })
    func everySignalArrivesAndWhatIsMissingStaleOrFrozenBecomesUnknown(kind: StoreKind) async throws {
        try await MetricsStore.with(kind) { store in
            try await self.checkLive(store)
            try await self.checkDetector(store)
            await self.checkSparse(store)
            try await self.checkNaN(store)
            try await self.checkHistory(store)
            try await self.checkPast(store)
            for checked in ConformanceCase.allCases { try await self.check(checked, store) }
        }
    }

    @Test(arguments: [1, 2, 4], 0..<20 as Range<Int64>)
    func theWorldNeverLooksFrozenWhereItIsNot(between samples: Int64, from start: Int64) {
        let rises = stride(from: start, to: start + 12, by: 2).map {
            MetricsWorld.count("fine-1", at: 1_000 + $0) - MetricsWorld.count("fine-1", at: 1_000 + $0 - samples)
        }
        #expect(Set(rises).count > 1)
    }

    // MARK: - What arrives

    private func checkLive(_ store: MetricsStore) async throws {
        let signals = PrometheusSignals(fleet: MetricsWorld.fleet(store.endpoint))
        let report = await signals.report()
        #expect(report.problem == nil)
        for signal in [Signal.served, .entered] {
            for region: RegionID in ["fine-1", "fine-2", "frozen-1"] {
                let live = report.live.filter { $0.signal == signal && $0.region == region }
                #expect(live.count >= 8, "\(store.kind) \(signal) \(region): \(live.count) buckets")
                #expect(live.allSatisfy { abs($0.value - 100) < 40 }, "\(store.kind): \(live.map(\.value))")
                #expect(live.allSatisfy { report.readAt - $0.time < .seconds(26) && $0.time < report.readAt })
                let baseline = report.baseline.filter { $0.signal == signal && $0.region == region }
                #expect(baseline.count >= 25, "\(store.kind) \(signal) \(region): \(baseline.count) baseline points")
                #expect(baseline.allSatisfy { abs($0.value - 100) < 5 }, "\(store.kind): \(baseline.map(\.value))")
            }
            #expect(!report.live.contains { $0.region == "missing-1" || $0.region == "stale-1" })
            #expect(report.baseline.contains { $0.region == "missing-1" })
        }
        #expect(!report.live.contains { $0.value == 0 }, "a missing value never becomes a zero")
    }

    private func checkDetector(_ store: MetricsStore) async throws {
        let fleet = MetricsWorld.fleet(store.endpoint)
        let assessment = self.look(await PrometheusSignals(fleet: fleet).report(), fleet)
        let health = assessment.regions.mapValues(\.health)
        #expect(health["fine-1"] == .healthy, "\(assessment.regions["fine-1"]?.reason ?? "")")
        #expect(health["fine-2"] == .healthy, "\(assessment.regions["fine-2"]?.reason ?? "")")
        #expect(health["frozen-1"] == .unknown)
        #expect(assessment.regions["frozen-1"]?.reason.contains("frozen") == true)
        #expect(health["missing-1"] == .unknown)
        #expect(health["stale-1"] == .unknown)
        #expect(assessment.fleet == .unknown)
    }

    /// One scrape a bucket: VictoriaMetrics looks back one sample, Prometheus gets a wider window.
    private func checkSparse(_ store: MetricsStore) async {
        let fleet = MetricsWorld.fleet(store.endpoint, regions: [MetricsWorld.sparse])
        let signals = PrometheusSignals(fleet: fleet)
        for _ in 0..<5 {
            let report = await signals.report()
            let values = report.live.map(\.value)
            #expect(values.count >= 12, "\(store.kind): \(values)")
            #expect(values.allSatisfy { abs($0 - 100) < 30 }, "\(store.kind): \(values)")
            self.expectNormal(report, fleet)
        }
    }

    private func checkNaN(_ store: MetricsStore) async throws {
        for value in ["NaN", "-1", "Inf"] {
            let fleet = MetricsWorld.fleet(
                store.endpoint,
                served: "sum by (region) (rate(edge_good_total[$window])) * \(value)"
            )
            let assessment = self.look(await PrometheusSignals(fleet: fleet).report(), fleet)
            #expect(assessment.regions.values.allSatisfy { $0.health == .unknown }, "\(store.kind) \(value)")
        }
        let broken = MetricsWorld.fleet(store.endpoint, served: "sum by (region) (rate(edge_good_total[$window])")
        let report = await PrometheusSignals(fleet: broken).report()
        #expect(report.problem?.contains("the store answers 4") == true, "\(report.problem ?? "")")
        #expect(!report.live.contains { $0.signal == .served })
    }

    private func checkHistory(_ store: MetricsStore) async throws {
        let samples = try await PrometheusSignals(fleet: MetricsWorld.fleet(store.endpoint)).history()
        for signal in [Signal.served, .entered, .load] {
            let own = samples.filter { $0.signal == signal && $0.region == "fine-1" }
            #expect(own.count >= 8, "\(store.kind) \(signal): \(own.count)")
            #expect(zip(own, own.dropFirst()).allSatisfy { $0.time < $1.time })
            #expect(own.allSatisfy { ($0.service == "play") == (signal == .load) })
            #expect(own.allSatisfy { $0.time.milliseconds % 300_000 == 0 })
        }
    }

    /// A replay's reading: the same buckets as live, and what is not there stays away.
    private func checkPast(_ store: MetricsStore) async throws {
        let signals = PrometheusSignals(fleet: MetricsWorld.fleet(store.endpoint))
        let now = try await signals.now().milliseconds
        let end = WallTime(milliseconds: now / 2_000 * 2_000 - 2_000)
        let past = try await signals.past(.served, after: end - .seconds(20), through: end, step: .seconds(2))
        #expect(!past.isWidened)
        for region: RegionID in ["fine-1", "fine-2", "frozen-1"] {
            let own = past.samples.filter { $0.region == region }
            #expect(own.count >= 8 && own.count <= 10, "\(store.kind) \(region): \(own.count)")
            #expect(own.allSatisfy { abs($0.value - 100) < 40 }, "\(store.kind) \(region): \(own.map(\.value))")
            #expect(own.allSatisfy { $0.time > end - .seconds(20) && $0.time <= end })
            #expect(zip(own, own.dropFirst()).allSatisfy { $0.time < $1.time })
        }
        #expect(!past.samples.contains { $0.region == "missing-1" || $0.region == "stale-1" }, "\(store.kind)")
        let sparse = PrometheusSignals(fleet: MetricsWorld.fleet(store.endpoint, regions: [MetricsWorld.sparse]))
        // Between its scrapes, so that no window holds two of them.
        let odd = end - .seconds(1)
        let wide = try await sparse.past(.served, after: odd - .seconds(20), through: odd, step: .seconds(2))
        #expect(wide.samples.count >= 7, "\(store.kind): \(wide.samples.map(\.value))")
        #expect(wide.isWidened == (store.kind == .prometheus))
        do throws(ProviderError) {
            _ = try await PrometheusSignals(fleet: MetricsWorld.fleet(store.endpoint, served: "sum(")).past(
                .served,
                after: end - .seconds(20),
                through: end,
                step: .seconds(2)
            )
            Issue.record("a broken expression must be an error")
        } catch {
            #expect(error.description.contains("the store answers 4"), "\(error)")
        }
    }

    // MARK: - What goes wrong

    private func check(_ checked: ConformanceCase, _ store: MetricsStore) async throws {
        try await SignalRelay.with(store) { relay, endpoint in
            var fleet = MetricsWorld.fleet(endpoint, regions: ["fine-1", "fine-2"])
            fleet.limits.callTimeout = checked == .lostAnswer ? .milliseconds(500) : .seconds(10)
            let signals = PrometheusSignals(fleet: fleet)
            if checked != .lostAnswer { self.expectNormal(await signals.report(), fleet) }
            switch checked {
            case .throttled:
                relay.set(.throttled)
                try await self.expectGap(signals, fleet, "429")
                await self.expectHistoryError(signals, retry: .after(.seconds(7)))
            case .partial:
                relay.set(.partial)
                try await self.expectGap(signals, fleet, "partial")
                await self.expectHistoryError(signals, retry: .after(.minutes(1)))
            case .stale:
                relay.set(.oldAnswers)
                let old = await signals.report()
                var detector = Detector(fleet: fleet)
                let before = self.look(old, fleet, &detector, second: 0)
                #expect(before.fleet == .normal, "\(before)")
                #expect(self.look(await signals.report(), fleet, &detector, second: 20).fleet == .unknown)
            case .lostAnswer:
                relay.set(.loseAnswers)
                try await self.expectGap(signals, fleet, "did not answer in time")
                await self.expectHistoryError(signals, retry: .after(.minutes(1)))
            case .emptyList:
                relay.set(.emptyList)
                let report = await signals.report()
                #expect(report.live.isEmpty)
                #expect(self.look(report, fleet).fleet == .unknown)
            case .duplicate:
                var detector = Detector(fleet: fleet)
                let report = await signals.report()
                let once = self.look(report, fleet, &detector, second: 0)
                #expect(self.look(report, fleet, &detector, second: 0) == once)
                relay.set(.twice)
                try await self.expectGap(signals, fleet, "sum by (region)")
            }
            relay.set(.none)
            fleet.limits.callTimeout = .seconds(10)
            self.expectNormal(await PrometheusSignals(fleet: fleet).report(), fleet)
        }
    }

    private func expectNormal(_ report: SignalReport, _ fleet: Fleet) {
        let assessment = self.look(report, fleet)
        #expect(assessment.fleet == .normal, "\(report.problem ?? "no problem"): \(assessment)")
    }

    private func expectGap(_ signals: PrometheusSignals, _ fleet: Fleet, _ problem: String) async throws {
        let report = await signals.report()
        #expect(report.live.isEmpty)
        #expect(try #require(report.problem).contains(problem), "\(report.problem ?? "")")
        let assessment = self.look(report, fleet)
        #expect(assessment.regions.values.allSatisfy { $0.health == .unknown })
        #expect(assessment.fleet == .unknown)
    }

    private func expectHistoryError(_ signals: PrometheusSignals, retry: ProviderError.Retry) async {
        do throws(ProviderError) {
            _ = try await signals.history()
            Issue.record("half a history must be an error")
        } catch {
            #expect(error.retry == retry, "\(error)")
        }
    }

    private func look(_ report: SignalReport, _ fleet: Fleet) -> Assessment {
        var detector = Detector(fleet: fleet)
        return self.look(report, fleet, &detector, second: 0)
    }

    private func look(_ report: SignalReport, _ fleet: Fleet, _ detector: inout Detector, second: Int64) -> Assessment {
        let home = SortedMap(fleet.regions.keys.map { ($0, SortedMap([($0, 1.0)])) })
        let input = DetectionInput(
            signals: report,
            signalsAge: .zero,
            edges: [:],
            probes: [],
            placement: home,
            entry: home
        )
        return detector.step(input, at: .init(milliseconds: 1_000_000 + second * 1000))
    }
}
