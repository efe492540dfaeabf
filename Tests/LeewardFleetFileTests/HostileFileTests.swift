import LeewardFleetFile
import LeewardModel
import Testing

/// Text made to cost more than it weighs, or to end the process: it gets a message like any other (S33).
@Suite struct HostileFileTests {
    @Test func aLineOfTenMegabytesIsRefusedBySize() throws {
        let problems = Example.problems([UInt8](repeating: UInt8(ascii: "a"), count: 10 << 20))
        #expect(
            problems.map(\.description) == [
                "fleet.yaml:1: the file is 10485760 bytes long; allowed is at most 1048576 bytes"
            ]
        )
    }

    @Test func aLineThatIsTooLongIsNamed() throws {
        let text = try Example.text() + "# " + String(repeating: "x", count: 10_000) + "\n"
        let problem = try #require(Example.problems(text).first)
        #expect(problem.line == (try Example.text().count { $0.isNewline }) + 1)
        #expect(problem.found == "a line of 10002 bytes")
    }

    @Test(arguments: ["[", "{", "- ", "? ", "{a: ", "[a: ", "- - [{? "])
    func deepNestingIsRefused(_ opener: String) {
        let lines = Array(repeating: String(repeating: opener, count: 1000), count: 100)
        #expect(!Example.problems("fleet: " + lines.joined(separator: "\n")).isEmpty)
        #expect(!Example.problems(lines.joined()).isEmpty)
        #expect(!Example.problems(String(repeating: opener, count: 990)).isEmpty)
    }

    @Test func nestingByIndentationIsRefused() {
        let text = (0..<1200).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        #expect(!Example.problems(text).isEmpty)
    }

    @Test func anAliasBombIsRefusedBeforeItIsParsed() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            let many = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(many)]\n"
        }
        let problem = try #require(Example.problems(text + "? *a11\n: x\n").first)
        #expect(problem.line == 1)
        #expect(problem.found.contains("anchors or aliases"))
    }

    @Test func starsInQueriesAndCommentsAreNoAliases() throws {
        let text =
            try Example.with("served: sum", "served: 0.5 * sum")
            + String(repeating: "# *every* one, & more\n", count: 40)
        #expect(try FleetFile.read(text, name: "x").signals.served.hasPrefix("0.5 * sum"))
    }

    @Test(arguments: [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]]) func otherEncodingsAreNamed(_ mark: [UInt8]) throws {
        let wide = try Example.text().utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(Example.problems(mark + wide).first?.found == "UTF-16")
        #expect(!Example.problems(wide).isEmpty)
    }

    @Test func aByteThatIsNoTextIsNamedByItsLine() throws {
        var bytes = Array(try Example.text().utf8)
        let start = try #require(bytes.firstRange(of: Array("dipBelow".utf8))).lowerBound
        bytes[start] = 0xE9
        let problem = try #require(Example.problems(bytes).first)
        #expect(
            problem.description
                == "fleet.yaml:\(try Example.line(of: "dipBelow", in: Example.text())): the file is not UTF-8 on this line; allowed is UTF-8"
        )
    }

    @Test(arguments: [
        "", "\n\n", "# only a comment\n", "---\n", "null", "[]", "{}", "5", "%YAML 1.2\n---\n", "\u{FEFF}", "'", "...",
        "*x", "&x", "!!str",
    ])
    func whatIsNoMappingIsRefused(_ text: String) { #expect(!Example.problems(text).isEmpty) }

    @Test func manyDoubledKeysEndInAMessage() {
        let text = (0..<400).map { "fleet: x\($0)\n" }.joined()
        #expect(!Example.problems(text).isEmpty)
    }

    @Test func everyHalfWrittenFileIsRefused() throws {
        let bytes = Array(try Example.text().utf8)
        // The last line ends in "20\n": without its final line break or digit the file is whole or another number.
        for length in stride(from: 0, to: bytes.count - 24, by: 7) {
            let problems = Example.problems(Array(bytes[..<length]))
            #expect(!problems.isEmpty, "cut at byte \(length)")
        }
    }

    @Test func threeThousandDamagedFilesNeverEndTheProcess() throws {
        let original = Array(try Example.text().utf8)
        var dice = Dice(seed: 20_180_601)
        var refused = 0
        for _ in 0..<3000 {
            let damaged = dice.damage(original)
            do throws(FleetFileError) { _ = try FleetFile.read(damaged, name: "fleet.yaml") } catch {
                refused += 1
                let lines = damaged.count { $0 == 10 } + 1
                #expect(!error.problems.isEmpty)
                #expect(error.problems.allSatisfy { (1...lines).contains($0.line) && $0.description.utf8.count < 8192 })
            }
        }
        #expect(refused > 1500)
    }
}

/// A small generator of its own, so that a seed gives the same damage everywhere.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) { self.state = seed }

    mutating func roll(_ below: Int) -> Int {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(below))
    }

    /// One to four damages: a byte flipped, a piece cut, doubled, moved, or exchanged for what YAML finds special.
    mutating func damage(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...self.roll(4) where !bytes.isEmpty {
            let place = self.roll(bytes.count)
            let end = min(bytes.count, place + 1 + self.roll(40))
            switch self.roll(6) {
            case 0: bytes[place] = UInt8(self.roll(256))
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.removeSubrange(place...)
            case 4:
                let special = Array("[]{}:,-?&*!|>'\"%@`#\n\t ~".utf8)
                bytes[place] = special[self.roll(special.count)]
            default: bytes.insert(contentsOf: bytes[place..<end], at: self.roll(bytes.count))
            }
        }
        return bytes
    }
}
