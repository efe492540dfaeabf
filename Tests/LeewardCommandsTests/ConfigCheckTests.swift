import Foundation
import Testing

@testable import LeewardCommands

@Suite struct ConfigCheckTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/three-regions.yaml").path(percentEncoded: false)

    @Test func theExampleIsFine() async {
        let terminal = Terminal()
        #expect(await terminal.run("config check \(Self.example)") == .done)
        #expect(terminal.out == ["three-regions: 3 regions, 4 geographies, 4 services, every limit in its range"])
        #expect(terminal.err.isEmpty)
    }

    @Test func problemsAreTheResultAndTheCountIsAMessage() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leeward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "damaged.yaml").path(percentEncoded: false)
        try String(contentsOfFile: Self.example, encoding: .utf8).replacing("residual: 10 ", with: "residual: ten ")
            .replacing("  blockWindow: 1h", with: "  # gone").write(toFile: file, atomically: true, encoding: .utf8)
        let terminal = Terminal()
        #expect(await terminal.run("config check \(file)") == .failed)
        #expect(terminal.out.count == 2)
        #expect(terminal.out[1].contains("limits.residual is \"ten\"; allowed is an integer 1...500 (basis points)"))
        #expect(terminal.err == ["\(file): 2 problems; this file would not be taken"])
        let program = Terminal()
        #expect(await program.run("config check \(file) --output json") == .failed)
        let value = try JSONSerialization.jsonObject(with: Data(program.out.joined().utf8))
        let problems = try #require((value as? [String: Any])?["problems"] as? [[String: Any]])
        #expect(problems.compactMap { $0["path"] as? String } == ["limits.blockWindow", "limits.residual"])
    }

    @Test func aPolicyThatNeverProposesAnythingIsAWarning() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "leeward-\(UUID().uuidString).yaml")
        let example = try String(contentsOfFile: Self.example, encoding: .utf8)
        let changed = example.replacing("  relief: act", with: "  relief: observe")
            .replacing("  evacuation: act", with: "  evacuation: approve")
        try changed.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let terminal = Terminal()
        #expect(await terminal.run("config check \(file.path(percentEncoded: false))") == .done, "\(terminal.out)")
        #expect(terminal.out.count == 2)
        let warning = "warning: policy.evacuation is approve, and policy.relief is observe: an evacuation grows only"
        #expect(terminal.out.last?.hasPrefix(warning) == true, "\(terminal.out)")
    }

    @Test func aFileThatIsNotThereIsAFailureAndNoUsage() async {
        #expect(await Terminal().run("config check /nonexistent/fleet.yaml") == .failed)
        #expect(await Terminal().run("config check") == .usage)
    }
}
