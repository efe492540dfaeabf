import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardSafety

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain an evacuation: for each step the evidence, the ruling and what would have stopped it."
    )

    @Argument(help: "The evacuation's id.")
    var id: String
    @OptionGroup var journal: JournalOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    /// One step with its gates.
    struct Step: Encodable {
        struct Gate: Encodable {
            var rule: Rule
            var isPermitted: Bool
            var ruling: String
            var evidence: String
            var stoppedBy: String
        }
        var sequence: Int64
        var at: String
        var step: String
        var text: String
        /// What automation acted on, in order of weight.
        var evidence: [Evidence]
        var gates: [Gate]
    }

    func run() async throws {
        let entries = try await self.journal.entries(EvacuationID(self.id), self.daemon)
        let steps = entries.compactMap(Self.step)
        guard !steps.isEmpty else {
            throw Failure(.failed, "there is no evacuation \(self.id); `leeward history` lists them")
        }
        let sections = steps.flatMap { step -> [Section] in
            let head = Section.line("\(step.at)  \(step.step): \(step.text)")
            return [head]
                + step.evidence.map { .line("    evidence \($0.text)") }
                + step.gates.map { gate in
                    .line(
                        "    \(gate.rule.rawValue) \(gate.ruling) | seen: \(gate.evidence) | would stop it: \(gate.stoppedBy)"
                    )
                }
        }
        try Output.render(steps, sections, as: self.output.output)
    }

    /// Nil for what is no decision: single effects and their outcomes.
    static func step(_ entry: JournalEntry) -> Step? {
        guard let text = Story.text(entry.record) else { return nil }
        return Step(
            sequence: entry.sequence,
            at: Words.time(entry.wall),
            step: Story.name(entry.record),
            text: text,
            evidence: Story.evidence(entry.record),
            gates: Story.findings(entry.record).map {
                .init(
                    rule: $0.rule,
                    isPermitted: $0.isPermitted,
                    ruling: $0.isPermitted ? "permits" : "refuses: \($0.ruling.sentence)",
                    evidence: $0.evidence,
                    stoppedBy: $0.stoppedBy
                )
            }
        )
    }
}
