import LeewardModel

extension SeriesWatch {
    private var buckets: (surge: Int, dip: Int) {
        let bucket = Int64(self.length) * 1_000
        return (
            Int(Self.longestSurge.milliseconds / bucket), Int(Self.longestDip.milliseconds / bucket)
        )
    }

    /// Moves between calm, dip and surge, and closes the bucket with what it counts for as past.
    mutating func turn(_ x: Double) {
        switch self.mode {
        case .calm: self.calm(x)
        case .dip: self.dip(x)
        case .surge: self.surge(x)
        }
    }

    private mutating func calm(_ x: Double) {
        let isUp = x > self.level + max(0.15, 6 * self.noise.bucket)
        self.upRun = isUp ? self.upRun + 1 : 0
        if let proof = self.found.proof {
            let seen = max(0, proof)
            self.provenBy = Proof(
                test: proof,
                change: self.found.changes[seen],
                deviation: self.found.deviations[seen]
            )
            if StepTest.all.indices.contains(proof) {
                let test = StepTest.all[proof]
                self.level = self.track.base(gap: test.gap, length: test.before) ?? self.level
            }
            self.begin(.dip, inside: self.track.mean(3))
            self.depth = self.level - self.inside
            self.track.close(self.level)
        } else if self.upRun >= 3 {
            self.begin(.surge, inside: x)
            self.track.close(self.level)
        } else if self.isBad || isUp {
            self.track.close(self.level)
            self.held += 1
            // Neither proven nor gone: the series has its reasons.
            if self.held > 15 {
                self.held = 0
                self.level = x
                self.track.rewrite(x, keeping: 64)
            }
        } else {
            self.held = 0
            let reach = 3.5 * self.noise.bucket
            self.track.close(max(self.level - reach, min(self.level + reach, x)))
        }
    }

    private mutating func begin(_ mode: Mode, inside: Double) {
        self.mode = mode
        self.since = self.track.tick
        self.goodRun = 0
        self.inside = inside
    }

    /// Whatever it was, it is over.
    mutating func end() {
        self.mode = .calm
        self.upRun = 0
        self.held = 0
        self.badBits = 0
    }

    /// Back at the level, or up again by half of what was lost: the level may have wandered meanwhile.
    private mutating func dip(_ x: Double) {
        let newest = self.track.mean(3)
        self.depth = max(self.depth, self.level - newest)
        let isBack = x > self.level - max(0.4 * self.depth, 0.03)
        let hasRisen = self.age > 3 && x > self.inside + 0.5 * self.depth
        self.goodRun = isBack || hasRisen ? self.goodRun + 1 : 0
        if !hasRisen { self.inside += (self.age < 6 ? 0.4 : 0.12) * (x - self.inside) }
        self.track.close(self.level)
        if self.goodRun >= 3 {
            self.end()
            self.relevel(min(self.level, newest), keeping: 3)
            self.track.cap(3, at: self.level)
        } else if self.age > self.buckets.dip {
            self.end()
            self.relevel(self.track.mean(10), keeping: 0)
        }
    }

    /// Back at the level, or down again by half of what came on top.
    private mutating func surge(_ x: Double) {
        let isBack = x < self.level + max(0.08, 4 * self.noise.bucket)
        let hasFallen = self.age > 3 && x < self.inside - 0.5 * (self.inside - self.level)
        self.goodRun = isBack || hasFallen ? self.goodRun + 1 : 0
        if !hasFallen { self.inside += (self.age < 6 ? 0.5 : 0.2) * (x - self.inside) }
        self.track.close(self.level)
        if self.goodRun >= 3 {
            let newest = self.track.mean(3)
            let reach = self.wander(buckets: self.age, test: StepTest.longest, reach: 42)
            self.end()
            let isNear = (hasFallen || x > self.level) && abs(newest - self.level) < reach
            self.relevel(isNear ? min(newest, x) : self.level, keeping: 1)
        } else if self.age > self.buckets.surge {
            self.end()
            self.relevel(self.track.mean(10), keeping: 0)
        }
    }
}

extension Track {
    /// Brings the newest raw buckets down to at most `limit`: retries after an outage are no level.
    mutating func cap(_ count: Int, at limit: Double) {
        for back in 0..<count where self[back] > limit { self.set(back, limit) }
    }
}
