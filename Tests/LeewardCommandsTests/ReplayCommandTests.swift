import Foundation
import LeewardDetection
import LeewardModel
import Testing

@testable import LeewardCommands

/// Whole replays of a past that is known, against a store that refuses what Prometheus refuses.
@Suite(.serialized) struct ReplayCommandTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/three-regions.yaml").path(percentEncoded: false)
    private static let span = "--from 2d --history 8d --step 60s"

    /// A region for half an hour, then everybody.
    private static let world = PastStore.World(faults: [
        .init(region: "us-east-1", ago: 1_971...2_000, part: 0.4), .init(region: "*", ago: 981...1_000, part: 0.6),
    ])

    /// Runs `body` with a folder, the fleet file in it, and the store that it names.
    private func with(_ world: PastStore.World, _ body: (String, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leeward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path(percentEncoded: false)
        try await PastStore.with(world) { store, port in
            try self.write(path + "/fleet.yaml", port: port)
            try await body(path + "/fleet.yaml", path)
            #expect(store.misuse.isEmpty)
        }
    }

    private func write(_ path: String, port: Int) throws {
        try String(contentsOfFile: Self.example, encoding: .utf8).replacing("127.0.0.1:8428", with: "127.0.0.1:\(port)")
            .write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func json(_ terminal: Terminal) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(terminal.out.joined(separator: "\n").utf8))
        return try #require(value as? [String: Any])
    }

    @Test func aReplaySaysWhenItWouldHaveFiredAndWhatWasMissing() async throws {
        try await self.with(Self.world) { fleet, folder in
            let terminal = Terminal()
            #expect(await terminal.run("replay --fleet \(fleet) \(Self.span) --html \(folder)/out.html") == .done)
            #expect(
                terminal.err.first?.hasPrefix("reading `served` and `entered` from 2024-01-21T23:59:00Z to ") == true
            )
            #expect(terminal.out.first?.hasPrefix("three-regions: 2024-01-29T23:59:00Z to ") == true)
            let marks = terminal.out.filter { $0.contains("2024-01-3") && $0.contains(" unconfirmed ") }
            #expect(marks.count == 2, "\(terminal.out)")
            #expect(marks.first?.hasPrefix("1  2024-01-30T14:41:00Z  us-east-1 ") == true, "\(marks)")
            #expect(marks.last?.contains("global: eu-west-1, us-east-1, us-west-2") == true, "\(marks)")
            #expect(marks.first?.contains("30 min") == true, "\(marks)")
            #expect(terminal.out.contains { $0.hasPrefix("x 1  ") && $0.contains("  7 ") }, "two in 0.29 weeks")
            #expect(terminal.out.contains { $0.contains("nobody has judged these marks") })
            #expect(!terminal.out.contains { $0.contains("wrong:") })
            let course = try #require(terminal.out.first { $0.hasPrefix("1  ") && $0.contains("at once") })
            #expect(course.contains("after 60 s") && course.contains("after 3 min"), "\(course)")
            #expect(course.contains("rollback by operator"), "\(course)")
            #expect(terminal.out.contains { $0.contains("they are taken to fail exactly the part") })
            #expect(terminal.out.contains { $0.contains("buckets are 60 s and live ones 5 s") })
            #expect(terminal.out.contains { $0.contains("the store has no `entered`") })

            let page = try String(contentsOfFile: folder + "/out.html", encoding: .utf8)
            #expect(page.components(separatedBy: "<svg").count == 8, "a curve a region, and each mark from near")
            for part in ["class=\"rate\"", "class=\"band\"", "class=\"dip\"", "mark regional", "mark global"] {
                #expect(page.contains(part), "\(part)")
            }
            for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "<script"] {
                #expect(!page.contains(outside), "\(outside)")
            }
        }
    }

    @Test func capacityIsWhatTheEvacueesUsersAddToEachSavior() async throws {
        try await self.with(Self.world) { fleet, _ in
            let terminal = Terminal()
            #expect(await terminal.run("replay --file \(fleet) \(Self.span) --json") == .done)
            let replay = try self.json(terminal)
            let mark = try #require((replay["marks"] as? [[String: Any]])?.first)
            #expect(mark["kind"] as? String == "regional" && mark["lastedSeconds"] as? Int == 1_800)
            #expect(mark["reliefAt"] as? String == mark["at"] as? String)
            #expect(mark["evacuationAt"] as? String == "2024-01-30T14:42:00Z", "hardenAfter is 60 s")
            #expect((mark["refusals"] as? [String])?.isEmpty == true && (mark["stops"] as? [String])?.isEmpty == true)
            #expect((mark["reason"] as? String)?.hasPrefix("only us-east-1 is sick: ") == true)
            let capacity = try #require(mark["capacity"] as? [String: Any])
            let needs = try #require(capacity["needs"] as? [[String: Any]])
            // Two geographies are at home in us-east-1: one goes to eu-west-1, one to us-west-2.
            #expect(
                needs.compactMap { $0["savior"] as? String } == Array(repeating: "eu-west-1", count: 4)
                    + Array(repeating: "us-west-2", count: 4)
            )
            for need in needs {
                let service = try #require(need["service"] as? String)
                let own = try #require(need["ownLoad"] as? Double)
                let moved = try #require(need["movedLoad"] as? Double)
                // 14:40 is 0.611 of the day: 0.975 of the peak, half of us-east-1's users to each.
                let part = try #require(PastStore.mix[service])
                #expect(abs(moved - 300 * 0.975 * part) < 20 * part, "\(need)")
                let each = Double(["browse", "play"].contains(service) ? 100 : 60) * 0.8
                #expect(need["needsItself"] as? Int == Int((own / each).rounded(.up)), "\(need)")
                #expect(need["wouldNeed"] as? Int == Int(((own + moved) / each).rounded(.up)), "\(need)")
                let more = try #require(need["more"] as? Int)
                #expect(try #require(need["moreAtMost"] as? Int) >= more)
            }
            let sum = needs.compactMap { $0["more"] as? Int }.reduce(0, +)
            #expect(sum > 0 && mark["more"] as? Int == sum)
            let global = try #require((replay["marks"] as? [[String: Any]])?.last)
            #expect(global["capacity"] == nil, "nobody is evacuated from a global incident")
        }
    }

    @Test func confirmedIncidentsGivePrecisionAndWhatWasMissed() async throws {
        try await self.with(Self.world) { fleet, folder in
            let lines = """
                start,end,region
                # the outage of the 30th
                2024-01-30T14:40:00Z,2024-01-30T15:10:00Z,us-east-1
                1706680000,1706681000,eu-west-1

                """
            try lines.write(toFile: folder + "/incidents.csv", atomically: true, encoding: .utf8)
            let terminal = Terminal()
            let line = "replay --fleet \(fleet) \(Self.span) --json --confirmed \(folder)/incidents.csv"
            #expect(await terminal.run(line + " --threshold 1 --threshold 4") == .done)
            let replay = try self.json(terminal)
            let marks = try #require(replay["marks"] as? [[String: Any]])
            #expect(marks.compactMap { $0["judgement"] as? String } == ["confirmed", "wrong"])
            let settings = try #require(replay["settings"] as? [[String: Any]])
            #expect(settings.compactMap { $0["threshold"] as? String } == ["1", "4"])
            #expect(settings.first?["precision"] as? Int == 5_000)
            #expect(settings.compactMap { $0["dipBelow"] as? Int } == [7_000, 1_000])
            #expect(settings.first?["reliefs"] as? Int == 1 && settings.first?["evacuations"] as? Int == 1)
            #expect(abs((settings.first?["falseAlarmsPerWeek"] as? Double ?? 0) - 3.5) < 0.1, "one in two days")
            #expect(
                (settings.first?["missed"] as? [[String: Any]])?.compactMap { $0["region"] as? String } == ["eu-west-1"]
            )
            #expect((settings.last?["marks"] as? Int ?? 9) <= 2)
            let regions = try #require(replay["regions"] as? [[String: Any]])
            #expect(regions.compactMap { $0["allowed"] as? String } == ["observe", "observe", "observe"])
            #expect((regions.first?["lacks"] as? [String]) == ["0.3 of 2 weeks observed"])
        }
    }

    @Test func aFileOfIncidentsThatIsWrongSaysWhereAndHow() throws {
        let text = "a,b\n2024-01-01,x,us-east-1\n20,10,us-east-1\n10,20,mars\n10,20,*\n"
        do throws(Failure) {
            _ = try ConfirmedFile.read(text, name: "incidents.csv", regions: ["us-east-1"])
            Issue.record("it was taken")
        } catch {
            let lines = error.description.split(separator: "\n")
            #expect(lines.count == 4)
            #expect(lines[0].hasPrefix("incidents.csv:1: 2 columns; allowed is start,end,region"))
            #expect(lines[2] == "incidents.csv:3: the end is before the start")
            #expect(lines[3].hasSuffix("mars is no region of this fleet; it has us-east-1, or *"))
        }
    }

    @Test func aGapIsNoDipAndLoadThatIsMissingIsUnknown() async throws {
        var world = Self.world
        world.hole = 400...460
        world.hasLoad = false
        try await self.with(world) { fleet, _ in
            let terminal = Terminal()
            #expect(await terminal.run("replay --fleet \(fleet) \(Self.span) --json") == .done)
            let replay = try self.json(terminal)
            let marks = try #require(replay["marks"] as? [[String: Any]])
            #expect(marks.count == 2, "\(marks)")
            #expect(marks.first?["more"] == nil)
            let notes = try #require(replay["notes"] as? [String])
            #expect(!notes.isEmpty)
        }
    }

    @Test func aStoreThatNeedsTwoSamplesIsReadInWiderWindowsAndSaysSo() async throws {
        var world = Self.world
        world.needsTwoBuckets = true
        try await self.with(world) { fleet, _ in
            let terminal = Terminal()
            #expect(await terminal.run("replay --fleet \(fleet) \(Self.span)") == .done)
            #expect(terminal.out.contains { $0.contains("each bucket is the mean of two") })
        }
    }

    @Test func aShortHistoryIsSaid() async throws {
        var world = PastStore.World()
        world.oldest = PastStore.now - 3 * 86_400
        try await self.with(world) { fleet, _ in
            let terminal = Terminal()
            #expect(await terminal.run("replay --fleet \(fleet) \(Self.span)") == .done)
            #expect(terminal.out.contains("It would not have fired."))
            #expect(terminal.out.contains { $0.contains("us-east-1 was taught by 23 h 59 min of history") })
        }
    }

    @Test func aStoreWithoutThePastOrWithoutAnAnswerIsAFailureWithARemedy() async throws {
        var world = PastStore.World()
        world.oldest = .max
        try await self.with(world) { fleet, folder in
            let terminal = Terminal()
            #expect(await terminal.run("replay --fleet \(fleet) \(Self.span)") == .failed)
            #expect(terminal.out.isEmpty && terminal.err.last?.contains("try `signals.served`") == true)
            try self.write(folder + "/nowhere.yaml", port: 1)
            let nobody = Terminal()
            #expect(await nobody.run("replay --fleet \(folder)/nowhere.yaml") == .unreachable)
            #expect(nobody.err.last?.hasPrefix("metrics store http://127.0.0.1:1: ") == true)
        }
    }

    @Test func whatIsNotUnderstoodAsksNobody() async {
        for line in [
            "replay", "replay --fleet x --step 2m", "replay --fleet x --step 1500ms", "replay --fleet x --from 1y",
            "replay --fleet x --from 500d", "replay --fleet x --threshold 0", "replay --fleet x --threshold nan",
            "replay --fleet x --from 30s",
        ] {
            let terminal = Terminal()
            #expect(await terminal.run(line) == .usage, "\(line)")
            #expect(terminal.out.isEmpty)
        }
        #expect(await Terminal().run("replay --fleet /nonexistent.yaml") == .failed)
    }

    @Test func withoutAStepTheBucketsAreTheFleets() async throws {
        try await self.with(Self.world) { fleet, _ in
            let terminal = Terminal()
            #expect(await terminal.run("replay --fleet \(fleet) --from 3h --history 3d --json") == .done)
            let replay = try self.json(terminal)
            #expect(replay["stepSeconds"] as? Int == 5)
            let notes = try #require(replay["notes"] as? [String])
            #expect(!notes.contains { $0.contains("live ones") })
        }
    }

    @Test func bucketsLongerThanAMinuteAreReadByTheMinute() {
        #expect(ReplayReader.step(of: .seconds(15)) == .seconds(15))
        #expect(ReplayReader.step(of: .minutes(5)) == .seconds(60))
        #expect(ReplayReader.step(of: .milliseconds(2_500)) == .seconds(2))
    }
}
