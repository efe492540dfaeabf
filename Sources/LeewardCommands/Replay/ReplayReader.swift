import LeewardDetection
import LeewardModel
import LeewardPrometheus
import LeewardProviders

/// Reads from the fleet's metrics store what a replay needs.
struct ReplayReader {
    static let steps = Span.seconds(1)...Span.seconds(60)
    static let longest: Span = .days(400)
    /// Of the load and its model, as for a live forecast.
    private static let loadStep: Span = .minutes(5)

    let fleet: Fleet
    private let signals: PrometheusSignals

    init(_ fleet: Fleet) {
        self.fleet = fleet
        self.signals = PrometheusSignals(fleet: fleet)
    }

    struct Past {
        var input: ReplayInput
        /// Seconds since 1970.
        var start: Int
        var end: Int
        var notes: [String]
    }

    /// A live bucket as a replay can read it: whole seconds, and no longer than a watch takes.
    static func step(of bucket: Span) -> Span {
        let seconds = Span.seconds(max(1, bucket.milliseconds / 1_000))
        return min(self.steps.upperBound, seconds)
    }

    /// The business metric until now: `history` that teaches, by the minute, then `from` that is live, in buckets of `step`.
    func past(from: Span, history: Span, step: Span) async throws(Failure) -> Past {
        let now: WallTime
        do { now = try await self.signals.now() } catch { throw Failure(.unreachable, error.description) }
        let length = step.milliseconds
        // One bucket back: the samples of the newest one may still be on their way.
        let end = WallTime(milliseconds: now.milliseconds / length * length - length)
        // Whole minutes, in which both grids meet.
        let live = WallTime(milliseconds: (end - from).milliseconds / 60_000 * 60_000)
        let start = WallTime(milliseconds: (live - history).milliseconds / 60_000 * 60_000)
        Surroundings.current.err(
            "reading `served` and `entered` from \(Words.time(start)) to \(Words.time(end)) in buckets of \(step)"
        )
        var series: SortedMap<Signal, SortedMap<RegionID, [RatePoint]>> = [:]
        var notes: [String] = []
        for signal in [Signal.served, .entered] {
            do {
                var points = SortedMap<RegionID, [RatePoint]>()
                for (first, last, step) in [(start, live, Self.steps.upperBound), (live, end, step)] where first < last
                {
                    let past = try await self.signals.past(signal, after: first, through: last, step: step)
                    self.add(past.samples, after: first, through: last, step: step, to: &points)
                    if past.isWidened {
                        notes.append(
                            "the store has too few samples of `\(signal.rawValue)` for \(step): each bucket is the mean of two"
                        )
                    }
                }
                series[signal] = points
            } catch {
                guard signal == .entered else { throw Failure(.failed, "\(error)") }
                notes.append("`entered` cannot be read, and regions are judged by `served` alone: \(error)")
            }
        }
        guard series[.served]?.values.contains(where: { !$0.isEmpty }) == true else {
            throw Failure(
                .failed,
                "the metrics store has no `served` of \(Words.list(self.fleet.regions.keys)) in that time; "
                    + "try `signals.served` of the fleet file in the store, or a shorter --from"
            )
        }
        if series[.entered]?.isEmpty == true {
            notes.append("the store has no `entered`: regions are judged by `served` alone")
        }
        return Past(
            input: ReplayInput(
                bucket: step,
                teaching: Self.steps.upperBound,
                liveFrom: Int(live.milliseconds / 1_000),
                series: SortedMap(self.fleet.regions.keys.map { ($0, series[.served]?[$0] ?? []) }),
                entered: series[.entered] ?? [:]
            ),
            start: Int(start.milliseconds / 1_000),
            end: Int(end.milliseconds / 1_000),
            notes: notes
        )
    }

    private func add(
        _ samples: [Sample],
        after start: WallTime,
        through end: WallTime,
        step: Span,
        to series: inout SortedMap<RegionID, [RatePoint]>
    ) {
        for region in self.fleet.regions.keys {
            // A sample's time is the end of its bucket, a point's is the start.
            let points = samples.filter {
                $0.region == region && $0.value.isFinite && $0.value >= 0 && $0.time > start && $0.time <= end
            }.map { RatePoint(time: Int(($0.time - step).milliseconds / 1_000), rate: $0.value) }
            if !points.isEmpty { series[region] = (series[region] ?? []) + points }
        }
    }

    /// Adds what an evacuation at each regional mark would have needed; what could not be read becomes a note.
    func addCapacity(to outcome: inout ReplayOutcome) async {
        let marks = (outcome.first?.marks ?? []).enumerated().filter { $1.mark.kind == .regional }
        guard let first = marks.first?.element.mark.time, let last = marks.last?.element.mark.time else { return }
        let step = Self.loadStep.milliseconds
        let times = marks.map { WallTime(milliseconds: Int64($0.element.mark.time) * 1_000) }
        let evacuees = marks.compactMap(\.element.mark.regions.first)
        let start = WallTime(milliseconds: (Int64(first) * 1_000 / step - 1) * step) - CapacityReplay.memory
        let end = WallTime(milliseconds: Int64(last) * 1_000 / step * step)
        Surroundings.current.err("reading `load` for \(marks.count == 1 ? "1 mark" : "\(marks.count) marks")")
        do {
            var samples: [Sample] = []
            for signal in [Signal.served, .load] {
                samples += try await self.signals.past(signal, after: start, through: end, step: Self.loadStep) {
                    sample in
                    // A model needs weeks of the evacuee; of the saviors only the moment counts.
                    evacuees.contains(sample.region)
                        || times.contains { $0 >= sample.time && $0 - sample.time <= CapacityReplay.fresh }
                }.samples
            }
            let replay = CapacityReplay(self.fleet, samples)
            for (index, judged) in marks { outcome.capacities[index] = replay.capacity(at: judged.mark) }
            let problems = outcome.capacities.values.flatMap(\.problems)
            for (place, problem) in problems.enumerated() where !problems[..<place].contains(problem) {
                outcome.notes.append("capacity: \(problem)")
            }
        } catch {
            outcome.notes.append("capacity is unknown: \(error)")
        }
    }
}
