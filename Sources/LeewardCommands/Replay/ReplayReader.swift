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

    /// The business metric until now: `history` that teaches, then `from` that is live.
    func served(from: Span, history: Span, step: Span) async throws(Failure) -> Past {
        let now: WallTime
        do { now = try await self.signals.now() } catch { throw Failure(.unreachable, error.description) }
        let length = step.milliseconds
        // One bucket back: the samples of the newest one may still be on their way.
        let end = WallTime(milliseconds: now.milliseconds / length * length - length)
        let live = WallTime(milliseconds: (end - from).milliseconds / length * length)
        let start = WallTime(milliseconds: (live - history).milliseconds / length * length)
        Surroundings.current.err(
            "reading `served` from \(Words.time(start)) to \(Words.time(end)) in buckets of \(step)"
        )
        do {
            let past = try await self.signals.past(.served, after: start, through: end, step: step)
            var series = SortedMap(self.fleet.regions.keys.map { ($0, [RatePoint]()) })
            var region: RegionID?
            var points: [RatePoint] = []
            // A series comes in pieces; each is appended whole, so that nothing is copied for each point.
            for sample in past.samples {
                if sample.region != region {
                    if let region { series[region, default: []] += points }
                    region = sample.region
                    points = []
                }
                guard sample.value.isFinite, sample.value >= 0, sample.time > start, sample.time <= end else {
                    continue
                }
                // A sample's time is the end of its bucket, a watch's is the start.
                points.append(.init(time: Int((sample.time.milliseconds - length) / 1_000), rate: sample.value))
            }
            if let region { series[region, default: []] += points }
            guard series.values.contains(where: { !$0.isEmpty }) else {
                throw Failure(
                    .failed,
                    "the metrics store has no `served` of \(Words.list(self.fleet.regions.keys)) in that time; "
                        + "try `signals.served` of the fleet file in the store, or a shorter --from"
                )
            }
            var notes: [String] = []
            if past.isWidened {
                notes.append("the store has too few samples for \(step): each bucket is the mean of two")
            }
            return Past(
                input: ReplayInput(bucket: step, liveFrom: Int(live.milliseconds / 1_000), series: series),
                start: Int(start.milliseconds / 1_000),
                end: Int(end.milliseconds / 1_000),
                notes: notes
            )
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.failed, "\(error)")
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
