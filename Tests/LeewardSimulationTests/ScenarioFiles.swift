import Foundation
import LeewardModel
import LeewardSimulation
import Testing

/// The files of the folder `Scenarios`, which tests read and the pure rooms never do.
enum ScenarioFiles {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Scenarios", directoryHint: .isDirectory)

    /// In the order of their names, without the ending; never empty in a whole clone.
    static let names: [String] = {
        let found = try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        return (found ?? []).filter { $0.hasSuffix(".scenario") }.map { String($0.dropLast(9)) }.sorted()
    }()

    static func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name + ".scenario"), encoding: .utf8)
    }

    static func scenario(_ name: String) throws -> Scenario { try Scenario(text: Self.text(name)) }
}

extension Scenario {
    /// Every file that can be read; `ScenarioTextTests` says which one can not.
    static var files: [Scenario] { ScenarioFiles.names.compactMap { try? ScenarioFiles.scenario($0) } }

    /// The golden path.
    static var sc01: Scenario { .file("SC01") }

    /// The named file; a missing one is a scenario whose name says so, and in which nothing happens.
    static func file(_ name: String) -> Scenario {
        (try? ScenarioFiles.scenario(name)) ?? Scenario(name: "\(name) is missing", about: "", length: .seconds(1))
    }
}
