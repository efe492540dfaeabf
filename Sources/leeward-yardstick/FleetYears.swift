import Foundation
import LeewardSimulation

/// `fleet-years N [--seed S] [--from Y] [--for SECONDS]`: simulated fleet-years, what was decided in them and what was not right.
enum FleetYears {
    /// Steps of exactly a fifth beside each year: by themselves they come too seldom for a figure.
    private static let steps = 12

    /// Prints every decision that was not right as it comes, and the table at the end; ends with 1 where an evacuation was wrong.
    static func run(_ words: [String]) {
        guard let first = words.first, let count = Int(first), count > 0 else {
            self.end(2, "a whole number of years comes first, as in: fleet-years 10 --seed 1")
        }
        var options: [String: Int] = ["--seed": 1, "--from": 0, "--for": 0]
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            guard options[word] != nil, let value = rest.popFirst().flatMap(Int.init), value >= 0 else {
                self.end(2, "\"\(word)\" is no option with a whole number; there are --seed, --from and --for")
            }
            options[word] = value
        }
        let begin = options["--from"] ?? 0
        let limit = Double(options["--for"] ?? 0)
        let start = Date()
        let used = clock()
        var all = YearTally()
        var fifth = YearTally()
        for year in begin..<(begin + count) {
            let tally = FleetYear(seed: UInt64(options["--seed"] ?? 1), year: year).run()
            for wrong in tally.wrong { print(wrong) }
            all.add(tally)
            fifth.add(FleetYear.steps(seed: UInt64(options["--seed"] ?? 1), year: year, depth: 0.2, count: self.steps))
            if all.years % 10 == 0 {
                print(
                    "# \(all.years) years, \(all.evacuationsWrong) evacuations and \(all.reliefsWrong) reliefs not right"
                )
            }
            fflush(nil)
            if limit > 0, Date().timeIntervalSince(start) > limit { break }
        }
        let seconds = Double(clock() - used) / Double(CLOCKS_PER_SEC)
        for line in all.lines { print(line) }
        print("steps of exactly 20 %, full buckets  \(fifth.full)")
        print("  below 500 requests                 \(fifth.sparse)")
        print("processor seconds per year           \(String(format: "%.2f", seconds / Double(max(1, all.years))))")
        print("looks per processor second           \(Int(Double(all.looks) / max(0.001, seconds)))")
        if all.evacuationsWrong > 0 { exit(1) }
    }

    private static func end(_ code: Int32, _ text: String) -> Never {
        FileHandle.standardError.write(Data("leeward-yardstick: \(text)\n".utf8))
        exit(code)
    }
}
