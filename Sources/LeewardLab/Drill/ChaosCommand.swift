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

    @Flag(help: "Let the controller die at every named point of its journal and its calls once, instead of at random.")
    var failpoints = false

    @Option(help: "With --failpoints: part of the usual users, 0.1 to 1; fewer spare the machine.")
    var users = 0.5

    @Option(help: "Folder for the reports.")
    var out: String = "out/chaos"

    package init() {}

    package func validate() throws {
        guard (0.1...1).contains(self.users) else {
            throw ValidationError("--users is \(self.users); allowed is 0.1 to 1, as in 0.5")
        }
    }

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
        if self.failpoints {
            return try await FailpointChaos(out: self.out, screen: screen, isShort: self.short, users: self.users).run()
        }
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
        return record.checks.map { ($0.name, $0.isMet, $0.found) } + [
            ("every kill was done", left == 0, "\(total) kills: \(byPhase.joined(separator: ", "))"),
            (
                "nothing moved while the controller was dead", violations.isEmpty,
                violations.isEmpty ? "shares, records and memberships stood still" : violations.joined(separator: "; ")
            ),
        ] + (await audit.results)
    }
}

/// What the receivers counted and what the journal says, read just before the lab is stopped.
actor Audit {
    private var doubled: [String]?
    /// Written down as done and not at the receiver; nil: not counted.
    private var lost: [String]?
    /// At a receiver and not written down before; nil: not counted.
    private var unannounced: [String]?
    private var landed = 0
    private var serialRise: Int?
    private var zoneKeys = 0
    private var firstSerial: UInt32?

    /// Nothing lost, nothing doubled, nothing that nobody wrote down, as checks of a drill.
    var results: [(String, Bool, String)] {
        [
            Self.result("no effect landed twice", self.doubled, "\(self.landed) counted by agents and providers"),
            Self.result("no effect was lost", self.lost, "each that the journal calls done is at its receiver"),
            Self.result("no effect landed unannounced", self.unannounced, "each has its intent in the journal"),
            (
                "the zone changed once for each of its keys",
                self.serialRise.map { $0 > 0 && $0 <= self.zoneKeys } ?? false,
                "its serial rose by \(self.serialRise.map(String.init) ?? "?") for \(self.zoneKeys) keys"
            ),
        ]
    }

    private static func result(_ name: String, _ found: [String]?, _ good: String) -> (String, Bool, String) {
        (name, found == [], found.map { $0.isEmpty ? good : $0.joined(separator: "; ") } ?? "not counted")
    }

    func begin(_ lab: Lab) async { self.firstSerial = try? await Receivers(lab: lab).serial() }

    func end(_ lab: Lab, _ link: DaemonLink) async {
        let counts = try? await Receivers(lab: lab).counts()
        self.landed = counts?.count ?? 0
        self.doubled = counts?.filter { $0.1 > 1 }.map { "\($0.0) landed \($0.1) times" }
        if let first = self.firstSerial, let last = try? await Receivers(lab: lab).serial() {
            self.serialRise = Int(last) - Int(first)
        }
        guard let lines = try? await link.history() else { return }
        var zone = SortedMap<String, Bool>()
        var intents = SortedMap<String, Bool>()
        var done: [String] = []
        for line in lines {
            if line.kind == "outcome", line.body["_1"].keys.contains("done"), let key = line.body["_0"].text {
                done.append(key)
            }
            guard line.kind == "intent", let key = line.body["_0"]["key"].text else { continue }
            intents[key] = true
            let effect = line.body["_1"]
            if effect.keys.contains("updateZone") || effect.keys.contains("claimZone") { zone[key] = true }
        }
        self.zoneKeys = zone.count
        guard let counts else { return }
        // The zone has no log of its own; its serial counts.
        self.lost = done.filter { zone[$0] == nil && counts[EffectKey($0)] == nil }
            .map { "\($0) is done and did not land" }
        self.unannounced = counts.keys.filter { intents[$0.text] == nil }.map { "\($0) has no intent" }
    }
}
