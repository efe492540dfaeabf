import ArgumentParser
import Foundation
import LeewardFleetFile
import LeewardModel
import LeewardSimulation
import LeewardStore

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Live through disasters in a modelled world, and hold every rule against each of them.",
        discussion: """
            Runs scenario files, the files of a folder, or without any a swarm of random worlds: each seed switches a random \
            subset of all faults on. The controller is the daemon's own; nothing outside is touched. Every world is \
            played twice, with the controller and without. Ends with 1 when a rule did not hold or a file's expectation \
            was not met. docs/scenarios.md documents the language of the files.
            """
    )

    @Argument(help: "Scenario files, or folders of them; none: random worlds.", completion: .file())
    var scenario: [String] = []
    @Option(help: "The first seed.")
    var seed: UInt64?
    @Option(help: "How many seeds, one after the other; 1 for files, 100 for random worlds.")
    var count: Int?
    @Option(
        help: ArgumentHelp(
            "Random worlds from a seed that nobody chose, for so long (60s, 3m); its number is said first.",
            valueName: "span"
        )
    )
    var fresh: String?
    @Flag(help: "Random worlds with people in them, who say anything at any time and break the glass; S44 is theirs.")
    var people = false
    @Option(
        help: ArgumentHelp(
            "People in those random worlds whose seed is a multiple of this number, 2 to 1000.",
            valueName: "n"
        )
    )
    var peopleEvery: Int?
    @Flag(help: "Random worlds that have a fleet of their own each, of 2 to 6 regions, instead of the usual three.")
    var fleets = false
    @Option(
        help: ArgumentHelp(
            "A fleet of their own for those random worlds whose seed is a multiple of this number, 2 to 1000.",
            valueName: "n"
        )
    )
    var fleetsEvery: Int?
    @Option(help: "How many runs at once; as many as there are processors where it is not given.")
    var workers: Int?
    @Flag(help: "Say only what went wrong, and the sum.")
    var quiet = false
    @Flag(inversion: .prefixedNo, help: "Make the first three scenarios that break a rule smaller.")
    var shrink = true
    @Option(
        help: ArgumentHelp(
            "Write the journal of one run to this new file, as the daemon would have; for tests of later versions.",
            valueName: "path"
        ),
        completion: .file()
    )
    var journal: String?
    @OptionGroup var output: ResultOptions

    func validate() throws {
        if self.journal != nil, self.scenario.count != 1 || (self.count ?? 1) != 1 {
            throw ValidationError("--journal is of one run: name one scenario file, and no --count")
        }
        if let count = self.count, !(1...100_000_000).contains(count) {
            throw ValidationError("--count is \(count); allowed is 1 to 100000000")
        }
        if let seed = self.seed, seed > 1 << 62 {
            throw ValidationError("--seed is \(seed); allowed is 0 to \(UInt64(1) << 62)")
        }
        if let workers = self.workers, !(1...256).contains(workers) {
            throw ValidationError("--workers is \(workers); allowed is 1 to 256")
        }
        guard !self.people || self.scenario.isEmpty else {
            throw ValidationError("--people is about random worlds; a file says with 'people N' that it has some")
        }
        guard !self.fleets || self.scenario.isEmpty else {
            throw ValidationError("--fleets is about random worlds; a file says with 'world region' which it has")
        }
        try self.check(self.peopleEvery, "people", isInAll: self.people)
        try self.check(self.fleetsEvery, "fleets", isInAll: self.fleets)
        guard let fresh = self.fresh else { return }
        guard let span = FleetFile.span(fresh), (Span.seconds(1)...Span.days(7)).contains(span) else {
            throw ValidationError("--fresh is \(fresh); allowed is 1s to 7d, as in 60s or 3m")
        }
        guard self.scenario.isEmpty, self.count == nil, self.seed == nil else {
            throw ValidationError(
                "--fresh draws its own seeds until its time is over; leave out files, --seed and --count"
            )
        }
    }

    private func check(_ every: Int?, _ word: String, isInAll: Bool) throws {
        guard let every else { return }
        guard (2...1000).contains(every) else {
            throw ValidationError("--\(word)-every is \(every); allowed is 2 to 1000")
        }
        guard !isInAll, self.scenario.isEmpty else {
            throw ValidationError("--\(word)-every is about random worlds, and --\(word) is about all of them")
        }
    }

    private func random(_ seed: UInt64) -> SimulationJob {
        SimulationJob(
            randomSeed: seed,
            peopleEvery: self.people ? 1 : self.peopleEvery,
            fleetsEvery: self.fleets ? 1 : self.fleetsEvery
        )
    }

    func run() async throws {
        let report = SimulationReport(isQuiet: self.quiet, format: self.output.format, shrinks: self.shrink ? 3 : 0)
        let summary: SimulationReport.Sum
        if let span = self.fresh.flatMap({ FleetFile.span($0) }) {
            summary = try await self.runFresh(span, report)
        } else if self.scenario.isEmpty {
            let first = self.seed ?? 1
            let seeds = first..<first + UInt64(self.count ?? 100)
            let jobs = seeds.lazy.map(self.random)
            summary = try await self.swarm().run(jobs, report)
        } else {
            let files = try ScenarioReader.read(self.scenario)
            let first = self.seed ?? 1
            if let path = self.journal { try Self.keep(files, seed: first, at: path) }
            let seeds = first..<first + UInt64(self.count ?? 1)
            let jobs = files.flatMap { file in seeds.map { SimulationJob(file: file, seed: $0) } }
            summary = try await self.swarm().run(jobs, report)
        }
        report.end(summary)
        guard summary.broken + summary.unmet == 0 else {
            throw Failure(
                .failed,
                "\(summary.broken) of \(summary.runs) runs broke a rule, \(summary.unmet) did not meet an expectation"
            )
        }
    }

    /// Plays the run and keeps its journal; the report follows from a run of its own.
    private static func keep(_ files: [ScenarioFile], seed: UInt64, at path: String) throws {
        guard files.count == 1, let file = files.first else {
            throw Failure(.usage, "--journal is of one run: \(files.count) files were found, name one of them")
        }
        var run = Simulation(file.scenario, seed: seed)
        run.run()
        do throws(JournalError) { try Journal.record(run.journal, to: path) } catch {
            throw Failure(.failed, error.description)
        }
    }

    private func swarm(until end: ContinuousClock.Instant? = nil) -> Swarm {
        Swarm(workers: self.workers ?? ProcessInfo.processInfo.activeProcessorCount, end: end)
    }

    private func runFresh(_ span: Span, _ report: SimulationReport) async throws -> SimulationReport.Sum {
        // Small enough to be typed again.
        let first = UInt64.random(in: 1_000_000...999_999_999_999)
        report.say("fresh seeds from \(first) on, for \(self.fresh ?? "")")
        let end = ContinuousClock.now + .milliseconds(span.milliseconds)
        let jobs = (first...).lazy.map(self.random)
        return try await self.swarm(until: end).run(jobs, report)
    }
}
