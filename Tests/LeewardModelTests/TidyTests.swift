import Foundation
import Testing

/// Walks the pure rooms: what makes them deterministic is a promise, and a promise is a check.
@Suite struct TidyTests {
    static let rooms = [
        "LeewardModel", "LeewardDetection", "LeewardForecast", "LeewardPlanning", "LeewardSafety", "LeewardEngine",
    ]

    /// Pattern and why it must not stand in a pure room.
    static let banned: [(pattern: String, why: String)] = [
        (#"^\s*(public |internal |package )?import (?!Leeward)\w+"#, "imports something outside the pure rooms"),
        (#"\b(async|await)\b|\bTask\s*[.{(]"#, "waits"),
        (#"\bDate\(|(?<!self)\.now\b|ContinuousClock|SuspendingClock|clock_gettime"#, "reads an ambient clock"),
        (#"\.random|\.shuffled|\.randomElement|SystemRandomNumberGenerator|\bHasher\b"#, "is random"),
        (#"\bSet<|\bSet\(|\bDictionary<|\bDictionary\(|:\s*\[[A-Z]\w*\s*:\s|->\s*\[[A-Z]\w*\s*:\s"#, "has hash order"),
        (#"\btry!|\bfatalError\(|\bas!"#, "crashes on bad input"),
        (#"\bprint\(|\bprocess\b\.|FileManager|getenv"#, "touches the world"),
    ]

    @Test(arguments: rooms) func theRoomIsPure(_ room: String) throws {
        let files = try self.sources(of: room)
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let code = line.components(separatedBy: "//").first ?? ""
                for (pattern, why) in Self.banned {
                    #expect(
                        code.range(of: pattern, options: .regularExpression) == nil,
                        "\(file.lastPathComponent):\(number + 1) \(why): \(line)"
                    )
                }
            }
        }
    }

    @Test func theCheckSeesWhatItForbids() {
        let bad = [
            "import Foundation", "let x = await y", "Task { }", "let t = Date()", "let n = Int.random(in: 0...1)",
            "var s: Set<Int> = []", "var d: [String: Int] = [:]", "try! x()", "print(1)",
        ]
        for line in bad {
            #expect(Self.banned.contains { line.range(of: $0.pattern, options: .regularExpression) != nil }, "\(line)")
        }
    }

    @Test(arguments: rooms) func noFileIsLongerThanFourHundredLines(_ room: String) throws {
        for file in try self.sources(of: room) {
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n",
                omittingEmptySubsequences: false
            ).count
            #expect(lines <= 400, "\(file.lastPathComponent) has \(lines) lines; find the seam")
        }
    }

    /// Swift 6.3.1 overwrites captured values there in release builds (docs/decisions/0008).
    @Test func noChildTaskCatchesTypedErrorsInPlace() throws {
        let files = try FileManager.default.subpathsOfDirectory(
            atPath: Self.root.appendingPathComponent("Sources").path
        )
        for name in files.sorted() where name.hasSuffix(".swift") {
            let text = try String(contentsOf: Self.root.appendingPathComponent("Sources/" + name), encoding: .utf8)
            let isBad = text.range(of: #"addTask\s*\{\s*do throws\("#, options: .regularExpression) != nil
            #expect(!isBad, "\(name): give the body of the child task a method of its own")
        }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func sources(of room: String) throws -> [URL] {
        let folder = Self.root.appendingPathComponent("Sources/\(room)")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
            .sorted { $0.path < $1.path }
    }
}
