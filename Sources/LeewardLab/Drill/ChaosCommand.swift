import ArgumentParser
import Foundation
import LeewardModel

/// `leeward-lab chaos`.
package struct ChaosCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Kill the controller without warning again and again during planned drills.",
        discussion: """
            Each drill must end done with no failed request, nothing may move while the controller is dead, and no effect \
            may land twice, counted by the receivers. The exit code is 0 only when all of that holds.
            """
    )

    @Flag(help: "One drill with three kills, instead of two with ten each.")
    var short = false

    @Option(help: "Folder for the reports.")
    var out: String = "out/chaos"

    package init() {}

    package func run() async throws {
        let screen = DrillScreen()
        let results: [(String, Bool, String)]
        do {
            results = try await Interruption.cancelling { try await self.all(screen) }
        } catch is CancellationError {
            screen.say("interrupted; everything was stopped")
            throw ExitCode(130)
        }
        for (name, isMet, found) in results { screen.say("  \(isMet ? "✓" : "✗") \(name)  \(found)") }
        let failed = results.count { !$0.1 }
        screen.say("\(results.count - failed) passed, \(failed) failed")
        if failed > 0 || results.isEmpty { throw ExitCode.failure }
    }

    private func all(_ screen: DrillScreen) async throws -> [(String, Bool, String)] {
        var results: [(String, Bool, String)] = []
        for index in 0..<(self.short ? 1 : 2) {
            results += try await self.one(index, screen).map { ("drill \(index + 1): \($0.0)", $0.1, $0.2) }
        }
        return results
    }

    /// Twice in each phase that lasts long enough to be met from outside, over two drills; proposed and approved pass within
    /// the step that enters them, and the engine's own tests cut there.
    private var kills: [(phase: String, left: Int)] {
        self.short
            ? [("shifting", 1), ("publishing", 0), ("evacuated", 1), ("returning", 1)]
            : [
                ("preparing", 1), ("shifting", 3), ("publishing", 1), ("settling", 1), ("evacuated", 1),
                ("returning", 3),
            ]
    }

    private func one(_ index: Int, _ screen: DrillScreen) async throws -> [(String, Bool, String)] {
        let folder = "\(self.out)/drill-\(index + 1)"
        var options = DrillOptions(fault: nil, region: "us-east-1", labFolder: "\(folder)/lab")
        options.seed = UInt64(index + 1)
        let nemesis = Nemesis(kills: self.kills, agent: "us-west-2", screen: screen)
        let audit = Audit()
        var run = DrillRun(options: options, screen: screen)
        run.nemesis = nemesis
        run.audit = audit
        let record = try await run.run()
        try DrillFiles.write(record, to: folder)
        screen.say(DrillSummary.text(record, paint: screen.paint))
        let total = await nemesis.total
        let left = await nemesis.left
        let byPhase = await nemesis.done.sorted { $0.key < $1.key }.map { "\($0.value) in \($0.key)" }
        let violations = await nemesis.violations
        let doubled = await audit.doubled
        let serial = await audit.serialRise
        let zoneKeys = await audit.zoneKeys
        return record.checks.map { ($0.name, $0.isMet, $0.found) } + [
            ("every kill was done", left == 0, "\(total) kills: \(byPhase.joined(separator: ", "))"),
            (
                "nothing moved while the controller was dead", violations.isEmpty,
                violations.isEmpty ? "shares, records and memberships stood still" : violations.joined(separator: "; ")
            ),
            (
                "no effect landed twice", doubled == [],
                doubled.map { $0.isEmpty ? "counted by agents and providers" : $0.joined(separator: "; ") }
                    ?? "not counted"
            ),
            (
                "the zone changed once for each of its keys", serial.map { $0 > 0 && $0 <= zoneKeys } ?? false,
                "its serial rose by \(serial.map(String.init) ?? "?") for \(zoneKeys) keys"
            ),
        ]
    }
}

/// What the receivers counted, read just before the lab is stopped.
actor Audit {
    private(set) var doubled: [String]?
    private(set) var serialRise: Int?
    private(set) var zoneKeys = 0
    private var firstSerial: UInt32?

    func begin(_ lab: Lab) async { self.firstSerial = try? await Receivers(lab: lab).serial() }

    func end(_ lab: Lab, _ link: DaemonLink) async {
        self.doubled = try? await Receivers(lab: lab).doubled()
        if let first = self.firstSerial, let last = try? await Receivers(lab: lab).serial() {
            self.serialRise = Int(last) - Int(first)
        }
        var keys = SortedMap<String, Bool>()
        for line in (try? await link.history()) ?? [] where line.kind == "intent" {
            let effect = line.body["_1"]
            guard effect.keys.contains("updateZone") || effect.keys.contains("claimZone") else { continue }
            if let key = line.body["_0"]["key"].text { keys[key] = true }
        }
        self.zoneKeys = keys.count
    }
}
