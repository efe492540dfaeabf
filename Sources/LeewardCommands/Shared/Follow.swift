import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime

struct FollowOptions: ParsableArguments {
    @Flag(help: "Stay until the evacuation ends or rests; the exit code then says how.")
    var follow = false
}

/// Tells on stderr what happens to one evacuation until it rests.
enum Follow {
    /// Ends with `.done` where the evacuation is `done` or `evacuated`, and otherwise with the code of how it came to rest.
    ///
    /// `from` is the journal's sequence before the command, so that nothing is missed.
    static func run(_ id: EvacuationID, _ daemon: SocketOptions) async throws(Failure) {
        var sequence: Int64 = 0
        var phase: Phase?
        // The history so far is told first.
        let past = try await daemon.ask { api throws(APIError) in try await api.history(id) }
        for entry in past { phase = Self.tell(entry) ?? phase }
        sequence = past.last?.sequence ?? 0
        while true {
            if let phase, try Self.isAtRest(phase, id) { return }
            let news = try await daemon.ask { [sequence] api throws(APIError) in try await api.events(after: sequence) }
            for entry in news where entry.record.evacuation == id { phase = Self.tell(entry) ?? phase }
            sequence = news.last?.sequence ?? sequence
        }
    }

    private static func isAtRest(_ phase: Phase, _ id: EvacuationID) throws(Failure) -> Bool {
        switch phase {
        case .done, .evacuated: return true
        case .held: throw Failure(.held, "\(id) is held; `leeward status` says why, then resume or rollback")
        case .refused: throw Failure(.refused, "\(id) was refused; `leeward explain \(id)` says by which rule")
        case .rolledBack: throw Failure(.failed, "\(id) was rolled back; `leeward explain \(id)` says why")
        case .relieving, .proposed, .approved, .preparing, .shifting, .publishing, .settling, .returning: return false
        }
    }

    /// Writes the entry's line; returns the phase that it enters.
    private static func tell(_ entry: JournalEntry) -> Phase? {
        if let text = Story.text(entry.record) {
            Surroundings.current.err("\(Words.time(entry.wall))  \(Story.name(entry.record)): \(text)")
        }
        return Story.phase(entry.record)
    }
}
