import ArgumentParser
import LeewardEngine
import LeewardModel

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show every evacuation, or everything that happened in one."
    )

    @Argument(help: "The evacuation's id; without it, the list of all.")
    var id: String?
    @OptionGroup var journal: JournalOptions
    @OptionGroup var daemon: SocketOptions
    @OptionGroup var output: OutputOptions

    /// One evacuation in the list.
    struct Summary: Encodable {
        var id: EvacuationID
        var evacuee: RegionID
        var startedBy: String
        var opened: String
        var ended: String?
        var phase: Phase
    }

    /// One entry of an evacuation.
    struct Event: Encodable {
        var sequence: Int64
        var at: String
        var event: String
        var text: String
    }

    func run() async throws {
        let entries = try await self.journal.entries(self.id.map(EvacuationID.init), self.daemon)
        guard let id else { return try self.list(entries) }
        guard !entries.isEmpty else {
            throw Failure(.failed, "there is no evacuation \(id); `leeward history` lists them")
        }
        let events = entries.map {
            Event(
                sequence: $0.sequence,
                at: Words.time($0.wall),
                event: Story.name($0.record),
                text: Story.full($0.record)
            )
        }
        let rows = events.map { [String($0.sequence), $0.at, $0.event, $0.text] }
        try Output.render(
            events,
            [.table(title: nil, Table(["entry", "time", "event", "what"], rows))],
            as: self.output.output
        )
    }

    private func list(_ entries: [JournalEntry]) throws {
        let summaries = Self.summaries(entries)
        let rows = summaries.map {
            [$0.id.text, $0.evacuee.text, $0.startedBy, $0.opened, $0.ended ?? "-", $0.phase.rawValue]
        }
        try Output.render(
            summaries,
            summaries.isEmpty
                ? [.line("no evacuation so far")]
                : [.table(title: nil, Table(["id", "evacuee", "by", "opened", "ended", "phase"], rows))],
            as: self.output.output
        )
    }

    /// Every evacuation in the order of its opening.
    static func summaries(_ entries: [JournalEntry]) -> [Summary] {
        var order: [EvacuationID] = []
        var summaries: SortedMap<EvacuationID, Summary> = [:]
        for entry in entries {
            if case .opened(let evacuation, _) = entry.record {
                order.append(evacuation.id)
                summaries[evacuation.id] = Summary(
                    id: evacuation.id,
                    evacuee: evacuation.evacuee,
                    startedBy: Words.origin(evacuation.origin),
                    opened: Words.time(entry.wall),
                    ended: nil,
                    phase: evacuation.phase
                )
            } else if let id = entry.record.evacuation, let phase = Story.phase(entry.record) {
                summaries[id]?.phase = phase
                summaries[id]?.ended = phase.isTerminal ? Words.time(entry.wall) : nil
            }
        }
        return order.compactMap { summaries[$0] }
    }
}
