import LeewardModel

/// What a region's forecaster keeps of one service: a fixed number of bytes, however long its history.
struct ServiceState: Sendable, Equatable {
    static let short = 16
    /// A service that has been fitted to its own data and not to the region's alone.
    var isFitted = false
    var response = Response()
    var moments = ResponseMoments(shifts: Trace.width)
    /// Of late, by slot.
    var logs = SlotRing(capacity: ServiceState.short)
    var inverses = SlotRing(capacity: ServiceState.short)
    /// Its usual week, and how far it has been from it of late: for services that follow a clock of their own.
    var profile = WeekProfile()
    var deviation = 0.0
    var samples = 0
    var lastNonzero: Int?
    /// Its part of the region's trace.
    var share = 0.0
    /// How far its last residuals stand from its response, and how many of one sign in a row stood far.
    var residual = 0.0
    var strays = 0
    var strayed = 0.0
    /// The half hour's forecasts by both ways, and their mean absolute errors on the logarithm.
    var followed = SlotRing(capacity: ServiceState.short)
    var alone = SlotRing(capacity: ServiceState.short)
    var followError = 0.0
    var aloneError = 0.0
    var races = 0

    /// Samples that a service's response needs before it counts for the region's trace: two days.
    static let fitted = 2 * Trace.day
    private static let fading = Natural.decay(halfLife: 14 * Double(Trace.day))
    private static let hour = 12

    /// A service stays with its region unless its own clock has been better by a twentieth over days.
    var isAlone: Bool {
        self.races > Trace.day && self.aloneError < 0.95 * self.followError && self.profile.isComplete
    }

    /// No load for a week, or for a day if that is all there is.
    func isIdle(at slot: Int) -> Bool {
        guard let last = self.lastNonzero else { return self.samples >= Trace.day }
        return slot - last > 7 * Trace.day
    }

    /// Its weight in the trace: less while it stands far from its response, so that one broken service moves nothing.
    func weight(at trace: Double) -> Double {
        guard self.isFitted else { return 0 }
        let strain = abs(self.residual) / (3 * self.response.noise)
        return self.response.precision(at: trace) / max(1, strain * strain)
    }

    mutating func take(_ load: Double, slot: Int, near trace: Double, weekday: Int, slotOfDay: Int) {
        guard load.isFinite, load >= 0 else { return }
        self.samples += 1
        if load > 0 {
            // What was learnt from silence says nothing about work.
            if self.lastNonzero == nil {
                self.samples = 1
            } else if self.isIdle(at: slot) {
                self = ServiceState(samples: 1)
            }
            self.lastNonzero = slot
        }
        guard self.lastNonzero != nil else { return }
        let logarithm = Natural.log(load + 0.5)
        self.logs.write(logarithm, at: slot)
        self.inverses.write(self.response.inverse(logarithm, from: trace), at: slot)
        self.profile.add(logarithm, weekday: weekday, slot: slotOfDay)
        if let usual = self.profile.value(weekday: weekday, slot: slotOfDay) {
            self.deviation += (logarithm - usual - self.deviation) * 0.11
        }
        self.settleRace(slot, logarithm)
    }

    private mutating func settleRace(_ slot: Int, _ logarithm: Double) {
        let follow = abs(self.followed[slot] - logarithm)
        let alone = abs(self.alone[slot] - logarithm)
        guard follow.isFinite, alone.isFinite else { return }
        self.races += 1
        let part = max(1 / Double(self.races), 0.001)
        self.followError += (follow - self.followError) * part
        self.aloneError += (alone - self.aloneError) * part
    }

    /// Learns from a settled value of the trace: what its load was around that slot.
    mutating func learn(trace: Double, slot: Int) {
        var around = SIMD8<Double>()
        for index in 0..<Trace.width {
            around[index] = self.logs[slot + index - Trace.reach]
            guard around[index].isFinite else { return }
        }
        self.moments.fade(Self.fading)
        self.moments.add(trace: trace)
        for index in 0..<Trace.width { self.moments.add(logarithm: around[index], trace: trace, shift: index) }
        if !self.isFitted {
            // The region's shape, scaled: until there are two days of its own only the level is.
            let sum = self.moments.products[self.response.shift + Trace.reach][0]
            self.response.level = (sum - self.moments.powers[1]) / self.moments.powers[0]
        }
        let rest = around[self.response.shift + Trace.reach] - self.response.value(trace)
        self.residual += (rest - self.residual) * 0.3
        self.watchLevel(rest)
    }

    /// An hour far off on one side is a new level: history moves with it, and nothing else changes.
    private mutating func watchLevel(_ rest: Double) {
        guard self.isFitted, abs(rest) > max(3 * self.response.noise, 0.1) else {
            self.strays = 0
            self.strayed = 0
            return
        }
        if self.strayed * rest < 0 { (self.strays, self.strayed) = (0, 0) }
        self.strays += 1
        self.strayed += rest
        guard self.strays >= Self.hour else { return }
        let change = self.strayed / Double(self.strays)
        self.moments.raise(change)
        self.response.level += change
        self.deviation += change
        (self.strays, self.strayed, self.residual) = (0, 0, 0)
    }

    /// Brings the response up to date with the moments.
    mutating func solve() {
        self.profile.solve()
        guard self.moments.powers[0] >= 11 else { return }
        let now = self.response.shift + Trace.reach
        guard let current = self.moments.solve(shift: now) else { return }
        guard self.samples >= Self.fitted else { return }
        var best = (index: now, fit: current)
        for index in 0..<Trace.width {
            // A shift changes only for a clear gain; on a flat night all are alike.
            let bar = best.fit.square * (best.index == now ? 0.98 : 1)
            if let fit = self.moments.solve(shift: index), fit.square < bar {
                best = (index, fit)
            }
        }
        self.response.shift = best.index - Trace.reach
        self.response.level = best.fit.level
        self.response.slope = best.fit.slope
        self.response.curve = best.fit.curve
        self.response.noise = max(best.fit.square.squareRoot() / (1 - min(self.share, 0.7)), 1e-4)
        let mean = self.moments.powers[1] / self.moments.powers[0]
        let spread = max(self.moments.powers[2] / self.moments.powers[0] - mean * mean, 0).squareRoot()
        self.response.low = mean - 3.5 * spread
        self.response.high = mean + 3.5 * spread
        self.isFitted = true
    }

    /// Bytes that one service takes, its arrays included.
    static var bytes: Int {
        let state = ServiceState()
        let rings = state.logs.bytes + state.inverses.bytes + state.followed.bytes + state.alone.bytes
        let profile = (state.profile.means.count + 7 + 3 * WeekProfile.width) * 4 + (state.profile.counts.count + 7) * 2
        return MemoryLayout<ServiceState>.stride + rings + profile + Trace.width * MemoryLayout<SIMD4<Double>>.stride
    }
}
