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
            Reads the metrics store that the fleet file names and nothing else; changes nothing, needs no daemon. The \
            controller itself decides, as live, with nobody moved; edges and probes are taken to agree with the metric. \
            docs/concepts/replay.md says what the answer means and what it cannot say.
            """
    )

    @Option(name: [.customLong("fleet"), .customLong("file")], help: "The fleet file.", completion: .file())
    var fleet: String
    @Option(help: "How far back the live time begins (28d).")
    var from = "28d"
    @Option(help: "Length of a bucket, 1s...60s; the fleet file's, at most 60s, where it is not given.")
    var step: String?
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
            "Factor on what must be missing, 0.25...4; more than one are compared, the first leads.",
            discussion: """
                Of limits.dipBelow and of every test of the watches: with dipBelow 7000, 30 % must be missing, and 45 % \
                with --threshold 1.5. The second class of evidence is asked as live.
                """,
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
        let step = self.step.map { FleetFile.span($0) ?? .zero } ?? .minutes(1)
        guard ReplayReader.steps.contains(step), step.milliseconds % 1_000 == 0 else {
            throw ValidationError("--step is \(self.step ?? ""); allowed is a whole number of seconds, 1s...60s")
        }
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
        guard let from = FleetFile.span(self.from), let history = FleetFile.span(self.history) else {
            throw Failure(.usage, "--from or --history is no duration")
        }
        let reader = ReplayReader(fleet)
        let step = self.step.flatMap(FleetFile.span) ?? ReplayReader.step(of: fleet.limits.bucket)
        let past = try await reader.past(from: from, history: history, step: step)
        var progress = ReplayProgress(settings: self.threshold.count)
        var outcome = ReplayOutcome(
            past.input,
            fleet: fleet,
            from: past.start,
            end: past.end,
            settings: self.threshold.map { ReplaySetting(name: Numbers.factor($0), caution: $0) },
            judge: ReplayJudge(incidents),
            progress: { progress.tell($0, $1) }
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

/// Says how far a long replay is; a short one says nothing.
struct ReplayProgress {
    private static let every: Duration = .seconds(5)
    private let settings: Int
    private var told = ContinuousClock.now

    init(settings: Int) { self.settings = settings }

    /// - Parameters:
    ///   - setting: Place of the setting that runs, from 0.
    ///   - part: Of it that is done, 0...1.
    mutating func tell(_ setting: Int, _ part: Double) {
        guard ContinuousClock.now - self.told >= Self.every else { return }
        self.told = ContinuousClock.now
        let percent = Int((Double(setting) + part) / Double(max(1, self.settings)) * 100)
        Surroundings.current.err("replayed \(percent) %")
    }
}
