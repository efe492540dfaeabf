import Foundation
import LeewardFleetFile
import LeewardModel
import Testing

/// The example that ships with Leeward, and ways to damage it.
enum Example {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let path = root.appending(path: "Examples/three-regions.yaml").path(percentEncoded: false)

    /// The example without the comments at the ends of lines, so that a passage can be named by what it says.
    static func text() throws -> String {
        var lines = try String(contentsOfFile: self.path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            if let comment = lines[index].firstRange(of: " #") { lines[index] = lines[index][..<comment.lowerBound] }
            while lines[index].last == " " { lines[index].removeLast() }
        }
        return lines.joined(separator: "\n")
    }

    static func fleet() throws -> Fleet { try FleetFile.read(self.text(), name: "three-regions.yaml") }

    /// The example with one passage exchanged; a passage that is not there exactly once is an error of the test.
    static func with(_ old: String, _ new: String) throws -> String {
        let text = try self.text()
        try #require(
            text.ranges(of: old).count == 1,
            "\(old) stands \(text.ranges(of: old).count) times in the example"
        )
        return text.replacing(old, with: new)
    }

    /// Every problem of a text that must not be a fleet.
    static func problems(_ text: [UInt8]) -> [FleetProblem] {
        do throws(FleetFileError) {
            _ = try FleetFile.read(text, name: "fleet.yaml")
            Issue.record("a damaged file was read as a fleet")
            return []
        } catch {
            return error.problems
        }
    }

    static func problems(_ text: String) -> [FleetProblem] { self.problems(Array(text.utf8)) }

    /// The line, counted from 1, on which this passage stands first.
    static func line(of passage: String, in text: String) throws -> Int {
        let range = try #require(text.firstRange(of: passage))
        return text[..<range.lowerBound].count { $0.isNewline } + 1
    }
}
