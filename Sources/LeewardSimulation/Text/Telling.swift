import LeewardEngine
import LeewardModel
import LeewardSafety

extension Simulation {
    /// The story of a run that is over, for people and for golden files: faults, commands, verdicts, phases, rungs and pages
    /// with their times, then what users got and the trace's hash; equal for the same scenario and seed everywhere.
    public func story(_ result: RunResult) -> [String] {
        var events: [(at: Int64, text: String)] = []
        for timed in self.scenario.faults {
            events.append((timed.at.milliseconds, "fault: \(timed.fault.text)"))
            guard timed.lasts != nil, let end = timed.end, end < self.scenario.length else { continue }
            events.append((end.milliseconds, "over: \(timed.fault.text)"))
        }
        for act in self.acts {
            events.append((act.at.milliseconds, "\(act.by) says: \(ScenarioPrinter.text(act.command))"))
        }
        for act in self.scenario.hands {
            events.append((act.at.milliseconds, "\(act.by) breaks the glass: \(ScenarioPrinter.text(act.verb))"))
        }
        for (at, text) in self.chronicle.replies where events.last?.text != text { events.append((at, text)) }
        for (entry, time) in zip(self.disk.durable, self.disk.times) {
            guard let text = Self.told(entry.record) else { continue }
            events.append((time, text))
        }
        // Journal order within a millisecond, and what was done to the world before what followed from it.
        let sorted = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        return ["scenario \(self.scenario.name), seed \(self.seed)", ""]
            + sorted.map { "\(Self.clock($0.element.at))  \($0.element.text)" }
            + [""] + Self.outcome(result, length: self.scenario.length)
    }

    private static func outcome(_ result: RunResult, length: Span) -> [String] {
        [
            "failed with the controller     \(Int(result.failedOn.rounded()))",
            "failed without                 \(Int(result.failedOff.rounded()))",
            "requests in all                \(Int(result.total.rounded()))",
            "seconds to the residual        \(result.secondsToResidual.map { "\($0)" } ?? "never")",
            "phase after \(Units.text(length))".padded(31) + (result.phase?.word ?? "none"),
            "records                        \(result.records)",
            "expectations                   \(result.unmet.isEmpty ? "met" : result.unmet.joined(separator: "; "))",
            "rules                          "
                + (result.violations.isEmpty ? "held" : result.violations.map(\.description).joined(separator: "; ")),
            "trace hash                     \(result.traceHash)",
        ]
    }

    /// `1:02:03.450`, padded to one width for a day.
    private static func clock(_ milliseconds: Int64) -> String {
        let digits = { (number: Int64, width: Int) in
            let text = "\(number)"
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let seconds = milliseconds / 1000
        let text =
            "\(seconds / 3600):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2)).\(digits(milliseconds % 1000, 3))"
        return String(repeating: " ", count: max(0, 12 - text.count)) + text
    }

    /// One entry in the story's words, with its number and its time in milliseconds after the start of the run.
    static func line(_ entry: JournalEntry, at time: Int64) -> String {
        "\(entry.sequence) \(self.clock(time))  \(self.told(entry.record) ?? self.machine(entry.record))"
    }

    /// What only machines care about.
    private static func machine(_ record: Record) -> String {
        switch record {
        case .stock(let id, let cluster, let instances): "\(id) chooses \(instances.count) dark instances of \(cluster)"
        case .startTarget(let id, let cluster, let count): "\(id) starts \(cluster) up to \(count) instances"
        case .intent(let fence, _): "intent \(fence.key)"
        case .outcome(let key, let outcome): "outcome \(key): \(Controller.sentence(outcome))"
        default: ""
        }
    }

    /// Nil for what only machines care about: intents, outcomes, stock.
    private static func told(_ record: Record) -> String? {
        switch record {
        case .started(let epoch, _): "the controller starts with epoch \(epoch.value)"
        case .leaseGained(let epoch, let name): "\(name) leads with epoch \(epoch.value)"
        case .leaseLost(let epoch, let name, let reason): "\(name) led with epoch \(epoch.value): \(reason)"
        case .verdict(let verdict, let reason, _, _): "verdict \(verdict): \(reason)"
        case .refused(let region, let principal, let findings):
            "\(principal) may not empty \(region): " + findings.refusals.joined(separator: "; ")
        case .opened(let evacuation, _):
            "\(evacuation.id) is opened for \(evacuation.evacuee) as \(evacuation.phase.word)"
        case .phase(let id, let phase, let reason, _): "\(id) is \(phase.word): \(reason)"
        case .held(let id, let reason, _): "\(id) is held: \(reason)"
        case .resumed(let id, let principal): "\(id) goes on, \(principal) says"
        case .approved(let id, let principal, _): "\(id) is approved by \(principal)"
        case .turned(let id, let ending, let reason): "\(id) turns back and will be \(ending.word): \(reason)"
        case .rung(let id, let points, _, _, _): "\(id) rung \(Units.text(points: points))"
        case .proven(let id, let points, let evidence):
            "\(id) rung \(Units.text(points: points)) is proven: \(evidence)"
        case .abandoned(let id, let geographies, let reason):
            "\(id) lets \(geographies.map(\.text).joined(separator: ", ")) go home: \(reason)"
        case .replanned(let id, _, let regions, let reason):
            "\(id) leaves \(regions.map(\.text).joined(separator: " and ")) out: \(reason)"
        case .entries(let id, let geography, let regions, _, _):
            "\(id) publishes \(geography) at \(regions.map(\.text).joined(separator: ", "))"
        case .withdrawing(let id): "\(id) withdraws its instances"
        case .thawing(let id): "\(id) lifts the freeze"
        case .killed(let isKilled, let principal):
            "\(principal) \(isKilled ? "stops all effects" : "allows effects again")"
        case .pinned(let geography, let isPinned, let principal):
            "\(principal) \(isPinned ? "pins" : "unpins") \(geography)"
        case .acknowledged(let principal): "\(principal) has seen it"
        case .deployed(let deploy, _): "\(deploy.service) \(deploy.version) goes out"
        case .advised(let text): "advice: \(text)"
        case .paged(let text): "page: \(text)"
        case .asked(let request):
            "\(request.by) asks for \(request.id), plan \(request.planHash): \(ScenarioPrinter.text(request.command))"
        case .stock, .startTarget, .intent, .outcome: nil
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - self.count))
    }
}
