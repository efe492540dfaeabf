import LeewardModel

/// What the tests of the newest bucket said.
struct Findings: Sendable, Equatable {
    /// Change against the past, by test, as a logarithm.
    var changes = ContiguousArray<Double>(repeating: 0, count: StepTest.count)
    var deviations = ContiguousArray<Double>(repeating: 0.05, count: StepTest.count)
    /// The test that proves a dip, `flapping`, or nil.
    var proof: Int?
    static let flapping = -1
}

/// The test that proved a dip, and what it saw.
struct Proof: Sendable, Equatable {
    var test: Int
    /// A logarithm, and its standard deviation.
    var change: Double
    var deviation: Double
}

extension SeriesWatch {
    /// Bad buckets of the newest eight that make a flap, each time starting with a fall.
    private static let flapBuckets = 4
    private static let flapFalls = 2

    /// Runs every test on the newest bucket and remembers how far it strayed where nothing is wrong.
    mutating func test(halfHour: Int, isLive: Bool) {
        self.found.proof = nil
        let worst = max(self.track[0], self.track[1], self.track[2])
        let newest = self.track.mean(3)
        for (index, test) in StepTest.all.enumerated() {
            let past = self.mode == .calm ? self.track.base(gap: test.gap, length: test.before) : self.level
            guard let past else {
                self.found.changes[index] = 0
                self.found.deviations[index] = 1
                continue
            }
            let after = self.track.mean(test.after)
            var change = after - past
            let isEdge = test.kind == .edge && self.mode == .calm
            if isEdge { change = max(change, after - self.track.mean(test.before, skipping: test.after)) }
            let lengths = 1 / Double(test.after) + 1 / Double(test.before)
            let counted = self.noise.counted * (1.6 * lengths).squareRoot()
            let deviation = max(self.spread.deviation(index, halfHour: halfHour, unknown: self.unknown(test)), counted)
            self.found.changes[index] = change
            self.found.deviations[index] = deviation
            let threshold = self.threshold(index, test, deviation)
            if change < -threshold, self.found.proof == nil, self.freshRun >= 3,
                worst < past - 0.5 * threshold, worst < past + StepTest.everyBucket * change,
                newest - past < StepTest.still * change,
                test.kind == .ramp || after - self.longer(test) < StepTest.againstLonger * change,
                !isEdge || change <= StepTest.deep || self.isEdge(test, change)
            {
                self.found.proof = index
            }
            guard self.mode == .calm else { continue }
            let strayed = self.freshRun >= 3 ? -max(change, (worst - past) * 1.3) / deviation : 0
            self.spread.add(index, change: min(abs(change), 6 * max(deviation, 0.004)), worst: strayed)
        }
        let limit = max(0.06, 3.5 * max(self.noise.bucket, self.found.deviations[0]))
        self.badBits = self.badBits << 1 | (self.track[0] < self.level - 0.9 * limit ? 1 : 0)
        if self.found.proof == nil, self.flaps() { self.found.proof = Findings.flapping }
        if !isLive { self.found.proof = nil }
        if self.found.proof != nil { self.spread.spoil() }
    }

    /// What a test may stray by in a series that nobody has seen for an hour yet.
    private func unknown(_ test: StepTest) -> Double {
        test.kind == .ramp || self.track.base(gap: 10, length: 60) == nil ? 0.06 : max(0.02, 2 * self.noise.bucket)
    }

    /// The twelve clean buckets before everything that the test itself looks at: what it takes for the past may be a
    /// bump whose end is no fall.
    private func longer(_ test: StepTest) -> Double {
        guard self.mode == .calm else { return self.level }
        return self.track.base(gap: test.after + test.before + 1, length: 12) ?? self.level
    }

    /// Change that the newest bucket must exceed to prove a dip, as a logarithm above zero.
    func threshold(_ index: Int, _ test: StepTest, _ deviation: Double) -> Double {
        let tail = test.kind == .edge ? self.spread.tail(index) : 0
        return max(test.floor, max(test.spreads, tail) * deviation) * self.caution
    }

    /// True where a step is left after the slope within both windows is taken out of the change.
    private func isEdge(_ test: StepTest, _ change: Double) -> Bool {
        let count = Double(test.after)
        var slope = 0.0
        for back in 0..<test.after {
            let weight = (count - 1) / 2 - Double(back)
            slope += weight * (self.track[back] + self.track[test.after + back])
        }
        slope /= count * (count * count - 1) / 6
        let step = change - count * slope
        let deviation = self.noise.sharp * (2 / count + 6 * count / (count * count - 1)).squareRoot()
        return step < -max(StepTest.edgeFloor, StepTest.edgeSpreads * deviation)
    }

    /// On and off within eight buckets, each time with a fall.
    private func flaps() -> Bool {
        guard self.mode == .calm, self.isBad, (self.badBits & 0xFF).nonzeroBitCount >= Self.flapBuckets else {
            return false
        }
        var sum = 0.0
        var count = 0.0
        var falls = 0
        for back in 0..<8 where self.badBits >> UInt64(back) & 1 == 1 {
            sum += self.track[back] - self.level
            count += 1
            if self.badBits >> UInt64(back + 1) & 1 == 0, self.track[back] - self.track[back + 1] < -0.15 { falls += 1 }
        }
        let deviation = self.found.deviations[0]
        let threshold = max(0.22, max(6, self.spread.tail(0)) * deviation) * self.caution
        return falls >= Self.flapFalls && sum / count < -threshold
    }
}
