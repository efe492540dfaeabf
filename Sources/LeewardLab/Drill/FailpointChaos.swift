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
        let parts = self.isShort ? [Self.few] : Self.whole
        var results: [(String, Bool, String)] = []
        var missed: [Part] = []
        for (index, part) in parts.enumerated() { missed.append(try await self.one(index + 1, part, &results)) }
        // A call that is made three times in a drill may have met other deaths each time: once more, with these points alone.
        let again = missed.filter { !$0.points.isEmpty }
        var left: [Failpoint] = []
        for (index, part) in again.enumerated() {
            left += try await self.one(parts.count + index + 1, part, &results).points
        }
        let planned = parts.map(\.points.count).reduce(0, +)
        let text =
            "\(planned - left.count) of \(planned) points in \(parts.count + again.count) drills"
            + (left.isEmpty ? "" : ", not \(left.map(\.name).joined(separator: ", "))")
        return results + [("the controller died at every point", left.isEmpty, text)]
    }

    /// Plays one drill and adds what it showed; returns the points at which nobody died.
    private func one(
        _ number: Int,
        _ part: Part,
        _ results: inout [(String, Bool, String)]
    ) async throws -> Part {
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
        let unpassed = part.points.filter { passed[$0] == nil }.map(\.name).joined(separator: ", ")
        self.screen.say(
            "drill \(number): \(deaths.count) deaths at \(Set(deaths).count) of \(part.points.count) points"
                + (unpassed.isEmpty ? "" : ", never passed \(unpassed)")
        )
        let found =
            record.checks.map { ($0.name, $0.isMet, $0.found) } + [
                (
                    "nothing moved while the controller was dead", violations.isEmpty,
                    violations.isEmpty
                        ? "shares, records and memberships stood still" : violations.joined(separator: "; ")
                )
            ] + (await audit.results)
        results += found.map { ("drill \(number): \($0.0)", $0.1, $0.2) }
        return Part(points: left, withShadow: part.withShadow)
    }
}
