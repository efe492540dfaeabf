import LeewardModel

/// What the metrics store remembers of a year and the four weeks before, in means of five minutes, incidents and faults included.
struct YearPast: Sendable {
    private static let pointsPerSlot = 5

    private let shape: YearShape
    /// By signal and region; NaN where nothing was stored.
    private var served: [ContiguousArray<Double>] = []
    private var entered: [ContiguousArray<Double>] = []

    init(_ shape: YearShape, _ curve: YearCurve, _ events: YearEvents) {
        self.shape = shape
        let slots = YearCurve.count
        for region in shape.regions.indices {
            var plain = ContiguousArray<Double>()
            plain.reserveCapacity(slots)
            for slot in 0..<slots { plain.append(curve.rate(region, Self.middle(slot))) }
            self.served.append(plain)
            self.entered.append(shape.hasEntered ? plain : [])
        }
        for event in events.all {
            let first = max(0, (event.from - YearCurve.origin) / YearCurve.slot)
            let last = min(slots - 1, (event.to - YearCurve.origin) / YearCurve.slot)
            guard first <= last else { continue }
            for slot in first...last { self.remember(slot, curve, events) }
        }
    }

    private static func middle(_ slot: Int) -> Int { YearCurve.origin + slot * YearCurve.slot + YearCurve.slot / 2 }

    private mutating func remember(_ slot: Int, _ curve: YearCurve, _ events: YearEvents) {
        let start = YearCurve.origin + slot * YearCurve.slot
        let going = events.between(start, start + YearCurve.slot)
        for region in self.shape.regions.indices {
            var (served, entered) = ((sum: 0.0, count: 0.0), (sum: 0.0, count: 0.0))
            for point in 0..<Self.pointsPerSlot {
                let time = start + 30 + point * 60
                var moment = YearMoment()
                for event in going { event.apply(to: &moment, of: region, at: time) }
                let rate = curve.rate(region, time) * moment.good
                if !moment.served.isMissing, !moment.served.isNoNumber {
                    served = (served.sum + rate * moment.served.factor, served.count + 1)
                }
                if !moment.entered.isMissing, !moment.entered.isNoNumber {
                    entered = (entered.sum + rate * moment.entered.factor, entered.count + 1)
                }
            }
            self.served[region][slot] = served.sum / served.count
            if self.shape.hasEntered { self.entered[region][slot] = entered.sum / entered.count }
        }
    }

    private func series(_ signal: Signal) -> [ContiguousArray<Double>] {
        signal == .served ? self.served : self.shape.hasEntered ? self.entered : []
    }

    /// Four weeks before `time`, as the daemon asks for when it starts.
    func history(at time: Int) -> [Sample] {
        var samples: [Sample] = []
        let end = min(YearCurve.count, (time - YearCurve.origin) / YearCurve.slot)
        let begin = max(0, end - YearShape.historyDays * YearCurve.perDay)
        samples.reserveCapacity((end - begin) * self.shape.regions.count * 2)
        for signal in [Signal.served, .entered] {
            for (region, series) in self.series(signal).enumerated() {
                for slot in begin..<end where !series[slot].isNaN {
                    let stamp = Int64(YearCurve.origin + (slot + 1) * YearCurve.slot) * 1_000
                    samples.append(
                        Sample(
                            signal: signal,
                            region: self.shape.regions[region].name,
                            time: WallTime(milliseconds: stamp),
                            value: series[slot]
                        )
                    )
                }
            }
        }
        return samples
    }

    /// The same time one day and one to four weeks before, three minutes to either side.
    func baseline(at time: Int) -> [Sample] {
        var samples: [Sample] = []
        for signal in [Signal.served, .entered] {
            let all = self.series(signal)
            for days in [1, 7, 14, 21, 28] {
                for (region, series) in all.enumerated() {
                    for minute in -3...3 {
                        let end = time - days * YearShape.day + minute * 60
                        let slot = (end - YearCurve.slot / 2 - YearCurve.origin) / YearCurve.slot
                        guard end > YearCurve.origin + YearCurve.slot, !series[slot].isNaN else { continue }
                        samples.append(
                            Sample(
                                signal: signal,
                                region: self.shape.regions[region].name,
                                time: WallTime(milliseconds: Int64(end) * 1_000),
                                value: series[slot]
                            )
                        )
                    }
                }
            }
        }
        return samples
    }
}
