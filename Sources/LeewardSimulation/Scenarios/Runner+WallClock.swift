import LeewardEngine
import LeewardModel

extension Runner {
    /// S26: a run in which clocks on walls jump writes the very records of one in which they do not.
    ///
    /// Nil where no such clock jumps, or nothing differs; else the first record that does.
    static func wallClockDifference(_ on: Simulation) -> Violation? {
        var steady = on.scenario
        for index in steady.faults.indices {
            // A jump by nothing: the world draws its luck at the same moments.
            if case .controllerWall(let which, _) = steady.faults[index].fault {
                steady.faults[index].fault = .controllerWall(which, 0)
            }
        }
        guard steady != on.scenario else { return nil }
        var run = Simulation(steady, seed: on.seed, prepare: on.prepare)
        run.run()
        guard on.chronicle.trace.hash.short != run.chronicle.trace.hash.short else { return nil }
        let (jumped, own) = (on.disk, run.disk)
        let alike = zip(Self.prints(of: jumped), Self.prints(of: own)).prefix { $0 == $1 }.count
        let text = { (disk: JournalDisk) in
            alike < disk.times.count
                ? Simulation.line(disk.durable[alike], at: disk.times[alike]) : "no record \(alike + 1)"
        }
        let times = [jumped, own].compactMap { $0.times.dropFirst(alike).first }
        return Violation(
            rule: .s26,
            at: .milliseconds(times.min() ?? on.now),
            detail: "the clock on the wall decides: \(text(jumped)); without its jumps: \(text(own))",
            records: []
        )
    }

    /// Each record with its moment; by its hash, since a value that is no number equals nothing, itself included.
    private static func prints(of disk: JournalDisk) -> [String] {
        zip(disk.durable, disk.times).map { entry, time in
            var trace = TraceHash()
            trace.combine(time)
            trace.combine(entry.record)
            return trace.hash.short
        }
    }
}
