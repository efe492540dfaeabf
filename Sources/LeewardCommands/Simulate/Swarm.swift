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
    /// A random world with a fleet of its own.
    var drawsFleet = false

    /// A random world, with people in it where the seed is a multiple of the one number, and a fleet of its own where it is
    /// one of the other; nil: nowhere.
    init(randomSeed seed: UInt64, peopleEvery people: Int? = nil, fleetsEvery fleets: Int? = nil) {
        self.seed = seed
        self.hasPeople = people.map { seed % UInt64(max(1, $0)) == 0 } ?? false
        self.drawsFleet = fleets.map { seed % UInt64(max(1, $0)) == 0 } ?? false
    }

    init(file: ScenarioFile, seed: UInt64) {
        self.file = file.path
        self.given = file.scenario
        self.seed = seed
    }

    var scenario: Scenario {
        if let given = self.given { return given }
        return self.hasPeople
            ? .people(seed: self.seed, drawsFleet: self.drawsFleet)
            : .random(seed: self.seed, drawsFleet: self.drawsFleet)
    }

    /// `file`, `random`, `people`, `fleets` or `people-fleets`.
    var kind: String {
        if self.file != nil { return "file" }
        let parts = (self.hasPeople ? ["people"] : []) + (self.drawsFleet ? ["fleets"] : [])
        return parts.isEmpty ? "random" : parts.joined(separator: "-")
    }

    /// What plays exactly this run again.
    var command: String {
        let random = (self.hasPeople ? "--people " : "") + (self.drawsFleet ? "--fleets " : "")
        return "leeward simulate \(self.file.map { "'\($0)' " } ?? random)--seed \(self.seed) --count 1"
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
