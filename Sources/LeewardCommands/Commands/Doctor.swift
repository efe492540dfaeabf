import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what would stop an evacuation now.",
        discussion: "Ends with 0 when nothing would, with 3 when something would."
    )

    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    /// One thing that was looked at.
    struct Check: Hashable, Encodable {
        enum State: String, Encodable { case fine, watch, stops }
        var subject: String
        var state: State
        var text: String
    }

    func run() async throws {
        let answer = try await self.daemon.ask { api throws(APIError) in try await api.status() }
        let readiness = try await self.daemon.ask { api throws(APIError) in try await api.readiness() }
        let checks = Self.checks(answer, readiness)
        let rows = checks.map { [$0.subject, $0.state.rawValue, $0.text] }
        try Output.render(
            checks,
            [.table(title: nil, Table(["what", "state", "finding"], rows))],
            as: self.output.output
        )
        if checks.contains(where: { $0.state == .stops }) { throw Exit.refused }
    }

    static func checks(_ answer: StatusAnswer, _ readiness: [Readiness]) -> [Check] {
        let status = answer.status
        var checks: [Check] = []
        func check(_ subject: String, _ state: Check.State, _ text: String) {
            checks.append(Check(subject: subject, state: state, text: text))
        }
        check("daemon", answer.problem == nil ? .fine : .stops, answer.problem ?? "acts under epoch \(status.epoch)")
        check(
            "world",
            status.isReady ? .fine : .stops,
            status.isReady
                ? "evidence, edges, capacity and zone are read" : "evidence, edges, capacity or zone not all read"
        )
        check(
            "kill switch",
            status.isKilled ? .stops : .fine,
            status.isKilled ? "on; `leeward kill --off` releases it" : "off"
        )
        if let evacuation = status.evacuation {
            check(
                "active",
                .stops,
                "\(evacuation.id) of \(evacuation.evacuee) is \(evacuation.phase.rawValue); only one may be"
            )
        }
        if !status.pinned.isEmpty {
            check("pins", .watch, "\(Words.list(status.pinned)) will not be moved by automation")
        }
        check(
            "pages",
            status.pages.alertmanager == nil ? .watch : .fine,
            status.pages.alertmanager.map { "to the log and to the Alertmanager at \($0)" }
                ?? "to the log only; name an Alertmanager under `pages` in the fleet file (L09)"
        )
        if !status.orphans.isEmpty { check("orphans", .watch, "\(Words.list(status.orphans)) are in no cluster") }
        for (region, loaded) in status.loaded where loaded != status.shares {
            check("edge \(region)", .watch, "its proxy has other shares loaded than intended")
        }
        for region in status.regions where status.loaded[region.region] == nil {
            check("edge \(region.region)", .watch, "its proxy does not answer; only DNS could help")
        }
        for region in readiness {
            check(
                "evacuate \(region.region)",
                region.isReady ? (region.isWarm ? .fine : .watch) : .stops,
                region.isReady
                    ? (region.isWarm ? "possible now, stock covers all" : "possible now, with cold starts")
                    : region.blocks.joined(separator: "; ")
            )
        }
        return checks
    }
}
