import LeewardModel
import LeewardTestKit
import Testing

@testable import LeewardAgent

/// Envoy's numbers as counts of users.
@Suite struct EnvoyStatsTests {
    private let settings: AgentSettings
    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
        self.settings = try smallSettings(self.folder)
    }

    private func counters(_ text: String, start: Int64 = 1) -> EdgeCounters {
        EnvoyStats(Array(text.utf8)).counters(proxyStart: start, self.settings)
    }

    /// Recorded from a proxy whose two backends ended after four good requests: seven more got 503, after ten retries.
    private let backendsDown = """
        cluster.live/browse.version_text: "1"
        cluster.live/browse.upstream_rq_2xx: 4
        cluster.live/browse.upstream_rq_5xx: 7
        cluster.live/browse.upstream_rq_completed: 11
        cluster.live/browse.upstream_rq_pending_failure_eject: 17
        cluster.live/browse.upstream_rq_retry: 10
        cluster.live/browse.upstream_rq_total: 4
        cluster.to/us-east/eu-west-1.upstream_rq_2xx: 2
        cluster.to/us-east/eu-west-1.upstream_rq_5xx: 2
        cluster.to/us-east/eu-west-1.upstream_rq_total: 4
        entered/us-east.http_local_rate_limit.enabled: 11
        vhost.us-east.route.us-east.upstream_rq_2xx: 4
        vhost.us-east.route.us-east.upstream_rq_5xx: 7
        vhost.us-east.route.us-east.upstream_rq_total: 6
        cluster.live/browse.upstream_rq_time: P0(0,0) P25(41.1,41.1)
        """

    @Test func requestsThatNeverGotAConnectionCount() {
        let counters = self.counters(self.backendsDown)
        #expect(counters.served["browse"] == RequestCounts(started: 11, good: 4, failed: 7, active: 0))
        #expect(counters.served["play"] == RequestCounts())
        #expect(counters.entered["us-east"]?["eu-west-1"] == RequestCounts(started: 4, good: 2, failed: 2))
        #expect(counters.entered["us-east"]?["us-east-1"] == RequestCounts(started: 7, good: 2, failed: 5))
    }

    @Test func usersWhoGaveUpAreStartedAndNeitherGoodNorFailed() {
        let counters = self.counters(
            """
            cluster.live/play.upstream_rq_total: 32
            cluster.live/play.upstream_rq_2xx: 21
            cluster.live/play.upstream_rq_active: 3
            cluster.live/play.upstream_rq_pending_active: 1
            cluster.live/play.upstream_rq_cancelled: 2
            """
        )
        #expect(counters.served["play"] == RequestCounts(started: 35, good: 21, failed: 0, active: 4))
    }

    @Test func aCounterNeverGoesBackWhileTheProxyIsTheSame() {
        let first = self.counters("cluster.live/play.upstream_rq_total: 10\ncluster.live/play.upstream_rq_2xx: 9")
        let torn = self.counters("cluster.live/play.upstream_rq_total: 10\ncluster.live/play.upstream_rq_retry: 1")
        #expect(torn.notBelow(first).served["play"] == RequestCounts(started: 10, good: 9))
        let restarted = self.counters("cluster.live/play.upstream_rq_total: 1", start: 2)
        #expect(restarted.notBelow(first).served["play"] == RequestCounts(started: 1))
    }

    @Test func everythingThatTheProxyRefusedIsARejection() {
        let stats = EnvoyStats(
            Array(
                """
                http.users.rds.users.update_rejected: 2
                cluster.live/play.update_failure: 1
                cluster.probe/play.update_rejected: 4
                cluster_manager.cds.update_rejected: 8
                """.utf8
            )
        )
        #expect(stats.rejections(self.settings) == 15)
    }

    @Test func endpointsAreReadByName() {
        let text = """
            live/play::observability_name::live/play
            live/play::127.0.0.1:9701::rq_active::0
            live/play::127.0.0.1:9701::hostname::play-2
            live/play::127.0.0.1:9702::hostname::play-1
            probe/play::127.0.0.1:9702::hostname::play-1
            to/us-east/eu-west-1::127.0.0.1:1::hostname::
            """
        let endpoints = EnvoyAdmin.endpoints(in: Array(text.utf8), ["play", "browse"])
        #expect(endpoints == ["play": ["play-1", "play-2"], "browse": []])
    }

    @Test(arguments: [
        ("2026-11-21T03:11:08.165Z", Int64?(1_795_230_668_165)), ("2026-11-21T03:11:08Z", 1_795_230_668_000),
        ("yesterday", nil), ("", nil), ("2026-11-21T03:11:08.165", nil),
    ]) func theStartOfTheProxyIsReadToTheMillisecond(_ text: String, _ expected: Int64?) {
        #expect(EnvoyAdmin.milliseconds(text) == expected)
    }

    @Test func nonsenseIsNoStatistic() {
        #expect(EnvoyStats(Array("no\n: \na:\nb: -1\nc: 99999999999999999999\n\u{0}".utf8)).isEmpty)
    }

    @Test func aProxyThatDoesNotAnswerLeavesAGapAndNotAZero() {
        let mark = SnapshotMark(generation: Generation(3), epoch: Epoch(2), key: "k")
        func render(_ proxy: EdgeReadings.Proxy?) -> String {
            MetricsText.render(
                region: "us-east-1",
                accepted: mark,
                proxy: proxy,
                probes: ["eu-west-1": .init(attempts: 5, good: 4)],
                isProviderWell: true
            )
        }
        let silent = render(nil)
        #expect(!silent.contains("leeward_edge_good_total"))
        #expect(!silent.contains("leeward_edge_requests_total"))
        #expect(silent.contains(#"leeward_probe_good_total{region="us-east-1",target="eu-west-1"} 4"#))
        let stats = EnvoyStats(Array(self.backendsDown.utf8))
        let counters = stats.counters(proxyStart: 1, self.settings)
        let loud = render(.init(stats: stats, loaded: nil, counters: counters, rejections: 0))
        #expect(loud.contains(#"leeward_edge_good_total{region="us-east-1"} 4"#))
        #expect(loud.contains(#"leeward_edge_requests_total{region="us-east-1",service="browse"} 11"#))
    }
}
