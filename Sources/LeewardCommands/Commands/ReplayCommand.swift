import ArgumentParser
import Foundation
import LeewardDetection
import LeewardFleetFile
import LeewardModel

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run your own history through detection and planning, and say when it would have fired.",
        discussion: """
            Reads the metrics store that the fleet file names and nothing else; changes nothing, needs no daemon. \
            docs/concepts/replay.md says what the answer means and what it cannot say.
            """
    )

    @Option(name: [.customLong("fleet"), .customLong("file")], help: "The fleet file.", completion: .file())
    var fleet: String
    @Option(help: "How far back the live time begins (28d).")
    var from = "28d"
    @Option(help: "Length of a bucket, 1s...60s.")
    var step = "60s"
    @Option(help: "How much history before that teaches.")
    var history = "28d"
    @Option(
        help: ArgumentHelp(
            "Incidents that people confirm: lines of start,end,region with * for every region.",
            discussion: "Must hold every incident of the live time; a mark outside of them counts as wrong.",
            valueName: "file"
        ),
        completion: .file()
    )
    var confirmed: String?
    @Option(
        help: ArgumentHelp(
            "Factor on every threshold of the detection, 0.25...4; more than one are compared, the first leads.",
            valueName: "factor"
        )
    )
    var threshold: [Double] = [1]
    @Flag(help: "The same as --output json.")
    var json = false
    @Option(help: ArgumentHelp("Also write a page that needs nothing else.", valueName: "file"), completion: .file())
    var html: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let step = FleetFile.span(self.step), ReplayReader.steps.contains(step), step.milliseconds % 1_000 == 0
        else { throw ValidationError("--step is \(self.step); allowed is a whole number of seconds, 1s...60s") }
        for (name, value) in [("--from", self.from), ("--history", self.history)] {
            guard let span = FleetFile.span(value), span <= ReplayReader.longest, name == "--history" || span >= step
            else { throw ValidationError("\(name) is \(value); allowed is a duration up to 400d, written 6h or 28d") }
        }
        for factor in self.threshold where !ReplaySetting.allowed.contains(factor) {
            throw ValidationError("--threshold is \(factor); allowed is 0.25...4")
        }
        guard (1...6).contains(self.threshold.count) else {
            throw ValidationError("--threshold is given \(self.threshold.count) times; allowed is 1...6")
        }
    }

    func run() async throws {
        let fleet: Fleet
        do throws(FleetFileError) { fleet = try FleetFile.load(path: self.fleet) } catch {
            throw Failure(.failed, error.description)
        }
        let incidents = try self.confirmed.map { path throws(Failure) in
            try ConfirmedFile.load(path, regions: fleet.regions.keys)
        }
        guard let step = FleetFile.span(self.step), let from = FleetFile.span(self.from),
            let history = FleetFile.span(self.history)
        else { throw Failure(.usage, "--step, --from or --history is no duration") }
        let reader = ReplayReader(fleet)
        let past = try await reader.served(from: from, history: history, step: step)
        var outcome = ReplayOutcome(
            past.input,
            fleet: fleet,
            from: past.start,
            end: past.end,
            settings: self.threshold.map { ReplaySetting(name: Numbers.factor($0), caution: $0) },
            judge: ReplayJudge(incidents)
        )
        outcome.notes = past.notes
        await reader.addCapacity(to: &outcome)
        if let html {
            do { try ReplayHTML.text(outcome).write(toFile: html, atomically: true, encoding: .utf8) } catch {
                throw Failure(.failed, "\(html) cannot be written: \(error.localizedDescription)")
            }
            Surroundings.current.err("the page is \(html)")
        }
        try Output.render(
            ReplayPayload(outcome),
            ReplaySections.make(outcome),
            as: self.json ? .json : self.output.output
        )
    }
}
