import ArgumentParser
import Foundation
import LeewardModel

/// `leeward-lab drill`.
package struct DrillCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Break a region of a fresh lab, watch it being evacuated, heal it and bring it back.",
        discussion: """
            Writes report.json and report.html. The exit code is 0 only when everything held that the report lists; \
            1 when something did not, 130 after Ctrl-C.
            """
    )

    @Option(help: "What happens to the region: \(LabFault.names).")
    var how: String = LabFault.backendsDown.rawValue

    @Option(help: "The region.")
    var region: String = "us-east-1"

    @Flag(help: "Break nothing: evacuate the healthy region by command, and lose no request.")
    var planned = false

    @Flag(help: "Run the same outage again with cold starts only, and print both times and their ratio.")
    var withoutShadow = false

    @Flag(help: "Watch the same outage without a controller.")
    var noDaemon = false

    @Option(help: "Heal the region by itself after so many seconds: relief must return, and nothing else happen.")
    var blip: Int?

    @Option(help: "How many times, each with a fresh lab; the median is printed.")
    var runs: Int = 1

    @Option(help: "Folder for the reports.")
    var out: String = "out/drill"

    @Option(help: "Time of day in us-east that the run starts at, as in \"wed 20:00\".")
    var at: String = "wed 20:00"

    @Option(help: "Seed of the history and of the users; each further run takes the next one.")
    var seed: UInt64 = 1

    @Flag(help: "Keep every run's logs and journal in a folder of its own.")
    var keep = false

    package init() {}

    package func validate() throws {
        guard LabFault(rawValue: self.how) != nil else {
            throw ValidationError("--how \(self.how) is unknown; known are \(LabFault.names)")
        }
        guard LabLayout.regions.contains(RegionID(self.region)) else {
            let known = LabLayout.regions.map(\.text).joined(separator: ", ")
            throw ValidationError("--region \(self.region) is unknown; known are \(known)")
        }
        guard WeekTime(self.at) != nil else {
            throw ValidationError("--at \(self.at) is no weekday and time; write it like \"wed 20:00\"")
        }
        guard (1...100).contains(self.runs) else { throw ValidationError("--runs must be 1 to 100") }
        if let blip = self.blip, !(1...600).contains(blip) { throw ValidationError("--blip must be 1 to 600 seconds") }
        let modes = [self.planned, self.withoutShadow, self.noDaemon, self.blip != nil].count { $0 }
        guard modes <= 1 else {
            throw ValidationError("choose one of --planned, --without-shadow, --no-daemon and --blip")
        }
    }

    package func run() async throws {
        let screen = DrillScreen()
        let hasPassed: Bool
        do {
            hasPassed = try await Interruption.cancelling { try await self.drills(screen) }
        } catch is CancellationError {
            screen.say("interrupted; everything was stopped")
            throw ExitCode(130)
        }
        if !hasPassed { throw ExitCode.failure }
    }

    private func drills(_ screen: DrillScreen) async throws -> Bool {
        var records: [DrillRecord] = []
        for index in 0..<self.runs {
            let folder = self.runs == 1 ? self.out : "\(self.out)/run-\(index + 1)"
            if self.runs > 1 { screen.say("run \(index + 1) of \(self.runs)") }
            let record = try await self.one(index, folder: folder, screen: screen) { _ in }
            if self.runs > 1 { try DrillFiles.write(record, to: self.out) }
            records.append(record)
        }
        if self.runs > 1 { screen.say(DrillSummary.runs(records)) }
        var hasPassed = records.allSatisfy { $0.checks.allSatisfy(\.isMet) } && DrillSummary.keepsPromise(records)
        if self.withoutShadow, let first = records.first {
            screen.say("the same outage with cold starts only")
            let cold = try await self.one(self.runs, folder: self.out + "/without-shadow", screen: screen) {
                $0.withShadow = false
            }
            screen.say(DrillSummary.comparison(first, cold))
            hasPassed = hasPassed && cold.checks.allSatisfy(\.isMet) && DrillSummary.isWorthwhile(first, cold)
        }
        return hasPassed
    }

    private func one(
        _ index: Int,
        folder: String,
        screen: DrillScreen,
        change: (inout DrillOptions) -> Void
    ) async throws -> DrillRecord {
        var options = DrillOptions(
            fault: self.planned ? nil : LabFault(rawValue: self.how),
            region: RegionID(self.region),
            labFolder: self.keep ? "\(self.out)/lab-\(index + 1)" : "\(self.out)/lab"
        )
        options.withDaemon = !self.noDaemon
        options.blipSeconds = self.blip
        options.at = WeekTime(self.at) ?? .wednesdayEvening
        options.seed = self.seed &+ UInt64(index)
        change(&options)
        let record = try await DrillRun(options: options, screen: screen).run()
        screen.say(DrillSummary.text(record, paint: screen.paint))
        let page = try DrillFiles.write(record, to: folder)
        screen.say("\n  report \(page)")
        return record
    }
}

/// Writes the two reports of a drill.
enum DrillFiles {
    /// Returns the page's path; files of an earlier drill are replaced.
    @discardableResult
    static func write(_ record: DrillRecord, to folder: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let page = folder + "/report.html"
        for (path, text) in [(folder + "/report.json", try ReportJSON.text(record)), (page, ReportHTML.text(record))] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
        return page
    }
}
