import LeewardEngine
import LeewardHTTP
import LeewardModel
import LeewardStore
import Testing

@testable import LeewardRuntime

/// The metrics page: its format, and that it says what the status says.
@Suite struct MetricsTests {
    private static func page(_ change: (inout FleetMetrics) -> Void = { _ in }) throws -> ExpositionParser {
        let controller = Controller(fleet: try makeFleet(), journal: [], boot: "b", at: Timestamp(milliseconds: 0))
        let now = Timestamp(milliseconds: 1000)
        var metrics = FleetMetrics(
            status: controller.status(at: now),
            readiness: controller.readiness(at: now),
            forecasts: controller.forecasts,
            pages: 3,
            openPages: 1,
            entries: 42,
            isActing: true
        )
        change(&metrics)
        return try ExpositionParser(metrics.text)
    }

    @Test func anIdleControllersPageIsWellFormedAndSaysWhatItKnows() throws {
        let page = try Self.page()
        #expect(page.samples["leeward_fleet_info{fleet=three-regions}"] == "1")
        #expect(page.samples["leeward_verdict{verdict=unknown}"] == "1")
        #expect(page.samples["leeward_verdict{verdict=normal}"] == "0")
        #expect(page.samples["leeward_share_basis_points{geography=us-east,region=us-east-1}"] == "10000")
        #expect(page.samples["leeward_entry{geography=us-east,region=us-east-1}"] == "1")
        #expect(page.samples["leeward_region_ready{region=us-east-1}"] == "0")
        #expect(page.samples["leeward_pages_total"] == "3" && page.samples["leeward_pages_open"] == "1")
        #expect(page.samples["leeward_journal_entries_total"] == "42")
        #expect(page.samples["leeward_evacuation_active"] == "0")
        #expect(page.types["leeward_kill_switch"] == "gauge")
    }

    @Test func whatIsNotKnownIsMissingAndNotZero() throws {
        let page = try Self.page()
        for name in ["input_age_seconds", "served_residual_basis_points", "evacuation_phase", "forecast_wape_ratio"] {
            #expect(page.types["leeward_\(name)"] == nil, "\(name)")
        }
    }

    @Test func regionsEvidenceAgesAndForecastsStandUnderTheirLabels() throws {
        let page = try Self.page { metrics in
            let weak = Evidence(.business, weight: 0.25, sentence: "half")
            metrics.status.verdict = .regional(east)
            metrics.status.regions = [
                RegionVerdict(region: east, health: .sick, isUnreachable: true, reason: "half", evidence: [weak])
            ]
            metrics.status.isKilled = true
            metrics.status.inputs = InputAges(signals: .milliseconds(1500), edges: [west: .seconds(2)])
            metrics.forecasts = [
                ForecastScore(
                    service: "play",
                    savior: europe,
                    evacuee: east,
                    aheadMinutes: 30,
                    count: 12,
                    wape: 4.5,
                    under: nil,
                    over: .infinity
                )
            ]
        }
        #expect(page.samples["leeward_verdict{verdict=regional}"] == "1")
        #expect(page.samples["leeward_region_health{health=sick,region=us-east-1}"] == "1")
        #expect(page.samples["leeward_region_health{health=healthy,region=us-east-1}"] == "0")
        #expect(page.samples["leeward_region_unreachable{region=us-east-1}"] == "1")
        #expect(page.samples["leeward_evidence_weight_ratio{class=business,region=us-east-1}"] == "0.25")
        #expect(page.samples["leeward_kill_switch"] == "1")
        #expect(page.samples["leeward_input_age_seconds{input=signals,region=}"] == "1.5")
        #expect(page.samples["leeward_input_age_seconds{input=edge,region=us-west-2}"] == "2")
        let labels = "{ahead=30m,evacuee=us-east-1,savior=eu-west-1,service=play}"
        #expect(page.samples["leeward_forecast_wape_ratio\(labels)"] == "0.045")
        #expect(page.samples["leeward_forecast_under_ratio\(labels)"] == nil, "no capacity is known")
        #expect(page.samples["leeward_forecast_over_ratio\(labels)"] == "+Inf")
        #expect(page.samples["leeward_forecast_scored_total\(labels)"] == "12")
    }

    @Test func anOddNameCannotBreakThePage() throws {
        let odd = "a\"b\\c\nd} 7\r\n{é"
        let page = try Self.page { $0.status.fleet = odd }
        #expect(page.samples["leeward_fleet_info{fleet=\(odd)}"] == "1")
    }

    @Test func theParserRefusesWhatScrapersDo() {
        for text in [
            "a 1\n", "# HELP a b\n# TYPE a gauge\na 1", "# HELP a b\n# TYPE a gauge\na x\n",
            "# HELP a b\n# TYPE a gauge\na{b=\"c\\d\"} 1\n", "# HELP a b\n# TYPE a gauge\na 1\na 2\n",
            "# HELP a b\n# TYPE a counter\na 1\n",
        ] {
            #expect(throws: ExpositionParser.Problem.self, "\(text)") { try ExpositionParser(text) }
        }
    }

    @Test func theDaemonServesThePageAtBothPaths() async throws {
        let folder = try Folder()
        let fleet = try makeFleet()
        let time = ManualTime()
        let world = World(fleet)
        let daemon = try Running.start(folder, fleet, world.ports, time)
        try await eventually("the daemon has begun") { daemon.journal.lastSequence == 1 }
        _ = try await daemon.client.send(.kill(true), by: "alice")
        let page = try ExpositionParser(try await daemon.client.metrics())
        #expect(page.samples["leeward_kill_switch"] == "1")
        #expect(page.samples["leeward_pages_total"] == "1" && page.samples["leeward_pages_open"] == "1")
        #expect(page.samples["leeward_acting"] == "1")
        let answer = try await HTTPClient().send(
            HTTPRequest("GET", "/metrics"),
            to: .unix(path: folder.socket),
            within: .seconds(10)
        )
        #expect(answer.status == 200)
        let type = answer.headers.first { $0.name.lowercased() == "content-type" }?.value
        #expect(type == "text/plain; version=0.0.4; charset=utf-8")
        try await daemon.stop()
    }
}
