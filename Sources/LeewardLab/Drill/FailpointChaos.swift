import Foundation
import LeewardFailpoints
import LeewardModel

/// Planned drills in which the controller dies at every named point once.
struct FailpointChaos: Sendable {
    /// One drill of them: its points, and whether there is dark stock; without it instances are started cold.
    struct Part: Hashable, Sendable {
        var points: [Failpoint]
        var withShadow: Bool
    }

    let out: String
    let screen: DrillScreen
    let isShort: Bool
    /// Part of the usual users, above 0 up to 1.
    let users: Double

    /// Every point in exactly one drill.
    ///
    /// Cold starts are made only where no stock is dark, and the zone is claimed only after a death between its changes.
    static let whole: [Part] = {
        let cold = Failpoint.allCases.filter { if case .call(.start, _) = $0 { true } else { false } }
        let zone = Failpoint.allCases.filter {
            if case .call(let kind, _) = $0 { kind == .claimZone || kind == .updateZone } else { false }
        }
        let warm = Failpoint.allCases.filter { !cold.contains($0) && !zone.contains($0) }
        let halves = [0, 1].map { half in warm.enumerated().filter { $0.offset % 2 == half }.map(\.element) }
        return [
            Part(points: halves[0] + zone, withShadow: true), Part(points: halves[1], withShadow: true),
            Part(points: cold, withShadow: false),
        ]
    }()

    /// A few of each sort.
    static let few = Part(
        points: [
            .at(.journalCommit), .at(.journalSynced), .at(.loopBetweenCalls), .at(.stopDrained),
            .call(.publishEdge, .leaves), .call(.attach, .flies), .call(.updateZone, .ended),
        ],
        withShadow: true
    )

    func run() async throws -> [(String, Bool, String)] {
        var results: [(String, Bool, String)] = []
        for (index, part) in (self.isShort ? [Self.few] : Self.whole).enumerated() {
            results += try await self.one(index + 1, part).map { ("drill \(index + 1): \($0.0)", $0.1, $0.2) }
        }
        return results
    }

    private func one(_ number: Int, _ part: Part) async throws -> [(String, Bool, String)] {
        let folder = "\(self.out)/failpoints-\(number)"
        let points = FailpointFolder(path: URL(fileURLWithPath: folder + "/points").standardizedFileURL.path)
        try points.prepare()
        var options = DrillOptions(fault: nil, region: "us-east-1", labFolder: "\(folder)/lab")
        options.seed = UInt64(number)
        options.withShadow = part.withShadow
        options.coldStartSeconds = part.withShadow ? 90 : 5
        options.failpoints = points.path
        // It is the effects that count here: fewer users leave room for twenty starts of the controller.
        options.traffic = self.users
        options.plannedRequests = 10_000
        let nemesis = FailpointNemesis(part.points, folder: points, screen: self.screen)
        let audit = Audit()
        var run = DrillRun(options: options, screen: self.screen)
        run.nemesis = nemesis
        run.audit = audit
        let record = try await run.run()
        try DrillFiles.write(record, to: folder)
        self.screen.say(DrillSummary.text(record, paint: self.screen.paint))
        let left = await nemesis.left
        let deaths = await nemesis.deaths
        let violations = await nemesis.violations
        let passed = points.passed
        let unpassed = part.points.filter { passed[$0] == nil }
        return record.checks.map { ($0.name, $0.isMet, $0.found) } + [
            (
                "the controller died at every point", left.isEmpty,
                "\(deaths.count) deaths at \(Set(deaths).count) of \(part.points.count) points"
                    + (left.isEmpty ? "" : ", not at \(left.map(\.name).joined(separator: ", "))")
                    + (unpassed.isEmpty ? "" : ", never passed \(unpassed.map(\.name).joined(separator: ", "))")
            ),
            (
                "nothing moved while the controller was dead", violations.isEmpty,
                violations.isEmpty ? "shares, records and memberships stood still" : violations.joined(separator: "; ")
            ),
        ] + (await audit.results)
    }
}
