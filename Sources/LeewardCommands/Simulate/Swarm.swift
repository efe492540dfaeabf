import LeewardSimulation

/// One run that has to be made.
struct SimulationJob: Sendable {
    /// As the command line named it; nil for a random world.
    var file: String?
    /// Nil: drawn from the seed when it is run.
    var given: Scenario?
    var seed: UInt64

    /// A random world with people in it.
    var hasPeople = false

    init(randomSeed seed: UInt64, people: Bool = false) {
        self.seed = seed
        self.hasPeople = people
    }

    /// A random world, with people in it where the seed is a multiple of `every`; nil: nowhere.
    init(randomSeed seed: UInt64, peopleEvery every: Int?) {
        self.init(randomSeed: seed, people: every.map { seed % UInt64(max(1, $0)) == 0 } ?? false)
    }

    init(file: ScenarioFile, seed: UInt64) {
        self.file = file.path
        self.given = file.scenario
        self.seed = seed
    }

    var scenario: Scenario { self.given ?? (self.hasPeople ? .people(seed: self.seed) : .random(seed: self.seed)) }
    /// `file`, `random` or `people`.
    var kind: String { self.file != nil ? "file" : self.hasPeople ? "people" : "random" }
    /// What plays exactly this run again.
    var command: String {
        let what = self.file.map { "'\($0)' " } ?? (self.hasPeople ? "--people " : "")
        return "leeward simulate \(what)--seed \(self.seed) --count 1"
    }
}

/// Makes many runs on several processors and reports them in the order of their jobs.
struct Swarm {
    var workers: Int
    /// Nothing new is begun afterwards; nil: all jobs are done.
    var end: ContinuousClock.Instant?

    func run(_ jobs: some Sequence<SimulationJob>, _ report: SimulationReport) async throws -> SimulationReport.Sum {
        var sum = SimulationReport.Sum()
        var waiting = jobs.makeIterator()
        try await withThrowingTaskGroup(of: (Int, SimulationJob, RunResult).self) { group in
            var begun = 0
            var told = 0
            var early: [Int: (SimulationJob, RunResult)] = [:]
            func begin() {
                if let end = self.end, ContinuousClock.now >= end { return }
                guard let job = waiting.next() else { return }
                let index = begun
                begun += 1
                group.addTask {
                    try Task.checkCancellation()
                    return (index, job, Runner.run(job.scenario, seed: job.seed))
                }
            }
            for _ in 0..<max(1, self.workers) { begin() }
            while let (index, job, result) = try await group.next() {
                begin()
                early[index] = (job, result)
                while let (job, result) = early.removeValue(forKey: told) {
                    told += 1
                    report.tell(job, result, &sum)
                }
            }
        }
        return sum
    }
}
