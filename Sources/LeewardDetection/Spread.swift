/// How far one series strays by itself, learnt for each test by time of day, lately, and at its worst.
///
/// All updates are O(1) and wait until an hour has shown that no incident was in them.
struct Spread: Sendable, Equatable {
    /// Mean absolute deviation times this is a standard deviation, where deviations are normal.
    static let toDeviation = 1.2533
    private static let halfHours = 48
    private static let tests = StepTest.count
    /// Days that the table of half hours remembers, about.
    private static let memory = 10.0
    /// Weight of a new half hour in what is called lately.
    private static let lately = 0.25
    /// Margin on the last hours where nothing is known of this time of day.
    private static let firstDay = 1.15
    private static let tailDays = 28
    /// The third worst day of four weeks: one incident a fortnight does not blind the watch.
    private static let tailRank = 3
    /// A dip must be this much worse than that day.
    private static let beyondTail = 1.1

    private var table = ContiguousArray<Double>(repeating: 0, count: halfHours * tests)
    private var days = ContiguousArray<Double>(repeating: 0, count: halfHours)
    private var recent = ContiguousArray<Double>(repeating: 0, count: tests)
    private var recentCount = 0.0
    private var open = Block()
    private var waiting = Block()

    private var maxima = ContiguousArray<Double>(repeating: 0, count: tailDays * tests)
    private var maximaDays = 0
    private var today: Int?
    private var todayMaxima = ContiguousArray<Double>(repeating: 0, count: tests)
    private var tails = ContiguousArray<Double>(repeating: 0, count: tests)

    /// What half an hour showed.
    private struct Block: Sendable, Equatable {
        var number: Int?
        var isClean = true
        var count = 0.0
        var sums = ContiguousArray<Double>(repeating: 0, count: Spread.tests)
        var worst = ContiguousArray<Double>(repeating: 0, count: Spread.tests)

        mutating func reset(_ number: Int, isClean: Bool) {
            self.number = number
            self.isClean = isClean
            self.count = 0
            for test in 0..<Spread.tests {
                self.sums[test] = 0
                self.worst[test] = 0
            }
        }
    }

    /// Standard deviation of a test's change at this time of day, as a logarithm; `unknown` before the first hour.
    func deviation(_ test: Int, halfHour: Int, unknown: Double) -> Double {
        var sum = 0.0
        var count = 0.0
        for offset in (Self.halfHours - 1)...(Self.halfHours + 1) {
            let half = (halfHour + offset) % Self.halfHours
            guard self.days[half] > 0 else { continue }
            sum += self.table[half * Self.tests + test]
            count += 1
        }
        guard count == 0 else { return max(sum / count, self.recent[test]) * Self.toDeviation }
        // On its first day a watch knows no half hour around this one, but the last hours it does.
        return self.recentCount > 0 ? self.recent[test] * Self.toDeviation * Self.firstDay : unknown
    }

    /// Deviations that the worst ordinary days reach, and a little more; 0 while fewer than three days are known.
    func tail(_ test: Int) -> Double { self.tails[test] * Self.beyondTail }

    /// Opens the half hour and the day of a sample, BEFORE anything of it is added.
    mutating func turn(to seconds: Int, isCalm: Bool, isLive: Bool) {
        let number = seconds / 1_800
        if self.open.number != number {
            if let last = self.open.number { self.commit(last, isCalm: isCalm, isLive: isLive) }
            self.open.reset(number, isClean: isCalm)
        }
        let day = seconds / 86_400
        if self.today != day {
            if self.today != nil { self.closeDay() }
            self.today = day
        }
    }

    /// One calm bucket's change, and its worst in deviations.
    mutating func add(_ test: Int, change: Double, worst: Double) {
        self.open.sums[test] += abs(change)
        if test == 0 { self.open.count += 1 }
        self.open.worst[test] = max(self.open.worst[test], worst)
    }

    /// The half hour holds an incident; nothing is learnt from it nor from its neighbours.
    mutating func spoil() { self.open.isClean = false }

    private mutating func commit(_ number: Int, isCalm: Bool, isLive: Bool) {
        // History has no watch over it: all of it counts.
        let closing = self.open.isClean || !isLive
        if let before = self.waiting.number, closing, self.waiting.isClean {
            if self.waiting.count >= 8 {
                let half = before % Self.halfHours
                self.days[half] += 1
                let weight = max(1 / self.days[half], 1 / Self.memory)
                let step = self.recentCount < 4 ? 1 / (self.recentCount + 1) : Self.lately
                for test in 0..<Self.tests {
                    let mean = self.waiting.sums[test] / self.waiting.count
                    self.table[half * Self.tests + test] += weight * (mean - self.table[half * Self.tests + test])
                    self.recent[test] += step * (mean - self.recent[test])
                }
                self.recentCount += 1
            }
            for test in 0..<Self.tests {
                self.todayMaxima[test] = max(self.todayMaxima[test], self.waiting.worst[test])
            }
        }
        // Their arrays change places, so that nothing is allocated.
        swap(&self.waiting, &self.open)
        self.waiting.isClean = closing
    }

    private mutating func closeDay() {
        let slot = self.maximaDays % Self.tailDays
        for test in 0..<Self.tests {
            self.maxima[test * Self.tailDays + slot] = self.todayMaxima[test]
            self.todayMaxima[test] = 0
        }
        self.maximaDays += 1
        let known = min(self.maximaDays, Self.tailDays)
        guard known >= Self.tailRank else { return }
        for test in 0..<Self.tests {
            var (first, second, third) = (0.0, 0.0, 0.0)
            for index in 0..<known {
                let value = self.maxima[test * Self.tailDays + index]
                if value > first {
                    (first, second, third) = (value, first, second)
                } else if value > second {
                    (second, third) = (value, second)
                } else if value > third {
                    third = value
                }
            }
            self.tails[test] = third
        }
    }
}
