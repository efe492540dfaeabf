import Foundation
import Testing

@testable import LeewardCommands

@Suite struct SimulateCommandTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Scenarios").path(percentEncoded: false)

    private struct Line: Decodable {
        struct Broken: Decodable {
            var rule: String
            var at: Double
            var detail: String
        }
        var seed: UInt64
        var scenario: String
        var violations: [Broken]
        var unmet: [String]
        var failedOn: Double
        var failedOff: Double
        var total: Double
        var secondsToResidual: Double?
        var phase: String?
        var traceHash: String
        var kind: String
        var commit: String?
    }

    private func lines(_ terminal: Terminal) throws -> [Line] {
        try terminal.out.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    private func with(_ text: String, _ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "leeward-\(UUID().uuidString).scenario")
        try text.write(to: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: path) }
        try await body(path.path(percentEncoded: false))
    }

    @Test func aFileIsRunAndToldInOneLine() async {
        let terminal = Terminal()
        #expect(await terminal.run("simulate \(Self.folder)/SC01.scenario") == .done, "\(terminal.err)")
        #expect(terminal.out.count == 2)
        #expect(terminal.out.first?.hasPrefix("SC01 seed 1: ok, evacuated, residual after ") == true, "\(terminal.out)")
    }

    @Test func aRunForProgramsIsOneObjectOnOneLine() async throws {
        let terminal = Terminal()
        #expect(await terminal.run("simulate \(Self.folder)/SC01.scenario --seed 5 --count 2 --json") == .done)
        let lines = try self.lines(terminal)
        #expect(lines.map(\.seed) == [5, 6])
        #expect(lines.allSatisfy { $0.scenario == "SC01" && $0.violations.isEmpty && $0.unmet.isEmpty })
        #expect(lines.allSatisfy { $0.phase == "evacuated" && ($0.secondsToResidual ?? 0) > 1 })
        #expect(lines.allSatisfy { $0.failedOn * 5 < $0.failedOff && $0.failedOff < $0.total })
        #expect(lines[0].traceHash != lines[1].traceHash)
    }

    @Test func aSwarmIsReportedInTheOrderOfItsSeedsAndIsTheSameAgain() async throws {
        let first = Terminal()
        #expect(await first.run("simulate --seed 20 --count 6 --workers 3 --json") == .done)
        #expect(try self.lines(first).map(\.seed) == Array(20...25))
        let again = Terminal()
        #expect(await again.run("simulate --seed 20 --count 6 --workers 1 --json") == .done)
        #expect(first.out == again.out)
    }

    @Test func freshSeedsSayWithWhichTheyBegin() async {
        let terminal = Terminal()
        #expect(await terminal.run("simulate --fresh 1s --quiet") == .done, "\(terminal.out) \(terminal.err)")
        #expect(terminal.out.first?.hasPrefix("fresh seeds from ") == true)
        #expect(terminal.out.last?.contains(" runs: 0 broke a rule") == true)
    }

    /// A run that ends in the middle of an evacuation breaks L02.
    @Test func aBrokenRuleEndsWithOneAndIsMadeSmallerUntilItCanBeReadAndPlayedAgain() async throws {
        let text = """
            scenario short
            length 70s
            at 5s for 9s geography europe surges to 101%
            at 30s region us-east-1 serves 10%
            at 33s command acknowledge
            expect page within 5s
            """
        try await self.with(text) { path in
            let terminal = Terminal()
            #expect(await terminal.run("simulate \(path) --quiet") == .failed)
            let said = terminal.out.map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(said.first?.hasPrefix("short seed 1: BROKEN") == true)
            #expect(said.contains("expected: page within 5s"))
            #expect(said.contains { $0.hasPrefix("L02 at 70 s: e1 has been ") })
            #expect(said.contains { $0.hasPrefix("play it again: leeward simulate '\(path)' --seed 1 --count 1") })
            #expect(said.contains { $0.hasSuffix("(version 0.1.0, \(SourceCommit.current.text))") })
            #expect(said.contains { $0.contains("L02 still breaks with 1 of 2 faults and 0 of 1 commands") })
            #expect(said.contains("at 30s region us-east-1 serves 10%"))
            #expect(terminal.err.last == "1 of 1 runs broke a rule, 0 did not meet an expectation")
            let start = try #require(said.firstIndex(of: "scenario short"))
            let end = try #require(said.lastIndex { $0.hasPrefix("at ") })
            try await self.with(said[start...end].joined(separator: "\n")) { small in
                let again = Terminal()
                #expect(await again.run("simulate \(small) --seed 1 --no-shrink --json") == .failed)
                let lines = try self.lines(again)
                #expect(lines.first?.violations.first?.rule == "L02")
            }
        }
    }

    @Test func allProblemsOfAFileAreSaidWithTheirLines() async throws {
        try await self.with("scenario x\nlength 5m\nat 30s regoin us-east-1 hangs\nforbid dns chance\n") { path in
            let terminal = Terminal()
            #expect(await terminal.run("simulate \(path) \(path)x") == .failed)
            let said = (terminal.err.last ?? "").split(separator: "\n")
            #expect(said.count == 3)
            #expect(said.first?.hasPrefix("\(path):3: 'regoin' is not known here; did you mean 'region'?") == true)
            #expect(said.dropFirst().first?.contains(":4: 'chance' is not known here; did you mean 'change'?") == true)
            #expect(said.last?.contains("there is no file") == true)
        }
    }

    @Test func worldsWithPeopleAreASwarmOfTheirOwn() async throws {
        let terminal = Terminal()
        #expect(await terminal.run("simulate --people --seed 3 --count 2 --json") == .done, "\(terminal.err)")
        let lines = try self.lines(terminal)
        #expect(lines.map(\.seed) == [3, 4] && lines.allSatisfy { $0.scenario == "people" })
    }

    @Test func aShareOfRandomWorldsHasPeopleAndEveryRunSaysWhichItWas() async throws {
        let terminal = Terminal()
        #expect(await terminal.run("simulate --people-every 3 --seed 5 --count 3 --json") == .done, "\(terminal.err)")
        let lines = try self.lines(terminal)
        #expect(lines.map(\.kind) == ["random", "people", "random"] && lines.map(\.seed) == [5, 6, 7])
        let file = Terminal()
        #expect(await file.run("simulate \(Self.folder)/SC01.scenario --json") == .done)
        #expect(try self.lines(file).map(\.kind) == ["file"])
    }

    @Test func randomWorldsHaveFleetsOfTheirOwnWhereTheyAreAskedFor() async throws {
        let terminal = Terminal()
        let words = "simulate --fleets-every 2 --people-every 3 --seed 3 --count 4 --json"
        #expect(await terminal.run(words) == .done, "\(terminal.err)")
        let lines = try self.lines(terminal)
        #expect(lines.map(\.kind) == ["people", "fleets", "random", "people-fleets"])
        let again = Terminal()
        #expect(await again.run("simulate --fleets --seed 4 --count 1 --json") == .done)
        #expect(try self.lines(again).map(\.traceHash) == [lines[1].traceHash])
        let both = Terminal()
        #expect(await both.run("simulate --fleets --fleets-every 2") == .usage)
    }

    @Test func theCommitIsThatOfTheNoteBesideTheProgramOrUnknownWithTheReason() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leeward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "leeward").path(percentEncoded: false)
        let hash = String(repeating: "0a1b", count: 10)
        try "program".write(toFile: program, atomically: true, encoding: .utf8)
        #expect(SourceCommit(of: program).name == nil)
        #expect(SourceCommit(of: program).text.hasPrefix("unknown commit: there is no "))
        let note = program + SourceCommit.ending
        try "\(hash) with changes\n".write(toFile: note, atomically: true, encoding: .utf8)
        #expect(SourceCommit(of: program).name == "\(hash) with changes")
        #expect(SourceCommit(of: program).text == "commit \(hash) with changes")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -60)],
            ofItemAtPath: note
        )
        #expect(SourceCommit(of: program).text.contains("is older than the program"))
        for wrong in ["", "main", "0a1b", hash + " and more"] {
            try wrong.write(toFile: note, atomically: true, encoding: .utf8)
            #expect(SourceCommit(of: program).text.contains("names no commit"), "\(wrong)")
        }
    }

    @Test func whatCanNotBeReadIsSaidWithTheSystemsReason() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leeward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "a.scenario"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let terminal = Terminal()
        #expect(await terminal.run("simulate \(folder.path(percentEncoded: false))") == .failed)
        let said = terminal.err.last ?? ""
        let parts = said.components(separatedBy: "a.scenario: it can not be read: ")
        #expect(parts.count == 2 && parts.last?.isEmpty == false, "\(said)")
    }

    @Test(arguments: [
        "--count 0", "--fresh 1", "--fresh 3m --seed 4", "--workers 0", "--seed x", "x.scenario --people",
        "--people-every 1", "--people-every 4 --people", "x.scenario --people-every 4",
    ])
    func whatCanNotBeMeantIsUsage(_ options: String) async {
        #expect(await Terminal().run("simulate " + options) == .usage)
    }
}
